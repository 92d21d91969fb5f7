//! No wrong refusal: nobody is told "sold out" while units were left.
//!
//! Units only ever leave the stock, so units that are left in the end were left at every refusal. In a scheduled
//! run the order of entries is the order in the engine, and the units left at the refusal itself are judged; in a
//! live run that order is unknown, and only the end is.

use hashbrown::HashMap;

use super::history::{History, Operation};
use super::{Check, Finding, counted};
use crate::event::{Outcome, Reason, RowRef};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-wrong-refusal",
    title: "No wrong refusal",
    breach: "wrongly refused",
    rule: "Nobody is told \"sold out\" while the units asked for were left, counted by committed sales.",
    judge,
};

fn judge(history: &History) -> Finding {
    let refused: Vec<(&Operation, u64)> = history.operations.iter().filter_map(refusal).collect();
    let mut sold: HashMap<&str, i64> = HashMap::new();
    for (_, sale) in &history.sales {
        super::add(sold.entry(&sale.key).or_default(), sale.quantity);
    }
    let wrong: Vec<(&Operation, u64, i64)> = refused
        .iter()
        .map(|&(operation, seq)| (operation, seq, left_for(history, &sold, operation)))
        .filter(|(operation, _, left)| *left >= operation.quantity)
        .collect();
    Finding {
        expected: "\"sold out\" only when too few units were left".into(),
        found: match wrong.len() {
            0 => format!("{}, none while units were left", counted(refused.len(), "refusal")),
            count => format!("{count} of {} while units were left", counted(refused.len(), "refusal")),
        },
        count: wrong.len() as u64,
        evidence: wrong
            .first()
            .map(|&(operation, seq, left)| evidence(history, operation, seq, left))
            .unwrap_or_default(),
    }
}

fn refusal(operation: &Operation) -> Option<(&Operation, u64)> {
    match operation.ended {
        Some((seq, Outcome::Refused(Reason::SoldOut))) => Some((operation, seq)),
        _ => None,
    }
}

/// Units that were certainly left when the operation was refused.
fn left_for(history: &History, sold: &HashMap<&str, i64>, operation: &Operation) -> i64 {
    let stock = super::total(history.rows_of(&operation.row).map(|(_, _, counter)| counter.amount));
    if history.ordered {
        return stock.saturating_sub(operation.committed_before);
    }
    // Without the final read nothing is certain in a live run.
    if history.final_seq.is_none() {
        return 0;
    }
    let sold_from = |row: &RowRef, amount: i64| {
        let sold = sold.get(row.key.as_str()).copied().unwrap_or_default();
        // A unit that is sold twice is gone once; a counter that is oversold stays below zero.
        if *row == operation.row { sold } else { sold.min(amount) }
    };
    let gone: i64 =
        super::total(history.rows_of(&operation.row).map(|(row, _, counter)| sold_from(row, counter.amount)));
    stock.saturating_sub(gone)
}

fn evidence(history: &History, operation: &Operation, seq: u64, left: i64) -> Vec<Evidence> {
    let sentence = format!("{} asks for {} of {}.", operation.actor, operation.quantity, operation.row.key);
    let mut pieces = vec![Evidence { seq: operation.began_seq, sentence }];
    let sentence =
        format!("{} is told \"sold out\", while {left} of {} were left.", operation.actor, operation.row.key);
    pieces.push(Evidence { seq, sentence });
    if let Some((_, seq, _)) = history.rows_of(&operation.row).next() {
        pieces.push(Evidence { seq, sentence: format!("The stock of {} at the start.", operation.row.key) });
    }
    pieces
}
