//! Money conserved: transfers move money, and neither make nor destroy any.
//!
//! Judged by the postings on record, never by the total alone: two lost updates of opposite sign leave the total
//! healthy while two people have each other's money.

use std::collections::BTreeMap;

use super::accounts::{Account, by_person, evidence};
use super::history::History;
use super::{Check, Finding, counted};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "money-conserved",
    title: "Money conserved",
    breach: "money not conserved",
    rule: "Each account holds what it held at the start less what the postings on record took from it, and the postings of each transfer add up to nothing.",
    judge,
};

fn judge(history: &History) -> Finding {
    let people = by_person(history);
    let accounts: Vec<Account<'_>> = people.into_values().flatten().collect();
    // Before quiescence a transfer may stand between its two writes.
    let is_over = history.final_seq.is_some();
    let astray: Vec<Account<'_>> =
        accounts.iter().filter(|account| is_over && account.end != account.by_record).copied().collect();
    let half = if is_over { unbalanced(history) } else { Vec::new() };
    let total = |amount: fn(&Account<'_>) -> i64| super::total(accounts.iter().map(amount));
    let (start, end) = (total(|account| account.start), total(|account| account.end));
    let found = match (astray.first(), half.first()) {
        (Some(account), _) => {
            format!("{} holds {}, and by its postings {}", account.row.key, account.end, account.by_record)
        }
        (None, Some((operation, _))) => format!("{operation} is on record with one side alone: {end} in all"),
        (None, None) => format!("{end} in all, as the postings say"),
    };
    Finding {
        expected: format!("{start} in all, and in each account what its postings say"),
        found,
        count: (astray.len() + half.len()) as u64,
        evidence: match (astray.first(), half.first()) {
            (Some(account), _) => {
                evidence(history, &[*account], &format!("by the postings it should be {}", account.by_record))
            }
            (None, Some((operation, _))) => half_way(history, operation, &accounts),
            (None, None) => Vec::new(),
        },
    }
}

/// Transfers whose postings do not add up to nothing, and by how much.
fn unbalanced(history: &History) -> Vec<(&str, i64)> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, posting) in &history.sales {
        super::add(sums.entry(&posting.operation).or_default(), posting.quantity);
    }
    sums.into_iter().filter(|(_, sum)| *sum != 0).collect()
}

fn half_way(history: &History, operation: &str, accounts: &[Account<'_>]) -> Vec<Evidence> {
    let mut pieces = Vec::new();
    if let Some(asked) = history.operation(operation) {
        let sentence = format!("{} is asked to move {} from {}.", asked.actor, asked.quantity, asked.row.key);
        pieces.push(Evidence { seq: asked.began_seq, sentence });
    }
    for write in history.writes.iter().filter(|write| write.operation == operation) {
        let sentence = format!("{} writes {}: {}.", write.actor, write.row.key, write.now.amount);
        pieces.push(Evidence { seq: write.seq, sentence });
    }
    let troubles = history.mail.troubles_of(operation);
    pieces.extend(troubles.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }));
    let total = super::total(accounts.iter().map(|account| account.end));
    let sentence = format!("In the end {} hold {total} in all.", counted(accounts.len(), "account"));
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
