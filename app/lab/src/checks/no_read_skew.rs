//! G-single, read skew: a transaction sees one row before and another row after somebody else's commit.

use super::dependencies::{finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-read-skew",
    title: "No read skew (G-single)",
    breach: "read skew",
    rule: "No cycle of committed transactions with one row or condition that was read before it changed.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.cycle(|edge| edge.kind.is_anti(), |edge| !edge.kind.is_anti());
    finding(history, "cycle with one read that came before somebody else's write", shown.map(told_cycle))
}
