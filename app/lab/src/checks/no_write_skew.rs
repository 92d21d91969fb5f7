//! G2-item, write skew: transactions read the same rows and write different ones, each on the strength of what the other one changes.

use super::dependencies::{Kind, finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-write-skew",
    title: "No write skew (G2-item)",
    breach: "write skew",
    rule: "No cycle of committed transactions with rows that were read before they changed.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history
        .dependencies
        .cycle(|edge| edge.kind == Kind::ReadBefore, |edge| edge.kind != Kind::LookedBefore);
    finding(history, "cycle with a row that was read before it changed", shown.map(told_cycle))
}
