//! No double charge: nobody pays twice for one order, however often the order is delivered.

use super::charges::{Payment, payments};
use super::history::History;
use super::{Check, Finding, counted};
use crate::verdict::Evidence;

/// How many charges the evidence lists.
const CHARGES_SHOWN: usize = 2;

/// The check.
pub const CHECK: Check = Check {
    name: "no-double-charge",
    title: "No double charge",
    breach: "charged twice",
    rule: "In the end the ledgers hold at most one charge for each message that asked for one, and for no payment more than was asked for.",
    judge,
};

fn judge(history: &History) -> Finding {
    let payments = payments(&history.mail);
    let twice: Vec<&Payment<'_>> = payments.iter().filter(|payment| payment.is_double()).collect();
    let found = match twice.first() {
        None => format!("{}, none charged more than once", counted(payments.len(), "payment")),
        Some(payment) => told(payment),
    };
    Finding {
        expected: "at most one charge for each payment".into(),
        found,
        count: twice.len() as u64,
        evidence: twice.first().map(|payment| evidence(history, payment)).unwrap_or_default(),
    }
}

fn told(payment: &Payment<'_>) -> String {
    let Payment { name, due, .. } = payment;
    let charged = payment.charged();
    match payment.charges() {
        1 => format!("{name} was charged {charged} cents instead of {due}"),
        charges => format!("{name} was charged {charges} times: {charged} cents instead of {due}"),
    }
}

fn evidence(history: &History, payment: &Payment<'_>) -> Vec<Evidence> {
    let mail = &history.mail;
    let mut pieces: Vec<Evidence> = payment.asked_for().take(1).collect();
    let charging = payment.charging(mail);
    let first = charging.first().map_or(0, |piece| piece.seq);
    pieces.extend(charging.into_iter().take(CHARGES_SHOWN));
    pieces.extend(payment.troubles(mail).into_iter().find(|trouble| trouble.seq > first));
    pieces.push(payment.at_the_end(history, format!("In the end {}.", told(payment))));
    pieces
}
