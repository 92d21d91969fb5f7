//! G1b, intermediate read: somebody reads a value that its writer was not done with.

use super::dependencies::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-intermediate-read",
    title: "No intermediate read (G1b)",
    breach: "intermediate read",
    rule: "No committed transaction read a value that its writer itself replaced.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.intermediate_read();
    finding(history, "intermediate read", shown)
}
