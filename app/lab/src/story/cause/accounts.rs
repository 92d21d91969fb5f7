//! Money that is gone, or was never there.

use super::Proof;
use crate::event::{CounterRow, Entry, Event, RowRef};
use crate::story::deed::{listed, operation, who, wrote};

/// Balances and postings do not agree, or a transfer has one side alone.
pub(super) fn not_conserved(proof: &Proof<'_>) -> Option<String> {
    if let Some(began) = proof.first(|entry| matches!(entry.event, Event::OperationBegan { .. })) {
        return half_way(proof, began);
    }
    let writes = proof.writes();
    let (last, end) = (*writes.last()?, proof.end()?);
    let blind = writes.iter().find_map(|later| {
        let earlier = writes.iter().find(|earlier| is_unseen_by(earlier, later))?;
        Some((*earlier, *later))
    });
    let Some((before, after)) = blind else {
        let write = wrote(last)?;
        return Some(format!(
            "{} was the last to write {}, and left {} [{}]. By the postings on record it should hold something else [{}]: on the way a change was written over by somebody who had not seen it.",
            who(last),
            write.row,
            write.amount,
            last.seq,
            end.seq
        ));
    };
    let (first, write) = (wrote(before)?, wrote(after)?);
    Some(format!(
        "{} wrote {} to {} [{}]. {} had read the account before that, and wrote {} over it [{}]. The first change is gone from the account, and its posting is still on record [{}].",
        who(before),
        first.amount,
        write.row,
        before.seq,
        who(after),
        write.amount,
        after.seq,
        end.seq
    ))
}

/// Whether a write replaced another one that its writer had not seen: all it rests on was read before.
fn is_unseen_by(earlier: &Entry, later: &Entry) -> bool {
    let (Some(first), Some(second)) = (wrote(earlier), wrote(later)) else { return false };
    first.row == second.row
        && operation(earlier) == second.overwrote
        && !later.causes.is_empty()
        && later.causes.iter().all(|read| *read < earlier.seq)
}

/// A transfer that was cut in two.
fn half_way(proof: &Proof<'_>, began: &Entry) -> Option<String> {
    let Event::OperationBegan { row, quantity, to: Some(to) } = &began.event else { return None };
    let mut deeds: Vec<String> = proof
        .writes()
        .iter()
        .filter_map(|entry| Some((entry, wrote(entry)?)))
        .map(|(entry, write)| {
            format!("{} wrote {} to {} [{}]", who(entry), write.amount, write.row.key, entry.seq)
        })
        .collect();
    deeds.extend(proof.mishaps());
    Some(format!(
        "{} was asked to move {quantity} from {} to {} [{}]. Then {}: the two writes were not one, and only one side of the transfer was written{}.",
        who(began),
        row.key,
        to.key,
        began.seq,
        listed(&deeds),
        proof.at_the_end()
    ))
}

/// More was taken from an account than it held.
pub(super) fn below_zero(proof: &Proof<'_>) -> Option<String> {
    let (setup, end) = (proof.setup()?, proof.end()?);
    let writes = proof.writes();
    let last = *writes.last()?;
    let write = wrote(last)?;
    let start = held(setup, write.row)?;
    let start = format!("At the start {} held {start} [{}].", write.row.key, setup.seq);
    if let Some(below) = writes.iter().find(|entry| wrote(entry).is_some_and(|write| write.amount < 0)) {
        let amount = wrote(below)?.amount;
        return Some(format!(
            "{start} {} took it to {amount} [{}]: by then it was no longer true that the account covers the transfer [{}].",
            who(below),
            below.seq,
            end.seq
        ));
    }
    let told: Vec<String> = writes
        .iter()
        .filter_map(|entry| Some(format!("{} left {} [{}]", who(entry), wrote(entry)?.amount, entry.seq)))
        .collect();
    Some(format!(
        "{start} {}: each looked by itself, and found enough. The postings on record take out more than there was [{}].",
        listed(&told),
        end.seq
    ))
}

/// Two accounts of one person are below zero together.
pub(super) fn joint_limit(proof: &Proof<'_>) -> Option<String> {
    let (setup, end) = (proof.setup()?, proof.end()?);
    let writes = proof.writes();
    let last = *writes.last()?;
    let write = wrote(last)?;
    let other = writes.iter().rev().find(|entry| {
        entry.actor != last.actor
            && wrote(entry).is_some_and(|other| other.row != write.row && other.amount < 0)
    });
    let Some(other) = other.filter(|_| write.amount < 0) else {
        let start = held(setup, write.row)?;
        return Some(format!(
            "At the start {} held {start} [{}]. {} was the last to write it, and left {} [{}]. By the postings on record the accounts of this person are below zero together [{}]: what each transfer counted on was no longer there.",
            write.row.key,
            setup.seq,
            who(last),
            write.amount,
            last.seq,
            end.seq
        ));
    };
    let first = wrote(other)?;
    let start = [first.row, write.row].map(|row| Some(format!("{} held {}", row.key, held(setup, row)?)));
    let start: Vec<String> = start.into_iter().flatten().collect();
    Some(format!(
        "At the start {} [{}]. {} left {} in {} [{}], counting on the other account; {} left {} in {} [{}], counting on the first. Each was covered alone, and together they are not [{}].",
        listed(&start),
        setup.seq,
        who(other),
        first.amount,
        first.row.key,
        other.seq,
        who(last),
        write.amount,
        write.row.key,
        last.seq,
        end.seq
    ))
}

fn held(setup: &Entry, row: &RowRef) -> Option<i64> {
    let Event::Setup { rows } = &setup.event else { return None };
    rows.iter().find(|found: &&CounterRow| found.row == *row).map(|found| found.counter.amount)
}
