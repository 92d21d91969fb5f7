//! Versions of all that is read: a row that a rule reads is written too, if only to raise its version.
//!
//! Idea: as with versions of what moves, but the partner's account is written as well, with the balance that it had and
//! the next version. So whoever counted on it meets a conflict.
//! What it promises: whatever is moved, what the rule read was still true when it was written, so every rule holds.
//! How it still fails: rows that are read one by one may come from different moments, and a refusal checks no version: a
//! transfer can be refused though the money was there all the time. Rows that are only read become contended too, and
//! rows that do not exist yet have no version.

use lab::catalog::PromiseValue::{Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Accounts, Bench, Halt, Isolation, Transfer, in_key_order};

const PREMISES: &str = "every writer checks and raises the version of each row that its rule reads";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "versions-of-all-read",
    title: "Versions of all read",
    idea: "Check and raise the version of every row that the rule reads, the ones that do not change too.",
    costs: "Every conflict wastes an attempt, and rows that are only read conflict too.",
    fails: "Rows are read one by one and may come from different moments; a refusal checks no version, so a transfer can be refused though the money was there all the time. Rows that do not exist yet have no version.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "money-conserved",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the database answers; giving up is an answer",
            witness: &[],
        },
    ],
};

/// Carries out one transfer.
pub async fn carry_out(bench: &mut Bench, order: &Transfer) -> Result<Outcome, Halt> {
    loop {
        let seen = bench.read_all(&order.all_read()).await?;
        if !order.is_covered(&seen) {
            return Ok(Outcome::Refused(Reason::NotCovered));
        }
        bench.think().await?;
        if write_all(bench, order, &seen).await? {
            return Ok(Outcome::Done);
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}

/// All writes or none; false if a row has changed since it was read. Key order keeps two such writers from waiting for
/// each other.
async fn write_all(bench: &mut Bench, order: &Transfer, seen: &Accounts) -> Result<bool, Halt> {
    bench.begin(Isolation::Standard).await?;
    // The partner changes by nothing, and has a new version all the same.
    for change in order.changes(in_key_order(order.all_read())) {
        if !bench.change_if_version(&change, seen).await? {
            bench.rollback().await?;
            return Ok(false);
        }
    }
    bench.commit().await?;
    Ok(true)
}
