//! What the broker handed out, in which order and how often: whether a run ever put anything to the test that concerns
//! duplicates and order.

use std::collections::{HashMap, HashSet};

use super::Counted;
use super::overlap::Find;
use crate::checks::OUTBOX;
use crate::event::{Effect, Entry, Event, Message};
use crate::fold::retry_partition;

/// Follows the deliveries.
#[derive(Debug, Default)]
pub(super) struct Post {
    /// The first delivery of all.
    pub first: Option<Entry>,
    /// The partition behind which a second topic's lie: what a forwarder was handed, a consumer is handed for the first
    /// time all the same.
    first_topic_end: Option<u64>,
    /// By topic.
    ids: HashSet<(bool, String)>,
    /// By topic and key: the newest version that was handed out, with its entry for as long as an example is wanted.
    newest: HashMap<(bool, String), (u64, Option<Entry>)>,
    has_overtaken: bool,
    /// A row of the outbox whose event was not published yet.
    lies: Option<Lies>,
    was_kept: bool,
}

/// A row of the outbox.
#[derive(Debug)]
struct Lies {
    put: Entry,
    /// Before its transaction has committed there is nothing that could survive.
    is_committed: bool,
    /// What went wrong while it lay there.
    trouble: Option<Entry>,
}

impl Post {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) -> Option<Find> {
        if let Event::Header(header) = &entry.event {
            self.first_topic_end = retry_partition(&header.spec);
        }
        let Event::Delivered { message, partition, delivery, .. } = &entry.event else {
            return self.outbox(entry);
        };
        let is_second = self.first_topic_end.is_some_and(|end| *partition > end);
        if self.first.is_none() {
            self.first = Some(entry.clone());
        }
        let is_new = self.ids.insert((is_second, message.id.clone()));
        if *delivery > 1 || !is_new {
            return Some((Counted::Doubled, vec![entry.clone()]));
        }
        self.handed(entry, message, is_second)
    }

    fn outbox(&mut self, entry: &Entry) -> Option<Find> {
        if self.was_kept {
            return None;
        }
        match (&entry.event, &mut self.lies) {
            (Event::Stored { row, effect: Effect::Inserted, .. }, None) if row.table == OUTBOX => {
                let is_committed = matches!(entry.event, Event::Stored { committed: true, .. });
                self.lies = Some(Lies { put: entry.clone(), is_committed, trouble: None });
            }
            // Whoever wrote the row may die in the same transaction: then there is no row.
            (Event::Crashed | Event::Unreachable { .. }, Some(lies))
                if lies.put.actor != entry.actor && lies.is_committed =>
            {
                lies.trouble.get_or_insert_with(|| entry.clone());
            }
            (Event::Committed, Some(lies)) if lies.put.actor == entry.actor => lies.is_committed = true,
            (Event::RolledBack | Event::Crashed | Event::EngineRefused { .. }, Some(lies))
                if lies.put.actor == entry.actor && !lies.is_committed =>
            {
                self.lies = None;
            }
            (Event::Published { message, .. }, Some(lies)) if is_row_of(&lies.put, &message.id) => {
                let Lies { put, trouble, .. } = self.lies.take()?;
                let trouble = trouble?;
                self.was_kept = true;
                return Some((Counted::KeptInOutbox, vec![put, trouble, entry.clone()]));
            }
            _ => {}
        }
        None
    }

    fn handed(&mut self, entry: &Entry, message: &Message, is_second: bool) -> Option<Find> {
        let key = (is_second, message.key.clone());
        match self.newest.get(&key) {
            Some((newest, newer)) if message.version < *newest => {
                let newer = newer.clone();
                self.has_overtaken = true;
                Some((Counted::Overtaken, newer.into_iter().chain([entry.clone()]).collect()))
            }
            _ => {
                let kept = (!self.has_overtaken).then(|| entry.clone());
                self.newest.insert(key, (message.version, kept));
                None
            }
        }
    }
}

fn is_row_of(put: &Entry, message: &str) -> bool {
    matches!(&put.event, Event::Stored { row, .. } if row.key == message)
}
