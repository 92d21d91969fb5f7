//! The outbox in the picture: its rows, where each stands, and how far the relays have come.

use std::collections::{BTreeMap, HashMap};

use super::Stage;
use crate::checks::{OUTBOX, PARKED, SENT};
use crate::event::{Entry, Event, Fields, Marked, Record, Value};

/// The outbox as the entries so far tell of it. Only what was committed is in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outbox {
    /// The rows by their ids.
    rows: BTreeMap<String, OutboxRow>,
    /// By actor: what its open transaction wrote.
    open: HashMap<String, Vec<(String, OutboxRow)>>,
    /// Whether a parked row holds up the later ones of its key.
    pub holds_keys: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The number that the engine gave it.
    pub place: i64,
    /// The event's id.
    pub id: String,
    /// The order's key.
    pub key: String,
    /// What its column says: `waits`, `parked`, `sent`.
    pub state: String,
    /// Who has claimed it, if claims are written down.
    pub claimed_by: String,
    /// Since when it is there, in run time.
    pub since_us: u64,
    /// Since when the broker has its event.
    pub published_us: Option<u64>,
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has sent it.
    Waits,
    /// Somebody has put his name on it.
    Claimed(String),
    /// It cannot be read and waits for somebody to mend it.
    Parked,
    /// It waits behind this parked row of its key.
    Held(String),
    /// The broker has it, and the row does not say so.
    Unmarked,
    /// The broker has it, and the row says so.
    Sent,
}

impl Outbox {
    /// The rows in the order of their numbers.
    pub fn rows(&self) -> Vec<&OutboxRow> {
        let mut rows: Vec<&OutboxRow> = self.rows.values().collect();
        rows.sort_by_key(|row| row.place);
        rows
    }

    /// How many rows the broker has not got.
    pub fn depth(&self) -> usize {
        self.unsent().count()
    }

    /// Since when the oldest of these is there, in run time.
    pub fn oldest_since_us(&self) -> Option<u64> {
        self.unsent().map(|row| row.since_us).min()
    }

    /// The highest number of a row that the broker has; 0 before the first.
    pub fn position(&self) -> i64 {
        self.rows.values().filter(|row| row.published_us.is_some()).map(|row| row.place).max().unwrap_or(0)
    }

    /// Where a row stands.
    pub fn standing(&self, row: &OutboxRow) -> Standing {
        if row.state == SENT {
            return Standing::Sent;
        }
        if row.published_us.is_some() {
            return Standing::Unmarked;
        }
        if row.state == PARKED {
            return Standing::Parked;
        }
        let in_front = |front: &&OutboxRow| {
            front.key == row.key && front.state == PARKED && front.place < row.place && self.holds_keys
        };
        if let Some(front) = self.rows.values().find(in_front) {
            return Standing::Held(front.id.clone());
        }
        match row.claimed_by.as_str() {
            "" => Standing::Waits,
            by => Standing::Claimed(by.to_owned()),
        }
    }

    fn unsent(&self) -> impl Iterator<Item = &OutboxRow> {
        self.rows.values().filter(|row| row.published_us.is_none() && row.state != SENT)
    }

    fn put(&mut self, id: String, row: OutboxRow) {
        let before = self.rows.get(&id);
        let since_us = before.map_or(row.since_us, |before| before.since_us);
        let published_us = before.and_then(|before| before.published_us);
        self.rows.insert(id, OutboxRow { since_us, published_us, ..row });
    }
}

impl Stage {
    /// Takes what concerns the outbox.
    pub(super) fn see_outbox(&mut self, entry: &Entry) {
        let actor = entry.actor.clone().unwrap_or_default();
        let outbox = &mut self.outbox;
        match &entry.event {
            Event::Header(header) => outbox.holds_keys = header.spec.knob("park_row_only") == 0,
            Event::Stored { row, now, committed, .. } if row.table == OUTBOX && !now.is_empty() => {
                let told = read(&row.key, now, entry.at_us);
                if *committed {
                    outbox.put(row.key.clone(), told);
                } else {
                    outbox.open.entry(actor).or_default().push((row.key.clone(), told));
                }
            }
            Event::Claimed { rows } => {
                for Record { row, fields } in rows.iter().filter(|record| record.row.table == OUTBOX) {
                    // A commit whose answer was lost shows here at the latest.
                    outbox.put(row.key.clone(), read(&row.key, fields, entry.at_us));
                }
            }
            Event::Marked(Marked { state, rows }) => {
                for id in rows {
                    if let Some(row) = outbox.rows.get_mut(id) {
                        row.state.clone_from(state);
                    }
                }
            }
            Event::Committed => {
                for (id, mut row) in outbox.open.remove(&actor).unwrap_or_default() {
                    row.since_us = entry.at_us;
                    outbox.put(id, row);
                }
            }
            Event::RolledBack | Event::EngineRefused { .. } | Event::Crashed | Event::CutOff(_) => {
                drop(outbox.open.remove(&actor))
            }
            Event::Published { message, .. } => {
                if let Some(row) = outbox.rows.get_mut(&message.id) {
                    row.published_us.get_or_insert(entry.at_us);
                }
            }
            _ => {}
        }
    }
}

fn read(id: &str, fields: &Fields, at_us: u64) -> OutboxRow {
    let text = |column: &str| match fields.get(column) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let place = match fields.get("place") {
        Some(Value::Integer(place)) => *place,
        _ => 0,
    };
    OutboxRow {
        place,
        id: id.to_owned(),
        key: text("key"),
        state: text("state"),
        claimed_by: text("claimed_by"),
        since_us: at_us,
        published_us: None,
    }
}
