//! Unprotected: read the accounts, compute, write them, each on its own.
//!
//! Idea: none; this is what code looks like when nobody thought of a second teller, or of dying half way.
//! What it promises: nothing. Each statement is correct alone, and the engine reports no error.
//! How it fails: two tellers compute from the same balances, and the later write replaces the earlier one unseen. And
//! whoever dies between the two writes has taken money from one account and put it nowhere.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Transfer};

/// From one account: both read before either writes.
const BOTH_READ_FIRST: &[&str] = &[
    "orders=2",
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-2/read#1",
    "teller-2/read#2",
];
/// From both accounts of one person: both read before either writes.
const BOTH_READ_THE_PAIR: &[&str] = &[
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-1/read#3",
    "teller-2/read#1",
    "teller-2/read#2",
    "teller-2/read#3",
];
/// The money has left one account and not come to the other.
const DIES_HALF_WAY: &[&str] = &["orders=2", "tellers=1", "crash teller-1/write#2"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "unprotected",
    title: "Unprotected",
    idea: "Read the accounts, apply the rule, write each account back: nothing holds these things together.",
    costs: "Nothing: it is the fastest way to be wrong.",
    fails: "As soon as two tellers read before either has written, or one dies between its two writes. No error is reported.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "money-conserved",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two transfers from one account at the same time",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "money-conserved",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between the two writes",
            witness: DIES_HALF_WAY,
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two transfers from one account, which covers one of them",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "one transfer from each account of a person, who can cover one of them",
            witness: BOTH_READ_THE_PAIR,
        },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the database answers; after a crash the answer is unknown",
            witness: &[],
        },
    ],
};

/// Carries out one transfer.
pub async fn carry_out(bench: &mut Bench, order: &Transfer) -> Result<Outcome, Halt> {
    let seen = bench.read_all(&order.all_read()).await?;
    if !order.is_covered(&seen) {
        return Ok(Outcome::Refused(Reason::NotCovered));
    }
    bench.think().await?;
    // What was read may be long out of date, and between these two writes the money is nowhere.
    for change in order.changes(order.moved()) {
        bench.change(&change, &seen).await?;
    }
    Ok(Outcome::Done)
}
