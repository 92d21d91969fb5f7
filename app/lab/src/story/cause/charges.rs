//! Charges that were made twice, or never.

use super::Proof;
use crate::checks::{LEDGER, PAYMENTS};
use crate::event::{Entry, Event};
use crate::story::deed::{field, listed, mishap, operation, stored, who};

/// Somebody paid twice, or too much.
pub(super) fn doubled(proof: &Proof<'_>) -> Option<String> {
    let asked = asked(proof);
    let charges: Vec<&Entry> = proof.all(is_charge);
    let first = *charges.first()?;
    let second = charges.get(1);
    let is_between =
        |entry: &&&Entry| entry.seq > first.seq && second.is_none_or(|second| entry.seq < second.seq);
    let mishaps: Vec<String> =
        proof.entries.iter().filter(is_between).filter_map(|entry| mishap(entry)).collect();
    let then = if mishaps.is_empty() { String::new() } else { format!(" Then {}.", listed(&mishaps)) };
    let again = second.and_then(|entry| charged(entry));
    let again = again.map_or_else(String::new, |again| format!(" When it was asked for once more, {again}."));
    let end = in_the_end(proof, " In the end more is charged than was asked for");
    Some(format!("{asked}{}.{then}{again}{end}.", charged(first)?))
}

/// Somebody did not pay, or not all.
pub(super) fn missing(proof: &Proof<'_>) -> Option<String> {
    let asked = asked(proof);
    let remembered = proof.first(|entry| stored(entry).is_some() && !is_charge(entry));
    let mishaps = proof.mishaps();
    let then = if mishaps.is_empty() { String::new() } else { format!(", then {}", listed(&mishaps)) };
    if let Some(entry) = remembered {
        return Some(format!(
            "{asked}{} remembered {} as handled before it had charged [{}]{then}. Whoever is handed the request again finds it remembered, and nobody ever charges{}.",
            who(entry),
            operation(entry),
            entry.seq,
            in_the_end(proof, "")
        ));
    }
    let charges: Vec<String> = proof.all(is_charge).iter().filter_map(|entry| charged(entry)).collect();
    if charges.is_empty() && mishaps.is_empty() {
        return Some(format!("{asked}Nobody ever charged it{}.", in_the_end(proof, "")));
    }
    let done = if charges.is_empty() { mishaps } else { charges };
    let then = if proof.all(is_charge).is_empty() { String::new() } else { then };
    Some(format!(
        "{asked}{}{then}. So less was charged than was asked for{}.",
        listed(&done),
        in_the_end(proof, "")
    ))
}

/// `order-1 asks for 100 cents [3]. `
fn asked(proof: &Proof<'_>) -> String {
    let asked: Vec<String> = proof
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Published { message, .. } => Some(format!(
                "{} asks for {} cents [{}]",
                message.id,
                field(&message.body, "amount")?,
                entry.seq
            )),
            _ => None,
        })
        .collect();
    if asked.is_empty() { String::new() } else { format!("{}. ", listed(&asked)) }
}

fn is_charge(entry: &Entry) -> bool {
    matches!(entry.event, Event::Called { .. })
        || stored(entry).is_some_and(|record| [LEDGER, PAYMENTS].contains(&record.row.table.as_str()))
}

/// `consumer-1 charged 100 cents for order-1 [6]`.
fn charged(entry: &Entry) -> Option<String> {
    let (actor, id, seq) = (who(entry), operation(entry), entry.seq);
    match &entry.event {
        Event::Called { request, .. } => Some(match &request.key {
            Some(key) => format!("{actor} called the provider for {id} with the key {key} [{seq}]"),
            None => format!("{actor} called the provider for {id} [{seq}]"),
        }),
        _ => {
            let amount = field(stored(entry)?.now, "amount");
            Some(match amount {
                Some(amount) => format!("{actor} wrote a charge of {amount} cents for {id} [{seq}]"),
                None => format!("{actor} left the charge as it was for {id} [{seq}]"),
            })
        }
    }
}

fn in_the_end(proof: &Proof<'_>, words: &str) -> String {
    proof.end().map_or_else(String::new, |entry| format!("{words} [{}]", entry.seq))
}
