//! Outbox drained: when everything is quiet, no row waits to be sent. What counts is the broker, not the mark on the row.

use super::history::History;
use super::{Check, Finding, OUTBOX, PARKED};
use crate::event::Record;
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "outbox-drained",
    title: "Outbox drained",
    breach: "not drained",
    rule: "When everything is quiet, the event of every row of the outbox has reached the broker.",
    judge,
};

fn judge(history: &History) -> Finding {
    let rows: Vec<&Record> = history.mail.table(OUTBOX).collect();
    let waiting: Vec<&Record> = rows
        .iter()
        .copied()
        .filter(|row| history.final_seq.is_some() && history.mail.publication(&row.row.key).is_none())
        .collect();
    let found = match (rows.len(), waiting.len()) {
        (0, _) => "no row was ever put into the outbox".to_owned(),
        (all, 0) => format!("{all} of {all} rows are sent"),
        (all, open) => {
            let parked = rows.iter().filter(|row| row.text("state") == PARKED).count();
            let parked = if parked > 0 { format!(", {parked} of them parked") } else { String::new() };
            format!("{open} of {all} rows wait to be sent{parked}")
        }
    };
    Finding {
        expected: "no row that waits".into(),
        found,
        count: waiting.len() as u64,
        evidence: waiting.first().map(|row| evidence(history, row)).unwrap_or_default(),
    }
}

fn evidence(history: &History, row: &Record) -> Vec<Evidence> {
    let mail = &history.mail;
    let mut pieces = Vec::new();
    if let Some(stored) = mail.stored.iter().find(|stored| stored.row == row.row) {
        let sentence = format!("{} puts {} into the outbox.", stored.actor, row.row.key);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    pieces.extend(
        mail.troubles
            .iter()
            .rev()
            .take(2)
            .map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }),
    );
    // What was sent instead, if anything: it shows how far the relay has come.
    let sent = mail.published.iter().rev().find(|published| published.message.id != row.row.key);
    pieces.extend(sent.map(|published| {
        let sentence = format!("{} publishes {}.", published.actor, published.message.id);
        Evidence { seq: published.seq, sentence }
    }));
    let sentence = format!("In the end {} is in the outbox, and was never published.", row.row.key);
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
