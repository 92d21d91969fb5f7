//! Units, skip locked: one row for each unit, and everybody takes another one.
//!
//! Idea: one row for each unit. `select .. for update skip locked` gives every buyer a unit of its own: what somebody
//! else has locked is passed over, so buyers of one product do not wait for each other. Only whoever finds too few asks
//! again, by a read that waits for the holders, before it says "sold out".
//! What it promises: no unit is sold twice, and nobody is sent away while a unit may still come free.
//! How it still fails: if one buyer sells without locking. Near the end of the stock it is a row lock again: the last
//! buyers wait.

use lab::catalog::PromiseValue::{Holds, NotOnThisEngine};
use lab::event::{Outcome, Reason};

use super::{About, Cell};
use crate::bench::{Bench, Halt, Isolation, Locking, Purchase};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const PREMISES: &str = "every buyer locks a unit before it sells it";
const CONFIRMED: &str = "an empty answer is confirmed by a read that waits for whoever holds a unit";
const NOT_HERE: &str = "SQLite has no row locks, so there is nothing to skip. See row-lock for its one write lock.";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "units-skip-locked",
    title: "Units, skip locked",
    idea: "One row for each unit; lock the first one that nobody holds, and wait only before saying \"sold out\".",
    costs: "A row for each unit. Who comes too late waits for everybody who is still thinking.",
    fails: "When one buyer sells a unit that it has not locked.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell { invariant: "no-lost-update", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-oversell", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-wrong-refusal", engines: POSTGRES, value: Holds, premises: CONFIRMED, witness: &[] },
        Cell {
            invariant: "every-request-answered",
            engines: POSTGRES,
            value: Holds,
            premises: "the database answers, and every holder lets go",
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
    let mut units = bench.find_units(buy, Locking::SkipLocked).await?;
    if units.is_none() {
        // Too few were free. Whoever wants several may hold some of them by now, and lets go before it waits: else two
        // of them could wait for each other.
        bench.rollback().await?;
        bench.begin(Isolation::Standard).await?;
        units = bench.find_units(buy, Locking::Wait).await?;
    }
    let Some(units) = units else {
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
