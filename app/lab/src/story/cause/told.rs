//! What happened and was not told, or was told and did not happen.

use super::Proof;
use crate::checks::{EVENT, ORDERS, OUTBOX, PROGRESS, SHIPMENTS, VIEW};
use crate::event::{Effect, Entry, Event, Message};
use crate::story::deed::{field, listed, operation, stored, who};

/// An event got lost on its way.
pub(super) fn lost(proof: &Proof<'_>) -> Option<String> {
    match proof.first(|entry| is_in(entry, ORDERS)) {
        Some(written) => never_sent(proof, written),
        None => never_arrived(proof),
    }
}

fn never_sent(proof: &Proof<'_>, written: &Entry) -> Option<String> {
    let record = stored(written)?;
    let event = field(record.now, EVENT).unwrap_or_else(|| operation(written).to_owned());
    let mishaps = proof.mishaps();
    let why = if mishaps.is_empty() {
        let passed = published(proof).map(|(entry, message)| {
            format!(
                " {} published {} and went on [{}]: the event of {} was passed over.",
                who(entry),
                message.id,
                entry.seq,
                record.row.key
            )
        });
        passed.unwrap_or_else(|| " Nobody sent its event after that.".to_owned())
    } else {
        format!(" Then {}, and nothing was left that would have sent its event.", listed(&mishaps))
    };
    Some(format!(
        "{} wrote {}, event {event} [{}].{why} The order is there, and nobody was ever told{}.",
        who(written),
        record.row.key,
        written.seq,
        proof.at_the_end()
    ))
}

fn never_arrived(proof: &Proof<'_>) -> Option<String> {
    let (sent, message) = published(proof)?;
    let handed = proof.first(|entry| matches!(entry.event, Event::Delivered { .. }));
    let handed =
        handed.map_or_else(String::new, |entry| format!(" and handed to {} [{}]", who(entry), entry.seq));
    let left = proof
        .last(|entry| is_in(entry, VIEW) && stored(entry).is_some_and(|s| s.effect == Effect::Unchanged));
    let mut why: Vec<String> = left
        .iter()
        .map(|entry| {
            format!(
                "{} took it for too old or too early, and left the view as it was [{}]",
                who(entry),
                entry.seq
            )
        })
        .collect();
    why.extend(proof.mishaps());
    let why = if why.is_empty() { String::new() } else { format!(" Then {}.", listed(&why)) };
    Some(format!(
        "{} was published [{}]{handed}.{why} What it said is in no view{}.",
        message.id,
        sent.seq,
        proof.at_the_end()
    ))
}

/// An event was handed out and left aside.
pub(super) fn left_aside(proof: &Proof<'_>) -> Option<String> {
    let (sent, message) = published(proof)?;
    let handed = proof.first(|entry| matches!(entry.event, Event::Delivered { .. }))?;
    let left = proof.first(|entry| is_in(entry, PROGRESS)).map_or_else(String::new, |entry| {
        format!(
            " {} knew of a later event of {} by then, and left it aside [{}].",
            who(entry),
            message.key,
            entry.seq
        )
    });
    Some(format!(
        "{} was published [{}] and handed to {} [{}].{left} Nobody has acted upon it{}: the order of events was kept by dropping one.",
        message.id,
        sent.seq,
        who(handed),
        handed.seq,
        proof.at_the_end()
    ))
}

/// An event tells of something that was never committed.
pub(super) fn phantom(proof: &Proof<'_>) -> Option<String> {
    let (sent, message) = published(proof)?;
    let mishaps = proof.mishaps();
    let why = if mishaps.is_empty() {
        "its order was not committed after that".to_owned()
    } else {
        format!("{}, and what was not committed is gone", listed(&mishaps))
    };
    let handed = proof.first(|entry| matches!(entry.event, Event::Delivered { .. }));
    let handed = handed.map_or_else(String::new, |entry| {
        format!(" {} was handed it all the same [{}].", who(entry), entry.seq)
    });
    Some(format!(
        "{} published {} before it was committed [{}]. Then {why}.{handed} It tells of something that never happened{}.",
        who(sent),
        message.id,
        sent.seq,
        proof.at_the_end()
    ))
}

/// Rows of the outbox wait in the end.
pub(super) fn not_drained(proof: &Proof<'_>) -> Option<String> {
    let put = proof.first(|entry| is_in(entry, OUTBOX))?;
    let mishaps = proof.mishaps();
    let mut why = if mishaps.is_empty() { String::new() } else { format!(" Then {}.", listed(&mishaps)) };
    if let Some((sent, message)) = published(proof) {
        why += &format!(" {} got as far as {} [{}].", who(sent), message.id, sent.seq);
    }
    Some(format!(
        "{} put {} into the outbox [{}].{why} When everything was quiet it was still waiting there{}.",
        who(put),
        stored(put)?.row.key,
        put.seq,
        proof.at_the_end()
    ))
}

/// Somebody acted upon an older event after a newer one of the same order.
pub(super) fn out_of_order(proof: &Proof<'_>) -> Option<String> {
    let acts = proof.all(|entry| is_in(entry, SHIPMENTS));
    let [newer, .., late] = acts.as_slice() else { return None };
    let (newer_id, late_id) = (event_of(newer)?, event_of(late)?);
    if newer_id == late_id {
        return once_more(&acts);
    }
    let sent = |id: &str| {
        proof.first(|entry| matches!(&entry.event, Event::Published { message, .. } if message.id == id))
    };
    let on_the_way = match (sent(&newer_id), sent(&late_id)) {
        (Some(first), Some(second)) if first.seq < second.seq => format!(
            " {} published {newer_id} [{}] before {} published {late_id} [{}].",
            who(first),
            first.seq,
            who(second),
            second.seq
        ),
        (Some(first), Some(second)) => format!(
            " {late_id} was published first [{}], and {newer_id} overtook it on the way [{}].",
            second.seq, first.seq
        ),
        _ => String::new(),
    };
    let happened = proof.first(|entry| is_in(entry, ORDERS) && event_of(entry).as_ref() == Some(&late_id));
    let happened = happened.map_or_else(
        || format!("{late_id} happened first."),
        |entry| format!("{late_id} happened first [{}].", entry.seq),
    );
    Some(format!(
        "{happened}{on_the_way} {} acted upon {newer_id} [{}], and only then did {} act upon {late_id} [{}].",
        who(newer),
        newer.seq,
        who(late),
        late.seq
    ))
}

/// Nothing was overtaken: the older event came once more.
fn once_more(acts: &[&Entry]) -> Option<String> {
    let [first, newer, again] = acts else { return None };
    Some(format!(
        "{} acted upon {} [{}], and then {} upon {} [{}]. Then {} came once more, nothing remembered the first time, and {} acted upon it again [{}].",
        who(first),
        event_of(first)?,
        first.seq,
        who(newer),
        event_of(newer)?,
        newer.seq,
        event_of(again)?,
        who(again),
        again.seq
    ))
}

/// Somebody acted upon one event twice.
pub(super) fn acted_twice(proof: &Proof<'_>) -> Option<String> {
    let acts = proof.all(|entry| is_in(entry, SHIPMENTS));
    let [first, .., again] = acts.as_slice() else { return None };
    let id = event_of(first)?;
    Some(format!(
        "{} sent the goods for {id} [{}], and when the event came once more {} sent them again [{}]: nothing remembered the first time{}.",
        who(first),
        first.seq,
        who(again),
        again.seq,
        proof.at_the_end()
    ))
}

fn event_of(entry: &Entry) -> Option<String> {
    field(stored(entry)?.now, EVENT)
}

fn is_in(entry: &Entry, table: &str) -> bool {
    stored(entry).is_some_and(|record| record.row.table == table)
}

fn published<'a>(proof: &'a Proof<'_>) -> Option<(&'a Entry, &'a Message)> {
    proof.entries.iter().find_map(|entry| match &entry.event {
        Event::Published { message, .. } => Some((*entry, message)),
        _ => None,
    })
}
