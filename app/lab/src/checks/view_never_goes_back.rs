//! The view never goes back: no write replaces a newer version of a row by an older one.
//!
//! The version that a write replaced is kept on the row by the engine's own hand, in the statement that replaced it.

use super::history::History;
use super::mail::Stored;
use super::{Check, Finding, VIEW, counted};
use crate::event::{Effect, Value};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "view-never-goes-back",
    title: "The view never goes back",
    breach: "went back",
    rule: "No committed write to the view replaces a version by a lower one.",
    judge,
};

fn judge(history: &History) -> Finding {
    let writes: Vec<&Stored> = history
        .mail
        .stored
        .iter()
        .filter(|stored| stored.row.table == VIEW && stored.effect != Effect::Unchanged)
        .collect();
    let back: Vec<&Stored> = writes
        .iter()
        .copied()
        .filter(|stored| number(stored, "version") < number(stored, "previous_version"))
        .collect();
    let found = match back.first() {
        None => format!("{}, none to a lower version", counted(writes.len(), "write")),
        Some(stored) => format!(
            "{} went from version {} back to {}",
            stored.row.key,
            number(stored, "previous_version"),
            number(stored, "version")
        ),
    };
    Finding {
        expected: "versions that only rise".into(),
        found,
        count: back.len() as u64,
        evidence: back.first().map(|stored| evidence(history, stored)).unwrap_or_default(),
    }
}

fn number(stored: &Stored, column: &str) -> i64 {
    match stored.now.get(column) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

fn evidence(history: &History, stored: &Stored) -> Vec<Evidence> {
    let mail = &history.mail;
    let mut pieces = Vec::new();
    if let Some(published) = mail.publication(&stored.operation) {
        let sentence = format!("{} is published, version {}.", stored.operation, published.message.version);
        pieces.push(Evidence { seq: published.seq, sentence });
    }
    let previous = number(stored, "previous_version");
    let newer = mail.stored.iter().find(|other| {
        other.row == stored.row && other.seq < stored.seq && number(other, "version") == previous
    });
    if let Some(newer) = newer {
        let sentence = format!("{} writes {}: version {previous}.", newer.actor, newer.operation);
        pieces.push(Evidence { seq: newer.seq, sentence });
    }
    if let Some(delivery) = mail.delivery_before(stored) {
        let sentence = format!("{} is handed {}.", delivery.actor, delivery.message);
        pieces.push(Evidence { seq: delivery.seq, sentence });
    }
    let sentence = format!(
        "{} writes {}: version {} over {previous}.",
        stored.actor,
        stored.operation,
        number(stored, "version")
    );
    pieces.push(Evidence { seq: stored.seq, sentence });
    pieces
}
