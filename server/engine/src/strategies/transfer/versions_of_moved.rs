//! Versions of what moves: the rule reads one row more than is checked.
//!
//! Idea: read all accounts, think, and write the two that change only if they still have the versions that were read;
//! otherwise begin again.
//! What it promises: no update is lost, and no account goes below zero by itself.
//! How it still fails: the partner's account is read and its version is not checked. Two transfers, one from each account
//! of a person, write different rows: no version tells them of each other, and together they take what only one of them
//! could have (write skew). The reads are outside the transaction, so it breaks on every engine.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Accounts, Bench, Halt, Isolation, Transfer, in_key_order};

const PREMISES: &str = "every writer checks and raises the version of each row that it changes";

/// Both read before either writes.
const BOTH_READ_FIRST: &[&str] = &[
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-1/read#3",
    "teller-2/read#1",
    "teller-2/read#2",
    "teller-2/read#3",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "versions-of-moved",
    title: "Versions of what moves",
    idea: "Write both accounts only if they still have the versions that were read; the rule reads the partner's as well.",
    costs: "Every conflict wastes an attempt.",
    fails: "The rule reads a row whose version is not checked: two transfers from the two accounts of one person are each covered, and not together (write skew).",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "joint-limit-kept",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "one transfer from each account of a person, who can cover one of them",
            witness: BOTH_READ_FIRST,
        },
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
    for change in order.changes(in_key_order(order.moved())) {
        if !bench.change_if_version(&change, seen).await? {
            bench.rollback().await?;
            return Ok(false);
        }
    }
    bench.commit().await?;
    Ok(true)
}
