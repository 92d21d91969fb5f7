//! OTV, observed transaction vanishes: somebody sees one write of a transaction, and then a row as it was before it.

use super::dependencies::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-vanishing-transaction",
    title: "No transaction vanishes (OTV)",
    breach: "vanished",
    rule: "Whoever saw one write of a transaction never sees, later on, a row as it was before another write of it.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.vanished();
    finding(history, "transaction that vanishes", shown)
}
