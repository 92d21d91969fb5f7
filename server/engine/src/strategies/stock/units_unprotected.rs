//! Units, unprotected: one row for each unit, and nobody locks.
//!
//! Idea: instead of counting, keep a row for each unit, and let every buyer take the first one that is not sold. Two
//! buyers could take two units without touching the same row.
//! What it promises: nothing. Everybody sees the same first unit.
//! How it fails: two buyers read the same free unit, and the later write sells it again. The more units there are, the
//! sillier it looks: the others lie beside it, free.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Locking, Purchase};

/// The order that breaks it: both read before either writes.
const BOTH_READ_FIRST: &[&str] = &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "units-unprotected",
    title: "Units, unprotected",
    idea: "One row for each unit; read the first one that is not sold, and mark it as sold.",
    costs: "A row for each unit.",
    fails: "As soon as two buyers find the same unit before either has marked it. No error is reported.",
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
            premises: "two buyers of one product at the same time, however many units are left",
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
    let Some(units) = bench.find_units(buy, Locking::None).await? else {
        return Ok(Outcome::Refused(Reason::SoldOut));
    };
    bench.think().await?;
    for unit in &units {
        // Somebody else may have found the same one meanwhile. Nothing here notices.
        bench.write(unit, 0).await?;
    }
    Ok(Outcome::Done)
}
