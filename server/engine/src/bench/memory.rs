//! The words for remembering what was handled: in the process's own memory, or in the inbox; and for forgetting.

use std::collections::BTreeMap;

use lab::event::{Effect, Event, Message, RowRef, Value};

use super::records::fields;
use super::{Bench, Halt};
use crate::store::{Answer, Column, Statement, Table, WhenThere};

/// The table of messages that were handled.
pub const INBOX: &str = "inbox";
/// The column that says when, in run time.
const HANDLED_US: &str = "handled_us";
/// The knob that says for how long ids are kept, in milliseconds of run time; 0 is for ever.
pub(crate) const KEPT: &str = "kept_ms";

/// The inbox: the ids of handled messages.
pub const INBOX_TABLE: Table = Table {
    name: INBOX,
    columns: &[("handled_by", Column::Text), (HANDLED_US, Column::Integer)],
    numbered: false,
};

/// What a process has in mind: ids of handled messages, each with the run time at which it was handled.
pub(super) type Memory = BTreeMap<String, u64>;

impl Bench {
    /// Remembers a message as handled; false if it was remembered already.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn remember(&mut self, message: &Message) -> Result<bool, Halt> {
        let fields = fields([
            ("handled_by", Value::Text(self.actor.clone())),
            (HANDLED_US, Value::Integer(i64::try_from(self.now_us).unwrap_or(i64::MAX))),
        ]);
        let effect = self.put("remember", INBOX, &message.id, fields, WhenThere::Leave).await?;
        Ok(effect == Effect::Inserted)
    }

    /// Whether a message is remembered as handled.
    ///
    /// # Errors
    /// As [`Bench::remember`].
    pub async fn was_handled(&mut self, message: &Message) -> Result<bool, Halt> {
        let row = RowRef { table: INBOX.to_owned(), key: message.id.clone() };
        let event = |_: &Self, answer: &Answer| {
            let found = answer.records.first().map(|record| record.fields.clone());
            (Event::Looked { row: row.clone(), found }, Vec::new())
        };
        let (answer, _) = self.step("look", &Statement::Look { row: row.clone() }, event).await?;
        Ok(!answer.records.is_empty())
    }

    /// Removes the ids that are older than they are kept; does nothing where they are kept for ever.
    ///
    /// # Errors
    /// As [`Bench::remember`].
    pub async fn prune(&mut self) -> Result<(), Halt> {
        let Some(kept_us) = kept_us(&self.spec, self.turn.stretch()) else { return Ok(()) };
        let before = i64::try_from(self.now_us.saturating_sub(kept_us)).unwrap_or(i64::MAX);
        let statement = Statement::Prune { table: INBOX, column: HANDLED_US, before };
        let event = |bench: &Self, answer: &Answer| {
            let rows = answer.records.iter().map(|record| record.row.key.clone()).collect();
            let committed = !bench.session.in_transaction();
            (Event::Pruned { table: INBOX.into(), rows, committed }, Vec::new())
        };
        self.step("prune", &statement, event).await.map(drop)
    }

    /// Whether the process has a message in mind, and has had it for no longer than ids are kept.
    ///
    /// # Errors
    /// When the process dies.
    pub async fn recall(&mut self, message: &Message) -> Result<bool, Halt> {
        let mut known = false;
        self.act("recall", |bench| {
            let kept_us = kept_us(&bench.spec, bench.turn.stretch()).unwrap_or(u64::MAX);
            let now_us = bench.now_us;
            bench.memory.retain(|_, since_us| now_us.saturating_sub(*since_us) <= kept_us);
            known = bench.memory.contains_key(&message.id);
            (Event::Recalled { message: message.id.clone(), known }, Vec::new())
        })
        .await?;
        Ok(known)
    }

    /// Keeps a message in mind, until the process dies.
    ///
    /// # Errors
    /// When the process dies.
    pub async fn memorise(&mut self, message: &Message) -> Result<(), Halt> {
        self.act("memorise", |bench| {
            bench.memory.insert(message.id.clone(), bench.now_us);
            (Event::Memorised { message: message.id.clone() }, Vec::new())
        })
        .await
        .map(drop)
    }
}

/// For how long ids are kept, in microseconds of run time; `None` for ever.
pub(crate) fn kept_us(spec: &lab::spec::Spec, stretch: u64) -> Option<u64> {
    let kept_ms = spec.knob(KEPT);
    (kept_ms > 0).then_some(kept_ms * 1_000 * stretch)
}
