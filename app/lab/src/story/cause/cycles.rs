//! Transactions that cannot have run one after the other.

use super::Proof;
use crate::event::{CounterRow, Entry, Event};
use crate::story::deed::{listed, who};

/// The anomaly as a chain of deeds, and what follows from it.
pub(super) fn told(proof: &Proof<'_>) -> Option<String> {
    let conclusion = conclusion(&proof.judgement.invariant)?;
    let deeds: Vec<String> = proof.entries.iter().filter_map(|entry| deed(entry)).collect();
    let first = deeds.first()?;
    let rest = &deeds[1..];
    let then = if rest.is_empty() { String::new() } else { format!(", then {}", listed(rest)) };
    Some(format!("{first}{then}. {conclusion}{}.", proof.at_the_end()))
}

/// What the deeds of an anomaly come to; nothing for other invariants.
pub(super) fn conclusion(invariant: &str) -> Option<&'static str> {
    Some(match invariant {
        "no-dirty-write" => "Each replaced what the other one had written, so neither can have come first",
        "no-aborted-read" => "Somebody went on with a value that was taken back: it never was",
        "no-intermediate-read" => "Somebody went on with a value that its own writer did not mean to leave",
        "no-circular-flow" => "Each saw what the other one wrote, so neither can have come first",
        "no-vanishing-transaction" => {
            "Somebody saw one part of a transaction, and later on the rest as if it had never been"
        }
        "no-predicate-phantom" => {
            "The same question was true for a moment only: rows came or went in between"
        }
        "no-lost-write" => {
            "The later write was computed from a value that no longer stood: the write between is lost"
        }
        "no-read-skew" => "One transaction saw the world in part before and in part after the other one",
        "no-write-skew" => {
            "Each relied on what the other one was about to change, and neither saw the change"
        }
        "no-anti-dependency-cycle" => "There is no order in which they could have run one after the other",
        _ => return None,
    })
}

fn deed(entry: &Entry) -> Option<String> {
    let (actor, seq) = (who(entry), entry.seq);
    Some(match &entry.event {
        Event::Read { row, found: Some(found), .. } => {
            format!("{actor} read {row} as {} [{seq}]", found.amount)
        }
        Event::Found { rows, multiple_of } => {
            let asked = multiple_of.map_or("all rows".to_owned(), |number| format!("multiples of {number}"));
            format!("{actor} looked for {asked} and found {} [{seq}]", found(rows))
        }
        Event::Wrote { row, now, .. } => format!("{actor} wrote {row} as {} [{seq}]", now.amount),
        Event::RolledBack => format!("{actor} rolled back [{seq}]"),
        _ => return None,
    })
}

fn found(rows: &[CounterRow]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{} as {}", row.row, row.counter.amount)).collect();
    if rows.is_empty() { "none".to_owned() } else { listed(&rows) }
}
