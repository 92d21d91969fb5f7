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

/// A transaction's first look, and the first write of somebody else since.
#[derive(Debug)]
struct Glance {
    look: Entry,
    write: Option<Entry>,
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
                    glance.write.get_or_insert_with(|| entry.clone());
                }
            }
            Event::Committed | Event::RolledBack | Event::EngineRefused { .. } => {
                drop(self.open.remove(actor))
            }
            _ => {}
        }
        None
    }

    fn looked(&mut self, actor: &str, entry: &Entry) -> Option<Find> {
        let Some(glance) = self.open.get_mut(actor) else {
            self.open.insert(actor.to_owned(), Glance { look: entry.clone(), write: None });
            return None;
        };
        let write = glance.write.take()?;
        self.is_found = true;
        Some((Counted::Glances, vec![glance.look.clone(), write, entry.clone()]))
    }
}
