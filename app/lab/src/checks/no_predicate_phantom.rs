//! PMP, predicate-many-preceders: the same question is asked twice and gets another answer, because somebody committed rows in between.

use super::dependencies::{Kind, finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-predicate-phantom",
    title: "No phantom (PMP)",
    breach: "predicate phantom",
    rule: "No cycle of committed transactions with one condition that was asked about before it changed, and besides only reads and replacements.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown =
        history.dependencies.cycle(|edge| edge.kind == Kind::LookedBefore, |edge| !edge.kind.is_anti());
    finding(history, "phantom", shown.map(told_cycle))
}
