//! Units, skip locked, unconfirmed: whatever is locked counts as sold.
//!
//! Idea: one row for each unit. `select .. for update skip locked` gives every buyer a unit of its own: what somebody
//! else has locked is passed over, so nobody waits. Whoever finds too few says "sold out".
//! What it promises: no unit is sold twice, because whoever sells it has locked it first.
//! How it still fails: locked is not sold. Its holder may think for long, roll back, or buy nothing; whoever was sent
//! away meanwhile was told "sold out" while a unit was left.
//! On a counter row it is worse: one buyer locks the row, and everybody else reads that the product does not exist.

use lab::catalog::PromiseValue::{Breaks, Holds, NotOnThisEngine};
use lab::event::{Outcome, Reason};

use super::{About, Cell};
use crate::bench::{Bench, Halt, Isolation, Locking, Purchase};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const PREMISES: &str = "every buyer locks a unit before it sells it";
const NOT_HERE: &str = "SQLite has no row locks, so there is nothing to skip. See row-lock for its one write lock.";

/// The order that breaks it: the second buyer looks while the first one holds the last unit.
const ONE_HOLDS_THE_LAST: &[&str] = &["buyer-1/begin#1", "buyer-1/read#1", "buyer-2/begin#1", "buyer-2/read#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "units-unconfirmed",
    title: "Units, skip locked, unconfirmed",
    idea: "One row for each unit; lock the first one that nobody holds, and take an empty answer for \"sold out\".",
    costs: "A row for each unit. Nobody ever waits.",
    fails: "A unit that is only locked is taken for sold: buyers are sent away while its holder has not bought it.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell { invariant: "no-lost-update", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-oversell", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell {
            invariant: "no-wrong-refusal",
            engines: POSTGRES,
            value: Breaks,
            premises: "two buyers of the last unit at the same time",
            witness: ONE_HOLDS_THE_LAST,
        },
        Cell {
            invariant: "every-request-answered",
            engines: POSTGRES,
            value: Holds,
            premises: "the database answers",
            witness: &[],
        },
        Cell { invariant: "no-lost-update", engines: SQLITE, value: NotOnThisEngine, premises: NOT_HERE, witness: &[] },
        Cell { invariant: "no-oversell", engines: SQLITE, value: NotOnThisEngine, premises: NOT_HERE, witness: &[] },
        Cell { invariant: "no-wrong-refusal", engines: SQLITE, value: NotOnThisEngine, premises: NOT_HERE, witness: &[] },
        Cell {
            invariant: "every-request-answered",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
    ],
};

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    let Some(units) = bench.find_units(buy, Locking::SkipLocked).await? else {
        // Nothing was free. Whether it is sold, nobody has asked.
        bench.rollback().await?;
        return Ok(Outcome::Refused(Reason::SoldOut));
    };
    bench.think().await?;
    for unit in &units {
        bench.write(unit, 0).await?;
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}
