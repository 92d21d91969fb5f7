//! Transaction only: wrap it in a transaction and hope.
//!
//! Idea: the unprotected read and write, between `begin` and `commit`, at whatever isolation the engine has by
//! default. Many believe that this is what transactions are for.
//! What it promises: on SQLite the engine refuses to write from an old snapshot, so nothing is lost, and the whole
//! transaction is tried again. On PostgreSQL, whose default is READ COMMITTED, nothing.
//! How it still fails: at READ COMMITTED the second writer waits for the first one's commit, and then replaces its
//! value with one computed before. The transaction made the writes atomic; it did not make the read last.

use lab::catalog::PromiseValue::{Breaks, Holds, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Purchase};

/// Both read; the second writer waits, and writes its old value as soon as the first one has committed.
const BOTH_READ_FIRST: &[&str] = &[
    "buyer-1/begin#1",
    "buyer-2/begin#1",
    "buyer-1/read#1",
    "buyer-2/read#1",
    "buyer-1/write#1",
    "buyer-2/write#1",
    "buyer-1/commit#1",
    "buyer-2/commit#1",
];

const REFUSED: &str = "a write from an old snapshot is refused (5 while the other is open, 517 after); retried";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "transaction-only",
    title: "Transaction only",
    idea: "The unprotected read and write inside a transaction, at the engine's default isolation.",
    costs: "Locks are held until the commit; on SQLite, retries of whole transactions.",
    fails: "At READ COMMITTED a transaction does not protect what was read: updates are lost without an error.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: &["postgres"],
            value: Breaks,
            premises: "READ COMMITTED, two buyers of one product",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "no-lost-update",
            engines: &["sqlite"],
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: &["postgres"],
            value: Breaks,
            premises: "READ COMMITTED, two buyers of the last unit",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "no-oversell",
            engines: &["sqlite"],
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "an old read shows too many, never too few",
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

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    loop {
        match attempt(bench, buy).await {
            // Refused: nothing of this transaction counts, its reads neither. The whole of it begins again.
            Err(Halt::Refused(_)) => bench.rollback().await?,
            ended => return ended,
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}

async fn attempt(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    let seen = bench.read(&buy.row).await?;
    if seen.amount < buy.quantity {
        bench.commit().await?;
        return Ok(Outcome::Refused(Reason::SoldOut));
    }
    bench.think().await?;
    bench.write(buy, seen.amount - buy.quantity).await?;
    bench.commit().await?;
    Ok(Outcome::Done)
}
