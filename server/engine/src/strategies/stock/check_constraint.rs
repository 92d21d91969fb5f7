//! Check constraint: let the table forbid what must never be.
//!
//! Idea: the same relative update, and the table carries `check (quantity >= 0)`. The engine refuses the statement
//! that would break the rule.
//! What it promises: the amount is never below zero, whoever writes and however carelessly, because the rule belongs
//! to the data and not to the code. With the relative update, nothing is oversold and no update is lost.
//! How it still fails: never below zero is not the same as never oversold. Whoever writes an old value back passes the
//! rule. And only rules about one row can be written so.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason, Refusal};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase};

/// What it says of itself.
pub const ABOUT: About = About {
    name: "check-constraint",
    title: "Check constraint",
    idea: "A rule of the table forbids amounts below zero, so the engine refuses the sale that would break it.",
    costs: "One error to expect. There is nothing to retry.",
    fails: "Where the rule is about more than one row. A lost update that stays above zero is not its business.",
    retries: false,
    never_below_zero: true,
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
            value: Holds,
            premises: "the table carries the rule, and every writer subtracts in the statement",
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "every writer subtracts in the statement",
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
    match bench.take(buy).await {
        Err(Halt::Refused(Refusal::Constraint)) => Ok(Outcome::Refused(Reason::SoldOut)),
        written => written.map(|_| Outcome::Done),
    }
}
