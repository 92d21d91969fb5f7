//! What kept trouble from doing harm, with its first example.

use super::super::deed::{field, mishap, operation, refused_because, stored, who, wrote};
use super::super::seen::Sight;
use super::super::{Counted, Kind, Sentence};
use crate::event::{Entry, Event};

/// A protection seen at work.
pub(super) fn sentence(of: Counted, sight: &Sight, about: &[String]) -> Option<Sentence> {
    let example = sight.first.last()?;
    let words = of_writes(of, example, &sight.first).or_else(|| of_messages(of, example, &sight.first))?;
    let times = if sight.times > 1 { format!(" In all: {} times.", sight.times) } else { String::new() };
    let told = Sentence::new(Kind::Protection, format!("{words}.{times}"), about.to_vec());
    Some(if sight.times > 1 { told.counting(of, sight.times) } else { told })
}

fn of_writes(of: Counted, entry: &Entry, example: &[Entry]) -> Option<String> {
    let (actor, seq) = (who(entry), entry.seq);
    Some(match (of, &entry.event) {
        (Counted::Conflicts, Event::Conflict { row, expected, found, .. }) => format!(
            "{actor} found version {found} of {row} where it expected {expected}, and wrote nothing [{seq}]: it must look again"
        ),
        (Counted::Fenced, Event::Fenced { row, token } | Event::FenceRaised { row, token, .. }) => format!(
            "The fence of {row} turned {actor} away, because its token {token} was too old [{seq}]: nothing was written"
        ),
        (Counted::Serialization, _) => {
            format!(
                "The engine refused {actor} [{seq}], because {}: nothing was written",
                refused_because(entry)
            )
        }
        (Counted::Deadlocks, _) => {
            format!(
                "Some waited for each other in a circle, and the engine turned {actor} away [{seq}]: nothing of it was written"
            )
        }
        (Counted::Constraints, _) => {
            format!("The rule of the table forbade what {actor} wanted to write [{seq}]: nothing was written")
        }
        (Counted::Guards, Event::Insufficient { row, wanted }) => format!(
            "The write of {actor} asked whether {wanted} of {} was still there, and it was not [{seq}]: nothing was written",
            row.key
        ),
        (Counted::Waits, Event::Blocked { lock, by }) if !by.is_empty() => {
            format!(
                "{actor} had to wait for {lock}, which {} held [{seq}]: they went one after the other",
                by.join(", ")
            )
        }
        (Counted::Waits, Event::Blocked { lock, .. } | Event::Queued { lock, .. }) => {
            format!("{actor} had to wait for {lock} [{seq}]: they went one after the other")
        }
        (Counted::LeasesRefused, Event::LeaseRefused { lease, .. }) => {
            format!(
                "{actor} asked for the lease of {lease}, and somebody else had it [{seq}]: it had to wait"
            )
        }
        (Counted::Busy, _) => {
            format!(
                "{actor} wanted to write while somebody else held the lock, and was turned away [{seq}]: it must try again"
            )
        }
        (Counted::PassedOver, Event::Read { row, .. }) => {
            let held = example.first()?;
            let Event::Read { row: first, .. } = &held.event else { return None };
            format!(
                "While {} held {} [{}], {actor} passed it over and took {} [{seq}]: nobody sold what another one had in hand",
                who(held),
                first.key,
                held.seq,
                row.key
            )
        }
        (Counted::Glances, _) => glance(example)?,
        _ => return None,
    })
}

/// What a transaction was shown after somebody else had written.
fn glance(example: &[Entry]) -> Option<String> {
    let [first, write, between @ .., again] = example else { return None };
    let write_of = wrote(write)?;
    let shown = match &again.event {
        Event::Read { found, .. } => found.iter().any(|found| found.last_op == operation(write)),
        Event::Found { rows, .. } => rows.iter().any(|row| row.counter.last_op == operation(write)),
        _ => return None,
    };
    let commit = between.first();
    let is_committed = commit.is_some() || matches!(write.event, Event::Wrote { committed: true, .. });
    let shown = match (shown, is_committed) {
        (true, _) => "and was shown what had come",
        (false, true) => "and was still shown the state of its first look",
        (false, false) => "and was shown what was committed by then, which that write was not",
    };
    let committed = commit.map_or_else(String::new, |commit| format!(" and committed [{}]", commit.seq));
    Some(format!(
        "{} looked [{}], {} wrote {} as {} [{}]{committed}, and {} looked again {shown} [{}]",
        who(first),
        first.seq,
        who(write),
        write_of.row,
        write_of.amount,
        write.seq,
        who(again),
        again.seq
    ))
}

fn of_messages(of: Counted, entry: &Entry, example: &[Entry]) -> Option<String> {
    let (actor, seq) = (who(entry), entry.seq);
    Some(match (of, &entry.event) {
        (Counted::KnownToInbox, Event::Stored { row, .. } | Event::Looked { row, .. }) => format!(
            "{actor} found {} among the ids that it remembers in the database [{seq}]: it was handled before, and nothing more was done",
            row.key
        ),
        (Counted::KnownToMemory, Event::Recalled { message, .. }) => {
            format!("{actor} still had {message} in mind [{seq}]: nothing more was done")
        }
        (Counted::KnownToBroker, Event::KnownAlready { message }) => {
            format!("The broker knew {message} already, and dropped the copy that {actor} published [{seq}]")
        }
        (Counted::KnownToProvider, _) => format!(
            "The key of {actor}'s call for {} was known, and the first answer was given again instead of doing it again [{seq}]",
            operation(entry)
        ),
        (Counted::LeftAlone, _) => {
            let row = stored(entry)?.row;
            format!(
                "{actor} was handed {} out of its turn: the statement itself looked where {row} stood, and left it as it was [{seq}]",
                operation(entry)
            )
        }
        (Counted::Buffered, _) => {
            let id = field(stored(entry)?.now, "event")?;
            format!("{id} came before its turn, and {actor} put it into the buffer until then [{seq}]")
        }
        (Counted::GivenBack, Event::Nacked { message, .. }) => {
            format!("{actor} gave {message} back [{seq}], so that the broker hands it out again later")
        }
        (Counted::DeadLettered, _) => format!("{}, where somebody can find it", mishap(entry)?),
        (Counted::KeptInOutbox, Event::Published { message, .. }) => {
            let [put, trouble, _] = example else { return None };
            format!(
                "{} lay in the outbox [{}] when {}. It was still there afterwards, and {actor} published it [{seq}]",
                message.id,
                put.seq,
                mishap(trouble)?
            )
        }
        (Counted::TakenBack, _) => {
            let row = stored(entry)?.row;
            format!("{actor} took back what had been done for {} in {} [{seq}]", row.key, row.table)
        }
        _ => return None,
    })
}
