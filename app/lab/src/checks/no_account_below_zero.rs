//! No account below zero: nobody's only account owes the bank.
//!
//! Judged after each committed write and by the postings on record: after a lost update the balance looks healthy while
//! more was taken out than was there.

use hashbrown::HashSet;

use super::accounts::{Account, by_person, evidence};
use super::history::History;
use super::{Check, Finding, counted};
use crate::event::RowRef;

/// The check.
pub const CHECK: Check = Check {
    name: "no-account-below-zero",
    title: "No account below zero",
    breach: "below zero",
    rule: "The only account of a person holds at least 0 after every committed write, and by the postings on record in the end.",
    judge,
};

fn judge(history: &History) -> Finding {
    let people = by_person(history);
    let only: Vec<Account<'_>> =
        people.values().filter(|accounts| accounts.len() == 1).flatten().copied().collect();
    let overdrawn: HashSet<&RowRef> =
        history.writes.iter().filter(|write| write.now.amount < 0).map(|write| &write.row).collect();
    let was_below = |account: &&Account<'_>| account.by_record < 0 || overdrawn.contains(account.row);
    let below: Vec<Account<'_>> = only.iter().filter(was_below).copied().collect();
    let conclusion = |account: &Account<'_>| format!("by its postings {}", account.by_record);
    Finding {
        expected: "at least 0 in each account that stands alone".into(),
        found: match below.first() {
            Some(account) => format!("{} holds {}, {}", account.row.key, account.end, conclusion(account)),
            None => format!("{} never below 0", counted(only.len(), "account")),
        },
        count: below.len() as u64,
        evidence: below
            .first()
            .map(|account| evidence(history, &[*account], &conclusion(account)))
            .unwrap_or_default(),
    }
}
