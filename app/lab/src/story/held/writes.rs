//! Writes that met each other, or never did.

use super::super::deed::{read, refused_because, who, wrote};
use super::super::overlap::Overlap;
use super::super::seen::Seen;
use super::super::{Counted, Kind, Sentence};
use super::{Family, OVERLAP};
use crate::event::{Basis, Entry, Event};
use crate::spec::Spec;

/// Protections that are seen at work without trouble too: too little was left for somebody who
/// was alone.
const ALONE: [Counted; 2] = [Counted::Guards, Counted::Constraints];

/// Whether trouble of a kind came, or something was seen that is only ever there where it comes.
pub(super) fn is_tested(family: &Family, spec: &Spec, seen: &Seen) -> bool {
    let met: Vec<Counted> = family.protections.iter().filter(|of| !ALONE.contains(of)).copied().collect();
    let is_seen = seen.any(family.troubles) || seen.any(&met);
    let is_of_writes = family.invariants == OVERLAP.invariants;
    is_seen || is_of_writes && (is_in_turn(seen) || is_unseen(spec, seen))
}

/// Whether requests that were open at the same time went through one partition each.
fn is_in_turn(seen: &Seen) -> bool {
    seen.any(&[Counted::AtOnce]) && seen.post.first.is_some()
}

/// Whether requests met where nobody can look who waits.
fn is_unseen(spec: &Spec, seen: &Seen) -> bool {
    !spec.is_scheduled() && seen.any(&[Counted::AtOnce])
}

/// The first time that somebody wrote between somebody else's look and attempt, and what became of it.
pub(super) fn overlap(seen: &Seen, about: &[String]) -> Option<Sentence> {
    let sight = seen.sight(Counted::Overlaps)?;
    let [look, other, attempt] = sight.first.as_slice() else { return None };
    let write = wrote(other)?;
    let actor = who(attempt);
    let since = match (&look.event, read(look)) {
        (_, Some((_, found))) => {
            format!("{} read {} from {} [{}]", who(look), found.amount, write.row, look.seq)
        }
        (Event::OperationBegan { .. }, None) => {
            format!("{} asked for {} [{}]", who(look), write.row, look.seq)
        }
        _ => format!("{} looked [{}]", who(look), look.seq),
    };
    let times = if sight.times > 1 {
        format!(" That happened {} times in this run.", sight.times)
    } else {
        String::new()
    };
    let text = format!(
        "{since}, and {} wrote {} there [{}] before {actor} came to its own write. {}{times}",
        who(other),
        write.amount,
        other.seq,
        ending(attempt)
    );
    let told = Sentence::new(Kind::Protection, text, about.to_vec());
    Some(if sight.times > 1 { told.counting(Counted::Overlaps, sight.times) } else { told })
}

/// What became of a write that came after somebody else's.
fn ending(attempt: &Entry) -> String {
    let (actor, seq) = (who(attempt), attempt.seq);
    match &attempt.event {
        Event::Conflict { expected, found, .. } => format!(
            "It found version {found} where it expected {expected}, and wrote nothing [{seq}]: it must look again."
        ),
        Event::Fenced { token, .. } => {
            format!("The fence turned its token {token} away, and nothing was written [{seq}].")
        }
        Event::Insufficient { wanted, .. } => {
            format!(
                "Its write asked whether {wanted} was still there, and it was not: nothing was written [{seq}]."
            )
        }
        Event::EngineRefused { .. } => {
            format!("The engine refused {actor} and wrote nothing [{seq}]: {}.", refused_because(attempt))
        }
        Event::Wrote { basis: Basis::Statement, now, .. } => format!(
            "Its write computed from the row as it was then, inside the database, and left {} [{seq}]: nothing is lost.",
            now.amount
        ),
        _ => format!("Its own write went through [{seq}], and nothing of the other one was lost by it."),
    }
}

/// Whether the overlap's sentence tells of this already.
pub(super) fn tells(seen: &Seen, of: Counted) -> bool {
    let attempt = seen.sight(Counted::Overlaps).and_then(|sight| sight.first.last());
    let example = seen.sight(of).and_then(|sight| sight.first.last());
    attempt.zip(example).is_some_and(|(attempt, example)| attempt.seq == example.seq)
}

/// Requests that met, where nothing else was seen that kept them apart.
pub(super) fn in_turn(seen: &Seen, about: &[String]) -> Option<Sentence> {
    let sight = seen.sight(Counted::AtOnce)?;
    let [first, second] = sight.first.as_slice() else { return None };
    let end = if is_in_turn(seen) {
        "Both went to the same partition, and whoever owned it carried them out one after the other: no write came between a read and its write."
    } else {
        "No write was seen between somebody else's read and write. In a live run not every wait is seen: it was a lock, or luck."
    };
    let text = format!(
        "{} asked [{}] while the request of {} was still open [{}]. {end}",
        who(second),
        second.seq,
        who(first),
        first.seq
    );
    Some(Sentence::new(Kind::Protection, text, about.to_vec()))
}

/// That nobody ever wrote between somebody else's look and write.
pub(super) fn untested(spec: &Spec, seen: &Seen, titles: &str) -> String {
    let live = if spec.is_scheduled() { "" } else { ", as far as the order of the answers tells" };
    let so = format!("So this run never put to the test: {titles}.");
    if let Some(quiet) = quiet(&seen.overlap) {
        let met = seen.sight(Counted::AtOnce).map_or_else(String::new, |sight| match sight.first.as_slice() {
            [first, second] => format!(
                " {} [{}] and {} [{}] were at work at the same time, and still nobody came between: that was luck.",
                who(first),
                first.seq,
                who(second),
                second.seq
            ),
            _ => String::new(),
        });
        return format!("{quiet}{live}.{met} {so}");
    }
    let (end, _) = seen.end();
    format!("Up to the end [{end}] nobody wrote a row that somebody else had looked at before{live}. {so}")
}

/// `Nobody wrote between the read of buyer-1 [5] and its write [7]`.
fn quiet(overlap: &Overlap) -> Option<String> {
    let [look, write] = &**overlap.quiet.as_ref()?;
    let looked = if read(look).is_some() { "read" } else { "request" };
    let row = wrote(write)?.row;
    Some(format!(
        "Nobody else wrote {row} between the {looked} of {} [{}] and its write [{}]",
        who(look),
        look.seq,
        write.seq
    ))
}
