//! Unprotected: read, compute, write, each on its own.
//!
//! Idea: none; this is what code looks like when nobody thought of a second buyer.
//! What it promises: nothing. Each statement is correct alone, and the engine reports no error.
//! How it fails: two buyers read the same amount, both compute from it, and the later write replaces the earlier
//! one unseen. One update is lost, and more is sold than there was.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase};

/// The order that breaks it: both read before either writes.
const BOTH_READ_FIRST: &[&str] = &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "unprotected",
    title: "Unprotected",
    idea: "Read the amount, compute the new one, write it back: three things, and nothing holds them together.",
    costs: "Nothing: it is the fastest way to be wrong.",
    fails: "As soon as two buyers read before either has written. No error is reported.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two buyers of one product at the same time",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two buyers of the last unit at the same time",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "units only ever leave the stock, so an old read shows too many, never too few",
            witness: &[],
        },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the database answers",
            witness: &[],
        },
    ],
};

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    let seen = bench.read(&buy.row).await?;
    if seen.amount < buy.quantity {
        return Ok(Outcome::Refused(Reason::SoldOut));
    }
    bench.think().await?;
    // What was read may be long out of date. Nothing here notices.
    bench.write(buy, seen.amount - buy.quantity).await?;
    Ok(Outcome::Done)
}
