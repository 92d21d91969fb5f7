//! P4, lost update: two transactions read a row, and the second one to write it replaces what the first one wrote unseen.

use super::dependencies::{Kind, finding, told_cycle};
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-lost-write",
    title: "No lost update (P4)",
    breach: "lost update",
    rule: "No committed transaction read a row and wrote it after another one had written it in between.",
    judge,
};

fn judge(history: &History) -> Finding {
    let dependencies = &history.dependencies;
    let rows = dependencies.cycle(|edge| edge.kind == Kind::ReadBefore, |edge| edge.kind == Kind::Replaced);
    // Both on the same row: else it is read skew.
    let shown = rows.filter(|cycle| cycle.iter().all(|edge| edge.row == cycle[0].row));
    finding(history, "lost update", shown.map(told_cycle))
}
