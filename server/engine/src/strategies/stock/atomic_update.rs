//! Atomic update: let the database compute, in the statement that writes.
//!
//! Idea: `set quantity = quantity - n where quantity >= n`. Read, rule and write are one statement, and the engine
//! runs the statements on one row one after the other.
//! What it promises: no update is lost and nothing is oversold, as long as every writer does the same.
//! How it still fails: it does not; but it only works where the whole rule fits into one statement. A rule that
//! needs another row, another service or a person's decision does not.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase, Written};

const PREMISES: &str = "every writer takes units by this statement";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "atomic-update",
    title: "Atomic update",
    idea: "The database computes the new amount itself, in the statement that writes it, and only if enough is left.",
    costs: "Writers of one row run one after the other. There is nothing to retry.",
    fails: "Where the rule does not fit into one statement, or where somebody writes the row in another way.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell { invariant: "no-lost-update", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-oversell", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-wrong-refusal", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
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
    // Thinking comes first here: there is no read that could grow old meanwhile.
    bench.think().await?;
    match bench.take_if_enough(buy).await? {
        Written::Applied(_) => Ok(Outcome::Done),
        // The statement itself saw the amount, so this answer rests on nothing old.
        Written::TooFew | Written::Conflict | Written::Fenced => Ok(Outcome::Refused(Reason::SoldOut)),
    }
}
