//! What a transaction was shown after somebody else had written: followed in the anomalies alone, where a question is asked
//! twice and a row may be new.

use std::collections::BTreeMap;

use super::Counted;
use super::overlap::Find;
use crate::checks::TEST;
use crate::event::{Entry, Event};

/// Follows the transactions until there is an example.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    open: BTreeMap<String, Glance>,
    is_found: bool,
}

/// A transaction's first look, and what somebody else has written since.
#[derive(Debug)]
struct Glance {
    look: Entry,
    writes: Vec<Write>,
}

/// A write that was not rolled back so far.
#[derive(Debug, Clone)]
struct Write {
    entry: Entry,
    /// The entry of its commit; none yet, or none because the statement was its own transaction.
    commit: Option<Entry>,
}

impl Write {
    /// Whether the statement was its own transaction.
    fn is_alone(&self) -> bool {
        matches!(self.entry.event, Event::Wrote { committed: true, .. })
    }
}

impl Snapshot {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) -> Option<Find> {
        if self.is_found {
            return None;
        }
        let actor = entry.actor.as_deref()?;
        match &entry.event {
            Event::Read { row, .. } if row.table == TEST => return self.looked(actor, entry),
            Event::Found { .. } => return self.looked(actor, entry),
            Event::Wrote { row, .. } if row.table == TEST => {
                for (_, glance) in self.open.iter_mut().filter(|(other, _)| *other != actor) {
                    glance.writes.push(Write { entry: entry.clone(), commit: None });
                }
            }
            Event::Committed => {
                self.open.remove(actor);
                for write in self.open.values_mut().flat_map(|glance| &mut glance.writes) {
                    if write.entry.actor == entry.actor && !write.is_alone() {
                        write.commit.get_or_insert_with(|| entry.clone());
                    }
                }
            }
            Event::RolledBack | Event::EngineRefused { .. } | Event::Crashed | Event::CutOff(_) => {
                self.open.remove(actor);
                for glance in self.open.values_mut() {
                    glance.writes.retain(|write| {
                        write.entry.actor != entry.actor || write.commit.is_some() || write.is_alone()
                    });
                }
            }
            _ => {}
        }
        None
    }

    fn looked(&mut self, actor: &str, entry: &Entry) -> Option<Find> {
        let Some(glance) = self.open.get_mut(actor) else {
            self.open.insert(actor.to_owned(), Glance { look: entry.clone(), writes: Vec::new() });
            return None;
        };
        // A look at one row tells of a write of that row alone.
        let write = glance.writes.iter().rev().find(|write| match (&entry.event, &write.entry.event) {
            (Event::Read { row, .. }, Event::Wrote { row: written, .. }) => row == written,
            _ => true,
        })?;
        self.is_found = true;
        let (look, written, commit) = (glance.look.clone(), write.entry.clone(), write.commit.clone());
        Some((Counted::Glances, [look, written].into_iter().chain(commit).chain([entry.clone()]).collect()))
    }
}
