//! G1c, circular information flow: two transactions each see what the other one wrote, so neither came first.

use super::dependencies::{Kind, finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-circular-flow",
    title: "No circular information flow (G1c)",
    breach: "circular flow",
    rule: "No cycle of committed transactions that read or replaced each other's writes.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.cycle(|edge| edge.kind == Kind::Read, |edge| !edge.kind.is_anti());
    finding(history, "circular information flow", shown.map(told_cycle))
}
