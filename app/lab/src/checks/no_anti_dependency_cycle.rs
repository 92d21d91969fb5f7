//! G2, anti-dependency cycle: as write skew, but what was read is a condition, and what is written are rows that were not there.

use super::dependencies::{finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-anti-dependency-cycle",
    title: "No cycle at all (G2)",
    breach: "cycle",
    rule: "No cycle of committed transactions: there is an order in which they could have run one after the other.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.cycle(|edge| edge.kind.is_anti(), |_| true);
    finding(history, "cycle of reads and writes", shown.map(told_cycle))
}
