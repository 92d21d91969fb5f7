//! Advisory lock: a lock by a name that everybody agrees on.
//!
//! Idea: the engine keeps a lock for any number that the application chooses, and knows nothing of what it protects.
//! Each buyer takes the product's lock in a statement of its own, and only then reads.
//! What it promises: no update is lost and nothing is oversold, as long as every writer takes the lock first.
//! How it still fails: the engine does not mind a writer who takes no lock. And if lock and read are one statement,
//! the read may see the value from before the wait, because a statement's snapshot is older than the lock.

use lab::catalog::PromiseValue::{Holds, NotOnThisEngine};
use lab::event::{Outcome, Reason};

use super::{About, Cell};
use crate::bench::{Bench, Halt, Isolation, Purchase};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const PREMISES: &str = "every writer takes the lock, in a statement of its own, before it reads";
const NOT_HERE: &str = "SQLite has no locks by name. See row-lock for its one write lock.";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "advisory-lock",
    title: "Advisory lock",
    idea: "Take a lock by an agreed name before reading; the engine keeps it, and knows nothing of the row.",
    costs: "Everybody waits for the slowest holder. One statement more for each purchase.",
    fails: "When one writer does not take the lock, or takes it in the statement that reads.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell { invariant: "no-lost-update", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-oversell", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-wrong-refusal", engines: POSTGRES, value: Holds, premises: PREMISES, witness: &[] },
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
    // A statement of its own: the next one's snapshot is taken after the lock is held.
    bench.take_lock(&buy.row).await?;
    let seen = bench.read(&buy.row).await?;
    if seen.amount < buy.quantity {
        bench.rollback().await?;
        return Ok(Outcome::Refused(Reason::SoldOut));
    }
    bench.think().await?;
    bench.write(buy, seen.amount - buy.quantity).await?;
    bench.commit().await?;
    Ok(Outcome::Done)
}
