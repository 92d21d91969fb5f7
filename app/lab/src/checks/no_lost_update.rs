//! No lost update: nobody replaces a write that he has not seen.
//!
//! Every write stamps its operation on the row and gets back, from the engine, the stamp it replaced. A write that
//! had read another stamp than the one it replaced has destroyed a write unseen.

use super::history::{History, Write};
use super::{Check, Finding, counted};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-lost-update",
    title: "No lost update",
    breach: "lost update",
    rule: "No write replaces one that its writer had not seen. Each write leaves its stamp in the row; the stamp that it replaces is the one that its writer had read, or its statement computed from the row itself.",
    judge,
};

fn judge(history: &History) -> Finding {
    let lost: Vec<&Write> =
        history.writes.iter().filter(|write| write.had_seen() != write.overwrote).collect();
    let found = match lost.len() {
        0 => {
            format!("{}, and none replaced a write unseen", counted(history.writes.len(), "committed write"))
        }
        1 => "1 write was replaced by somebody who had not seen it".into(),
        many => format!("{many} writes were replaced by somebody who had not seen them"),
    };
    Finding {
        expected: "no write replaces another one unseen".into(),
        found,
        count: lost.len() as u64,
        evidence: lost.first().map(|write| evidence(history, write)).unwrap_or_default(),
    }
}

fn evidence(history: &History, loser: &Write) -> Vec<Evidence> {
    let mut pieces = read_of(loser);
    if let Some(victim) =
        history.writes.iter().find(|write| write.operation == loser.overwrote && write.row == loser.row)
    {
        pieces.extend(read_of(victim));
        let sentence = format!(
            "{} wrote {}: {} left, stamped {}.",
            victim.actor, victim.row, victim.now.amount, victim.operation
        );
        pieces.push(Evidence { seq: victim.seq, sentence });
    }
    let sentence = format!(
        "{} wrote {}: {} left, and replaced the write of {}, which it had never read.",
        loser.actor, loser.row, loser.now.amount, loser.overwrote
    );
    pieces.push(Evidence { seq: loser.seq, sentence });
    pieces.extend(final_read(history, loser));
    pieces
}

fn read_of(write: &Write) -> Vec<Evidence> {
    let Some(read) = &write.read else {
        return Vec::new();
    };
    let sentence = format!(
        "{} read {}: {} left, last written by {}.",
        write.actor, write.row, read.counter.amount, read.counter.last_op
    );
    vec![Evidence { seq: read.seq, sentence }]
}

fn final_read(history: &History, loser: &Write) -> Option<Evidence> {
    let (seq, counter) = history.final_rows.get(&loser.row)?;
    let sold: i64 =
        super::total(history.sales.iter().filter(|(_, s)| s.key == loser.row.key).map(|(_, s)| s.quantity));
    let sentence = format!("In the end {} says {} left, and {sold} sold.", loser.row, counter.amount);
    Some(Evidence { seq: *seq, sentence })
}
