//! G0, dirty write: two transactions write over each other, so that the rows that they leave are of no single one of them.

use super::dependencies::{Kind, finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-dirty-write",
    title: "No dirty write (G0)",
    breach: "dirty write",
    rule: "No cycle of committed transactions that replaced each other's writes.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown =
        history.dependencies.cycle(|edge| edge.kind == Kind::Replaced, |edge| edge.kind == Kind::Replaced);
    finding(history, "dirty write", shown.map(told_cycle))
}
