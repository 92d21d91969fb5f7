//! Writes that replaced each other, and what was sold too often.

use super::Proof;
use crate::event::{Basis, Entry, Event};
use crate::story::deed::{listed, operation, read, who, wrote};

/// Somebody wrote over a write that it had not seen.
pub(super) fn lost_update(proof: &Proof<'_>) -> Option<String> {
    let is_blind = |entry: &Entry| matches!(entry.event, Event::Wrote { basis: Basis::EarlierRead, .. });
    let loser = proof.last(is_blind)?;
    let write = wrote(loser)?;
    let (row, seq, actor) = (write.row, loser.seq, who(loser));
    let of_loser = |entry: &Entry| {
        entry.actor == loser.actor && entry.seq < seq && read(entry).is_some_and(|(of, _)| of == row)
    };
    let look = proof.last(of_loser)?;
    let (_, found) = read(look)?;
    let victim = proof.last(|entry| {
        entry.seq < seq
            && operation(entry) == write.overwrote
            && wrote(entry).is_some_and(|other| other.row == row)
    });
    let Some(victim) = victim else {
        return Some(format!(
            "{actor} read {} from {row} [{}], and its write of {} [{seq}] replaced the write of {}, which it had never seen.",
            found.amount, look.seq, write.amount, write.overwrote
        ));
    };
    let first = wrote(victim)?;
    let when = if look.seq < victim.seq { "before" } else { "and did not see that" };
    Some(format!(
        "{actor} read {} from {row} [{}] {when} {} wrote {} there [{}]. Its own write of {} [{seq}] replaced that write, which it had never seen: one of the two is lost.",
        found.amount,
        look.seq,
        who(victim),
        first.amount,
        victim.seq,
        write.amount
    ))
}

/// More was sold than there was.
pub(super) fn oversell(proof: &Proof<'_>) -> Option<String> {
    let (setup, end) = (proof.setup()?, proof.end()?);
    let writes = proof.writes();
    let last = *writes.last()?;
    let write = wrote(last)?;
    let stock = stock(setup, last)?;
    let start = format!("At the start there was {stock} of {} [{}].", write.row.key, setup.seq);
    let same: Vec<String> = writes
        .iter()
        .filter(|entry| {
            wrote(entry).is_some_and(|other| other.row == write.row && other.amount == write.amount)
        })
        .map(|entry| format!("{} [{}]", who(entry), entry.seq))
        .collect();
    if write.amount < 0 && matches!(last.event, Event::Wrote { basis: Basis::Statement, .. }) {
        return Some(format!(
            "{start} {} took its units without looking whether there were enough, and left {} [{}]. All the sales are on record [{}].",
            who(last),
            write.amount,
            last.seq,
            end.seq
        ));
    }
    if same.len() > 1 {
        return Some(format!(
            "{start} {} each set {} to {}, from what they had read before: they sold the same goods. The row looks healthy, and all the sales are on record [{}].",
            listed(&same),
            write.row,
            write.amount,
            end.seq
        ));
    }
    let sold: Vec<String> = writes.iter().map(|entry| format!("{} [{}]", who(entry), entry.seq)).collect();
    Some(format!(
        "{start} {} sold from it last, and what all together sold [{}] is more than there was: somewhere a write replaced another one unseen, and the goods of that one were sold again.",
        listed(&sold),
        end.seq
    ))
}

/// What the row of a write held at the start.
fn stock(setup: &Entry, write: &Entry) -> Option<i64> {
    let (Event::Setup { rows }, write) = (&setup.event, wrote(write)?) else { return None };
    rows.iter().find(|row| row.row == *write.row).map(|row| row.counter.amount)
}
