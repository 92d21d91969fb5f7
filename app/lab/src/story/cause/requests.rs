//! Requests that were answered wrongly, twice, or never.

use super::Proof;
use crate::checks::ORDERS;
use crate::event::{Entry, Event, Outcome};
use crate::story::deed::{listed, operation, stored, who};

/// Somebody was sent away while goods were left.
pub(super) fn wrong_refusal(proof: &Proof<'_>) -> Option<String> {
    let (began, ended) = (began(proof)?, ended(proof)?);
    let Event::OperationBegan { row, quantity, .. } = &began.event else { return None };
    let start = proof.setup().map_or_else(String::new, |setup| format!(" at the start [{}]", setup.seq));
    Some(format!(
        "{} asked for {quantity} of {} [{}] and was told that it is sold out [{}]. The sales on record by then had not used up what was there{start}: what somebody else holds or still thinks about is not sold yet.",
        who(began),
        row.key,
        began.seq,
        ended.seq
    ))
}

/// Somebody was not answered, or not truly.
pub(super) fn not_answered(proof: &Proof<'_>) -> Option<String> {
    let began = began(proof)?;
    let (actor, seq) = (who(began), began.seq);
    let writes = proof.writes();
    if writes.len() > 1 {
        let done: Vec<String> =
            writes.iter().map(|entry| format!("as {} [{}]", operation(entry), entry.seq)).collect();
        return Some(format!(
            "{actor} asked once [{seq}], and it was carried out {}. The request came again, and nothing recognised it: it is on record more than once{}.",
            listed(&done),
            proof.at_the_end()
        ));
    }
    match ended(proof).map(|entry| (entry.seq, &entry.event)) {
        Some((told, Event::OperationEnded { outcome: Outcome::Done })) => Some(format!(
            "{actor} asked [{seq}] and was told that it was done [{told}], but nothing of it is on record: the answer went out, and the write came to nothing."
        )),
        Some((told, _)) => Some(format!(
            "{actor} asked [{seq}] and was sent away [{told}], but it is on record as done: the write had gone through before the answer said no."
        )),
        None => Some(format!(
            "{actor} asked [{seq}], and the run came to its end without an answer{}.",
            proof.at_the_end()
        )),
    }
}

/// What was asked for once was carried out more than once.
pub(super) fn ordered_twice(proof: &Proof<'_>) -> Option<String> {
    let calls = proof.all(|entry| matches!(entry.event, Event::Called { .. }));
    let (first, later) = calls.split_first()?;
    let writes = proof.all(|entry| stored(entry).is_some_and(|record| record.row.table == ORDERS));
    let wrote: Vec<String> = writes
        .iter()
        .map(|entry| format!("{} carried it out as {} [{}]", who(entry), operation(entry), entry.seq))
        .collect();
    let (once, twice) = wrote.split_first()?;
    let why = proof.mishaps();
    let why = if why.is_empty() { String::new() } else { format!(" Then {}.", listed(&why)) };
    let again = later
        .first()
        .map_or_else(String::new, |entry| format!("It asked again{} [{}], and ", key_of(entry), entry.seq));
    Some(format!(
        "{} asked for {}{} [{}], and {once}.{why} {again}{}. It was one wish, and nobody told the second request from a new one{}.",
        who(first),
        operation(first),
        key_of(first),
        first.seq,
        listed(twice),
        proof.at_the_end()
    ))
}

/// ` with the key order-1`.
fn key_of(entry: &Entry) -> String {
    match &entry.event {
        Event::Called { request, .. } => {
            request.key.as_ref().map_or_else(String::new, |key| format!(" with the key {key}"))
        }
        _ => String::new(),
    }
}

fn began<'a>(proof: &'a Proof<'_>) -> Option<&'a Entry> {
    proof.first(|entry| matches!(entry.event, Event::OperationBegan { .. }))
}

fn ended<'a>(proof: &'a Proof<'_>) -> Option<&'a Entry> {
    proof.last(|entry| matches!(entry.event, Event::OperationEnded { .. }))
}
