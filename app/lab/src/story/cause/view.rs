//! A view that shows what is not so.

use super::Proof;
use crate::checks::VIEW;
use crate::event::{Effect, Entry, Event, Message};
use crate::story::deed::{field, operation, stored, who};

/// A newer version was replaced by an older one.
pub(super) fn went_back(proof: &Proof<'_>) -> Option<String> {
    let older = proof.last(is_view)?;
    let record = stored(older)?;
    let (version, previous) = (field(record.now, "version")?, field(record.now, "previous_version")?);
    let newer = proof.first(|entry| is_view(entry) && entry.seq < older.seq);
    let start = match newer {
        Some(newer) => format!(
            "{} wrote {} into the view of {}, version {previous} [{}].",
            who(newer),
            operation(newer),
            record.row.key,
            newer.seq
        ),
        None => format!("The view of {} had come to version {previous} [{}].", record.row.key, older.seq),
    };
    let handed = delivery(proof, operation(older))
        .map_or_else(String::new, |entry| format!(", handed to {} [{}],", who(entry), entry.seq));
    Some(format!(
        "{start} Then {}{handed} came late, and {} wrote its version {version} over it [{}]: the view shows what was true before.",
        operation(older),
        who(older),
        older.seq
    ))
}

/// In the end the view shows something else than the source said last.
pub(super) fn wrong_in_the_end(proof: &Proof<'_>) -> Option<String> {
    let (seq, message) = published(proof)?;
    let end = proof.end()?;
    let shown = match &end.event {
        Event::FinalRead { records, .. } => {
            records.iter().find(|record| record.row.table == VIEW && record.row.key == message.key)
        }
        _ => None,
    };
    let shown =
        shown.and_then(|record| Some((field(&record.fields, "version")?, field(&record.fields, "status")?)));
    let shown = match shown {
        Some((version, status)) => format!("shows it as {status}, version {version}"),
        None => "shows nothing of it".to_owned(),
    };
    let last = proof
        .last(is_view)
        .map(|entry| written(entry, message))
        .or_else(|| proof.mishaps().into_iter().next());
    let last = last.map_or_else(String::new, |last| format!(" {last}."));
    Some(format!(
        "The last that was said of {} is {}, version {} [{seq}].{last} In the end the view {shown} [{}].",
        message.key, message.id, message.version, end.seq
    ))
}

fn written(entry: &Entry, latest: &Message) -> String {
    let (actor, id, seq) = (who(entry), operation(entry), entry.seq);
    let effect = stored(entry).map(|record| record.effect);
    match effect {
        Some(Effect::Unchanged) => {
            format!("When {actor} was handed {id}, it left the view as it was [{seq}]")
        }
        _ if id == latest.id => {
            format!("{actor} brought it into the view [{seq}], but not each event once and in order")
        }
        _ => format!("But what {actor} wrote last was {id} [{seq}]"),
    }
}

/// One event changed the view twice.
pub(super) fn applied_twice(proof: &Proof<'_>) -> Option<String> {
    let writes = proof.all(is_view);
    let [first, .., again] = writes.as_slice() else { return None };
    let handed = proof.last(|entry| {
        entry.seq < again.seq && matches!(&entry.event, Event::Delivered { delivery, .. } if *delivery > 1)
    });
    let came = match handed.map(|entry| (entry, &entry.event)) {
        Some((entry, Event::Delivered { delivery, .. })) => {
            format!("It was handed to {} again, delivery {delivery} [{}], and", who(entry), entry.seq)
        }
        _ => "It came again, and".to_owned(),
    };
    Some(format!(
        "{} brought {} into the view [{}]. {came} {} brought it in once more [{}]: nothing remembered the first time.",
        who(first),
        operation(first),
        first.seq,
        who(again),
        again.seq
    ))
}

fn is_view(entry: &Entry) -> bool {
    stored(entry).is_some_and(|record| record.row.table == VIEW)
}

fn delivery<'a>(proof: &'a Proof<'_>, id: &str) -> Option<&'a Entry> {
    proof.first(|entry| matches!(&entry.event, Event::Delivered { message, .. } if message.id == id))
}

fn published<'a>(proof: &'a Proof<'_>) -> Option<(u64, &'a Message)> {
    proof.entries.iter().find_map(|entry| match &entry.event {
        Event::Published { message, .. } => Some((entry.seq, message)),
        _ => None,
    })
}
