//! Relative update: say "three less" instead of "seven".
//!
//! Idea: `set quantity = quantity - n`. The engine reads and writes in one statement, so no write in between can be
//! replaced unseen.
//! What it promises: no update is lost.
//! How it still fails: nothing asks whether enough is left. The counter goes below zero, and every buyer is served.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::Outcome;

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase};

/// What it says of itself.
pub const ABOUT: About = About {
    name: "relative-update",
    title: "Relative update",
    idea: "The database subtracts in the statement that writes, and nobody asks whether enough is left.",
    costs: "Writers of one row run one after the other. There is nothing to retry.",
    fails: "Oversells: without a condition the last unit can be sold any number of times.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Holds,
            premises: "every writer subtracts in the statement",
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "more is asked for than there is",
            witness: &["buyer-1/write#1", "buyer-2/write#1"],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "nobody is ever refused",
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
    bench.think().await?;
    bench.take(buy).await?;
    // Sold, whatever the amount is now. It may be far below zero.
    Ok(Outcome::Done)
}
