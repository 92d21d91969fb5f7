//! G1a, aborted read: somebody commits on the strength of a value that was rolled back.

use super::dependencies::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-aborted-read",
    title: "No aborted read (G1a)",
    breach: "aborted read",
    rule: "No committed transaction read a value that a transaction wrote which was rolled back.",
    judge,
};

fn judge(history: &History) -> Finding {
    let shown = history.dependencies.aborted_read();
    finding(history, "aborted read", shown)
}
