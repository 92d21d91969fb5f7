//! Joint limit kept: one account of a person may be below zero as long as the other one covers it.
//!
//! The rule spans rows that a transfer reads and does not write. Whoever protects only what is written lets two
//! transfers through that are each covered alone and not together: write skew.

use hashbrown::HashMap;

use super::accounts::{Account, by_person, evidence};
use super::history::History;
use super::{Check, Finding, counted, total};
use crate::event::RowRef;

/// The check.
pub const CHECK: Check = Check {
    name: "joint-limit-kept",
    title: "Joint limit kept",
    breach: "limit broken",
    rule: "The accounts of one person add up to at least 0 after every committed transfer (where the order of commits is known), and by the postings on record in the end.",
    judge,
};

fn judge(history: &History) -> Finding {
    let people = by_person(history);
    let joint: Vec<&Vec<Account<'_>>> = people.values().filter(|accounts| accounts.len() > 1).collect();
    let below: Vec<&Vec<Account<'_>>> =
        joint.iter().filter(|accounts| was_below(history, accounts)).copied().collect();
    let sum = |accounts: &[Account<'_>]| total(accounts.iter().map(|account| account.by_record));
    Finding {
        expected: "at least 0 in the accounts of one person together".into(),
        found: match below.first() {
            Some(accounts) => format!("{} have {} together", keys(accounts), sum(accounts)),
            None => format!("{} never below 0 together", counted(joint.len(), "pair")),
        },
        count: below.len() as u64,
        evidence: below
            .first()
            .map(|accounts| evidence(history, accounts, &format!("together {}", sum(accounts))))
            .unwrap_or_default(),
    }
}

fn keys(accounts: &[Account<'_>]) -> String {
    let keys: Vec<&str> = accounts.iter().map(|account| account.row.key.as_str()).collect();
    keys.join(" and ")
}

fn was_below(history: &History, accounts: &[Account<'_>]) -> bool {
    let in_the_end = total(accounts.iter().map(|account| account.by_record));
    in_the_end < 0 || history.ordered && was_below_on_the_way(history, accounts)
}

/// Between the two writes of one transfer nobody judges.
fn was_below_on_the_way(history: &History, accounts: &[Account<'_>]) -> bool {
    let mut held: HashMap<&RowRef, i64> =
        accounts.iter().map(|account| (account.row, account.start)).collect();
    let mut writes = history.writes.iter().peekable();
    while let Some(write) = writes.next() {
        if let Some(amount) = held.get_mut(&write.row) {
            *amount = write.now.amount;
        }
        let is_last = writes.peek().is_none_or(|next| next.operation != write.operation);
        if is_last && total(held.values().copied()) < 0 {
            return true;
        }
    }
    false
}
