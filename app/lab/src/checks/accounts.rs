//! What a journal says about accounts: who has which, what each held, and what the postings on record took from it.

use std::collections::BTreeMap;

use super::add;
use super::history::{History, Write};
use crate::event::RowRef;
use crate::verdict::Evidence;

/// The most writes that the evidence lists.
const WRITES_SHOWN: usize = 3;

/// An account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account<'a> {
    /// Which.
    pub row: &'a RowRef,
    /// The entry that says what it held at the start.
    pub seq: u64,
    /// What it held at the start.
    pub start: i64,
    /// What it must hold by the postings on record.
    pub by_record: i64,
    /// What it holds in the end; as at the start before there is a final read.
    pub end: i64,
}

/// All accounts by the person who has them, in key order.
pub(super) fn by_person(history: &History) -> BTreeMap<&RowRef, Vec<Account<'_>>> {
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, posting) in &history.sales {
        add(taken.entry(&posting.key).or_default(), posting.quantity);
    }
    let mut people: BTreeMap<&RowRef, Vec<Account<'_>>> = BTreeMap::new();
    for (row, (seq, counter)) in &history.setup {
        let start = counter.amount;
        let by_record = start.saturating_sub(taken.get(row.key.as_str()).copied().unwrap_or_default());
        let end = history.final_rows.get(row).map_or(start, |(_, counter)| counter.amount);
        let account = Account { row, seq: *seq, start, by_record, end };
        people.entry(history.product_of(row)).or_default().push(account);
    }
    people.values_mut().for_each(|accounts| accounts.sort_by_key(|account| account.row));
    people
}

/// What these accounts held at the start, the last writes on them, and what they hold in the end.
pub(super) fn evidence(history: &History, accounts: &[Account<'_>], conclusion: &str) -> Vec<Evidence> {
    let Some(first) = accounts.first() else { return Vec::new() };
    let held = |amount: fn(&Account<'_>) -> i64| {
        let told: Vec<String> =
            accounts.iter().map(|account| format!("{} holds {}", account.row.key, amount(account))).collect();
        told.join(", ")
    };
    let start = format!("At the start {}.", held(|account| account.start));
    let mut pieces = vec![Evidence { seq: first.seq, sentence: start }];
    let is_theirs = |write: &&Write| accounts.iter().any(|account| *account.row == write.row);
    let writes = history.writes.iter().filter(is_theirs);
    pieces.extend(writes.rev().take(WRITES_SHOWN).map(told));
    let sentence = format!("In the end {}; {conclusion}.", held(|account| account.end));
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}

/// A write and the read that it rests on, in one sentence about the write.
fn told(write: &Write) -> Evidence {
    let had_read = match &write.read {
        Some(read) => format!(", having read {}", read.counter.amount),
        None => String::new(),
    };
    let sentence = format!(
        "{} writes {}: {} for {}{had_read}.",
        write.actor, write.row.key, write.now.amount, write.operation
    );
    Evidence { seq: write.seq, sentence }
}
