//! What each actor has read of each row. Whether a write replaced another one unseen is told by the rows' stamps: in a
//! live run the order of entries is not the order in the engine.

use std::collections::HashMap;

use crate::event::{Counter, Entry, Event, RowRef};

/// The latest read of each row by each lane: the entry, and the operation that had written the row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Seen(HashMap<(usize, RowRef), (u64, String)>);

impl Seen {
    /// Takes a read into account.
    pub fn note(&mut self, lane: usize, entry: &Entry) {
        let mut keep = |row: &RowRef, counter: &Counter| {
            self.0.insert((lane, row.clone()), (entry.seq, counter.last_op.clone()));
        };
        match &entry.event {
            Event::Read { row, found: Some(counter), .. } => keep(row, counter),
            Event::Found { rows, .. } => rows.iter().for_each(|row| keep(&row.row, &row.counter)),
            _ => {}
        }
    }

    /// Who had written the row when this lane read it in this entry.
    pub fn stamp(&self, lane: usize, row: &RowRef, read: u64) -> Option<&str> {
        let (seq, stamp) = self.0.get(&(lane, row.clone()))?;
        (*seq == read).then_some(stamp)
    }
}
