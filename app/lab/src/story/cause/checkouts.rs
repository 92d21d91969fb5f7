//! Orders of which only a part was done.

use super::Proof;
use crate::checks::{CANCELLED, ORDERS, PARCELS, PAYMENTS, RESERVATIONS, TAKEN};
use crate::event::{Entry, Event};
use crate::story::deed::{field, listed, mishap, operation, stored, who};

/// The order is neither whole nor taken back.
pub(super) fn half_way(proof: &Proof<'_>) -> Option<String> {
    told(proof, "What was done stands, and nobody did the rest or took it back")
}

/// Goods are kept or sent that nobody paid.
pub(super) fn kept_unpaid(proof: &Proof<'_>) -> Option<String> {
    told(proof, "Nobody gave the goods back: they are kept, and not paid")
}

/// Somebody paid, and no parcel was sent.
pub(super) fn charged_for_nothing(proof: &Proof<'_>) -> Option<String> {
    told(proof, "Nobody gave the money back: it is paid, and no parcel was sent")
}

fn told(proof: &Proof<'_>, conclusion: &str) -> Option<String> {
    let began = proof.first(|entry| matches!(entry.event, Event::OperationBegan { .. }))?;
    let deeds: Vec<String> = proof.entries.iter().filter_map(|entry| deed(entry)).collect();
    let deeds = if deeds.is_empty() { "nothing more happened".to_owned() } else { listed(&deeds) };
    Some(format!(
        "{} was asked for {} [{}]. Then {deeds}. {conclusion}{}.",
        who(began),
        operation(began),
        began.seq,
        proof.at_the_end()
    ))
}

/// What a service did, or what went wrong.
fn deed(entry: &Entry) -> Option<String> {
    let Some(record) = stored(entry) else { return mishap(entry) };
    let state = field(record.now, "state").or_else(|| field(record.now, "status"))?;
    let done = match (record.row.table.as_str(), state.as_str()) {
        (RESERVATIONS, TAKEN) => "the warehouse kept the goods",
        (PAYMENTS, TAKEN) => "the money was taken",
        (PARCELS, TAKEN) => "the parcel was sent",
        (RESERVATIONS, CANCELLED) => "the goods were given back",
        (PAYMENTS, CANCELLED) => "the money was given back",
        (PARCELS, CANCELLED) => "the parcel was forbidden",
        (RESERVATIONS, _) => "the warehouse declined",
        (PAYMENTS, _) => "the payment was declined",
        (PARCELS, _) => "no carrier took the parcel",
        (ORDERS, _) => {
            return Some(format!("{} wrote down the order as {state} [{}]", who(entry), entry.seq));
        }
        _ => return None,
    };
    Some(format!("{done} [{}]", entry.seq))
}
