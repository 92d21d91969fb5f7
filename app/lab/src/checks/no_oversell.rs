//! No oversell: the sales on record never add up to more than there was.
//!
//! Judged by the sales, never by "left >= 0": after a lost update the counter looks healthy while the shop owes
//! goods that it never had.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::history::History;
use super::{Check, Finding};
use crate::verdict::Evidence;

/// The most sales that the evidence lists.
const SALES_SHOWN: usize = 3;

/// The check.
pub const CHECK: Check = Check {
    name: "no-oversell",
    title: "No oversell",
    breach: "oversold",
    rule: "No more is sold than was there at the start: all committed sales together, for each product, or for each unit that is a row of its own.",
    judge,
};

fn judge(history: &History) -> Finding {
    let sold = sold(history);
    let stocks: BTreeMap<&str, (u64, i64)> = history
        .setup
        .iter()
        .map(|(row, (seq, counter))| (row.key.as_str(), (*seq, counter.amount)))
        .collect();
    let units = |key: &str| sold.get(key).copied().unwrap_or_default();
    let over: Vec<(&str, u64, i64)> = stocks
        .iter()
        .filter(|(key, (_, stock))| units(key) > *stock)
        .map(|(key, (seq, stock))| (*key, *seq, *stock))
        .collect();
    let excess = super::total(over.iter().map(|(key, _, stock)| units(key).saturating_sub(*stock)));
    let (expected, found) = match over.first() {
        Some(&(key, _, stock)) => {
            (format!("at most {stock} of {key} sold"), format!("{} of {key} sold", units(key)))
        }
        None => {
            let total = super::total(stocks.values().map(|(_, stock)| *stock));
            (format!("at most {total} sold"), format!("{} sold", super::total(sold.values().copied())))
        }
    };
    Finding {
        expected,
        found,
        count: excess.unsigned_abs(),
        evidence: over
            .first()
            .map(|&(key, seq, stock)| evidence(history, key, seq, stock))
            .unwrap_or_default(),
    }
}

/// The units sold of each: by the sales on record; in a journal that was cut off before them, by the committed writes,
/// each of which has its sale in its transaction.
fn sold(history: &History) -> HashMap<&str, i64> {
    let on_record = history.sales.iter().map(|(_, sale)| (sale.key.as_str(), sale.quantity));
    let written = history.writes.iter().map(|write| (write.row.key.as_str(), write.units));
    let mut sold: HashMap<&str, i64> = HashMap::new();
    let mut add = |(key, units)| super::add(sold.entry(key).or_default(), units);
    match history.final_seq {
        Some(_) => on_record.for_each(&mut add),
        None => written.for_each(&mut add),
    }
    sold
}

fn evidence(history: &History, key: &str, setup_seq: u64, stock: i64) -> Vec<Evidence> {
    let mut pieces =
        vec![Evidence { seq: setup_seq, sentence: format!("The stock of {key} at the start: {stock}.") }];
    // The last writes are the ones that should not have been possible.
    let writes: Vec<_> = history.writes.iter().filter(|write| write.row.key == key).collect();
    for write in writes.iter().rev().take(SALES_SHOWN) {
        let sentence = format!("{} sold {} of {key} as {}.", write.actor, write.units, write.operation);
        pieces.push(Evidence { seq: write.seq, sentence });
    }
    if history.final_seq.is_none() {
        return pieces;
    }
    let of_key = || history.sales.iter().filter(|(_, sale)| sale.key == key);
    let sold = super::total(of_key().map(|(_, sale)| sale.quantity));
    let sentence = format!(
        "In the end {} sales are on record, {sold} of {key}: {} too many.",
        of_key().count(),
        sold.saturating_sub(stock)
    );
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
