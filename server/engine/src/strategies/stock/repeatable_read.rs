//! Repeatable read: one snapshot for the whole transaction.
//!
//! Idea: read and write inside a transaction that sees the database as it was at its first statement. PostgreSQL
//! calls this REPEATABLE READ; it is snapshot isolation. Whoever updates a row first wins: the second one waits, and is
//! refused as soon as the first has committed.
//! What it promises: a write over a row that changed since the snapshot is refused with 40001, so no update is lost
//! as long as the whole transaction is tried again.
//! How it still fails: only rows that both write are compared. Two transactions that read both rows and write one
//! each both commit (write skew).

use lab::catalog::PromiseValue::{Holds, NotOnThisEngine, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell};
use crate::bench::{Bench, Halt, Isolation, Purchase};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const REFUSED: &str = "the later writer of a row is refused with 40001 and tries the whole transaction again";
const NOT_HERE: &str = "SQLite has no such level: every transaction is serializable. See serializable.";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "repeatable-read",
    title: "Repeatable read",
    idea: "The transaction reads one snapshot, and the engine refuses to write over what changed since.",
    costs: "Whole transactions are wasted and tried again under contention.",
    fails: "Where a rule spans rows that are read and not written: write skew. On one row it does not.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: POSTGRES,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: POSTGRES,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: POSTGRES,
            value: Holds,
            premises: "units only ever leave the stock",
            witness: &[],
        },
        Cell {
            invariant: "every-request-answered",
            engines: POSTGRES,
            value: Holds,
            premises: "the database answers; giving up is an answer",
            witness: &[],
        },
        Cell {
            invariant: "no-lost-update",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
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
    bench.begin(Isolation::RepeatableRead).await?;
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
