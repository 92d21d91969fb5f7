//! The words for events that come too early: the view is advanced one version at a time, and what cannot be applied yet
//! waits in a table.

use lab::checks::{BUFFER, VIEW};
use lab::event::{Effect, Event, Message, Record, RowRef, Value};

use super::records::{fields, on_view, version};
use super::{Bench, Halt, STAMP};
use crate::store::{Answer, Column, Locking, Statement, Table, WhenThere, Which};

/// The buffer: events that came before their predecessors, by order and version. `since_us` is run time.
pub const BUFFER_TABLE: Table = Table {
    name: BUFFER,
    columns: &[
        ("event", Column::Text),
        ("order_id", Column::Text),
        ("version", Column::Integer),
        ("status", Column::Text),
        ("steps", Column::Integer),
        (STAMP, Column::Integer),
        ("since_us", Column::Integer),
    ],
    numbered: false,
};

/// The knob for how many versions ahead of the view an event may be and still be buffered.
const SPAN_KNOB: &str = "buffer_span";
/// The knob for how long a buffered event waits for its predecessor; 0 for as long as it takes.
const TIMEOUT_KNOB: &str = "buffer_ms";
/// The most events of one order that are read from the buffer at once: no order has more steps.
const READ_MAX: u64 = 100;

/// An event that waits in the buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffered {
    /// The event.
    pub event: Message,
    /// Whether it has waited longer than the time-out.
    pub overdue: bool,
    row: RowRef,
}

impl Bench {
    /// Writes what an event says into the view, in one statement that leaves the view alone unless it shows the
    /// version just before.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn apply_if_next(&mut self, event: &Message) -> Result<Effect, Halt> {
        let (fields, how) = on_view(event);
        let when_there = match version(event) {
            1 => WhenThere::Leave,
            version => WhenThere::Advance("version", version - 1, how),
        };
        self.put("apply", VIEW, &event.key, fields, when_there).await
    }

    /// The version that the view shows of an event's order; 0 if it shows nothing.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn shown_version(&mut self, event: &Message) -> Result<u64, Halt> {
        let row = RowRef { table: VIEW.to_owned(), key: event.key.clone() };
        let found = self.look_up(row).await?;
        Ok(found.map_or(0, |record| record.number("version").unsigned_abs()))
    }

    /// How many versions ahead of the view an event may be and still be buffered.
    pub fn buffer_span(&self) -> u64 {
        self.spec.knob(SPAN_KNOB)
    }

    /// Stores an event that came too early.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn put_into_buffer(&mut self, event: &Message) -> Result<(), Halt> {
        let waiting = fields([
            ("event", Value::Text(event.id.clone())),
            ("order_id", Value::Text(event.key.clone())),
            ("version", Value::Integer(version(event))),
            ("status", Value::Text(event.text("status").to_owned())),
            // 0 for a delta, which carries no number of steps.
            ("steps", Value::Integer(event.number("steps"))),
            (STAMP, Value::Integer(event.number(STAMP))),
            ("since_us", Value::Integer(i64::try_from(self.now_us).unwrap_or(i64::MAX))),
        ]);
        let key = format!("{}-{:03}", event.key, event.version);
        self.put("buffer", BUFFER, &key, waiting, WhenThere::Leave).await.map(drop)
    }

    /// The first event of the same order that waits in the buffer.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn first_in_buffer(&mut self, event: &Message) -> Result<Option<Buffered>, Halt> {
        let which = Which::Holding("order_id", event.key.clone());
        let statement =
            Statement::Waiting { table: &BUFFER_TABLE, which, limit: READ_MAX, locking: Locking::None };
        let tell = |_: &Self, answer: &Answer| {
            let rows = answer.records.clone();
            (if rows.is_empty() { Event::NothingThere } else { Event::Claimed { rows } }, Vec::new())
        };
        let (answer, _) = self.step("claim", &statement, tell).await?;
        let (now_us, timeout_us) = (self.now_us, self.spec.knob(TIMEOUT_KNOB) * 1_000 * self.turn.stretch());
        let is_overdue =
            |row: &Record| timeout_us > 0 && row.number("since_us").unsigned_abs() + timeout_us <= now_us;
        Ok(answer.records.first().map(|row| Buffered {
            event: event_in(row),
            overdue: is_overdue(row),
            row: row.row.clone(),
        }))
    }

    /// Applies an event from the buffer if it is the next; one that has waited too long, if it is newer than the view.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn apply_buffered(&mut self, waiting: &Buffered) -> Result<Effect, Halt> {
        let in_hand = std::mem::replace(&mut self.operation, waiting.event.id.clone());
        let applied = if waiting.overdue {
            self.apply_if_newer(&waiting.event).await
        } else {
            self.apply_if_next(&waiting.event).await
        };
        self.operation = in_hand;
        applied
    }

    /// Takes an event out of the buffer.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn take_out_of_buffer(&mut self, waiting: &Buffered) -> Result<(), Halt> {
        let row = waiting.row.clone();
        let statement = Statement::Remove { row: row.clone() };
        let tell = |bench: &Self, answer: &Answer| {
            let effect = answer.effect.unwrap_or(Effect::Unchanged);
            let committed = !bench.session.in_transaction();
            (Event::Stored { row, effect, now: lab::event::Fields::new(), committed }, Vec::new())
        };
        self.step("unbuffer", &statement, tell).await.map(drop)
    }
}

fn event_in(row: &Record) -> Message {
    let mut body = fields([
        ("status", Value::Text(row.text("status").to_owned())),
        (STAMP, Value::Integer(row.number(STAMP))),
    ]);
    if row.number("steps") > 0 {
        body.insert("steps".into(), Value::Integer(row.number("steps")));
    }
    Message {
        id: row.text("event").to_owned(),
        key: row.text("order_id").to_owned(),
        version: row.number("version").unsigned_abs(),
        body,
    }
}
