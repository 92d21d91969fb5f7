//! No missing charge: whatever was to be paid has been paid, once everything is quiet.

use super::charges::{Payment, payments};
use super::history::History;
use super::{Check, Finding};
use crate::verdict::Evidence;

/// How many messages, writes or calls, and troubles the evidence lists of each.
const SHOWN: usize = 2;

/// The check.
pub const CHECK: Check = Check {
    name: "no-missing-charge",
    title: "No missing charge",
    breach: "not charged",
    rule: "When everything is quiet, the ledgers hold no less for each payment than was asked for.",
    judge,
};

fn judge(history: &History) -> Finding {
    let payments = payments(&history.mail);
    let missing: Vec<&Payment<'_>> =
        payments.iter().filter(|payment| history.final_seq.is_some() && payment.is_missing()).collect();
    let found = match missing.first() {
        None => format!("{0} of {0} payments are in the ledger", payments.len()),
        Some(payment) => told(payment),
    };
    Finding {
        expected: "a charge for each payment".into(),
        found,
        count: missing.len() as u64,
        evidence: missing.first().map(|payment| evidence(history, payment)).unwrap_or_default(),
    }
}

fn told(payment: &Payment<'_>) -> String {
    let Payment { name, due, .. } = payment;
    match payment.charges() {
        0 => format!("{name} was never charged"),
        _ => format!("{name} was charged {} cents of {due}", payment.charged()),
    }
}

fn evidence(history: &History, payment: &Payment<'_>) -> Vec<Evidence> {
    let mail = &history.mail;
    let mut pieces: Vec<Evidence> = payment.asked_for().take(SHOWN).collect();
    let charging = payment.charging(mail);
    if charging.is_empty() {
        let remembered = mail
            .stored
            .iter()
            .find(|stored| payment.asked.iter().any(|asked| asked.message.id == stored.operation));
        pieces.extend(remembered.map(|stored| Evidence {
            seq: stored.seq,
            sentence: format!("{} remembers {} as {}.", stored.actor, stored.operation, stored.row),
        }));
    }
    pieces.extend(charging.into_iter().rev().take(SHOWN));
    let left = crate::verdict::EVIDENCE_MAX - 1 - pieces.len();
    pieces.extend(payment.troubles(mail).into_iter().take(left.min(SHOWN)));
    pieces.push(Evidence { seq: history.final_seq(), sentence: format!("In the end {}.", told(payment)) });
    pieces
}
