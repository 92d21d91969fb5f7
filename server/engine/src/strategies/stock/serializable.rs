//! Serializable: as if the transactions had run one after the other.
//!
//! Idea: ask the engine for the strongest isolation and let it refuse what it cannot vouch for. PostgreSQL watches what
//! each transaction read and wrote and refuses one with 40001, now and then one too many; SQLite's ordinary
//! transaction is serializable already, and refuses a write once anybody has committed since its first read.
//! What it promises: whatever holds for one transaction alone holds for all, if refused ones are tried again.
//! How it still fails: it does not; but it only covers what goes through this one database, and refusals grow with
//! contention.

use lab::catalog::PromiseValue::{Holds, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Purchase};

const REFUSED: &str = "where the engine cannot vouch for a serial order it refuses one, which tries the whole of it again";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "serializable",
    title: "Serializable",
    idea: "The engine makes the transactions behave as if they had run one after the other, or refuses one of them.",
    costs: "Whole transactions are wasted and tried again under contention.",
    fails: "Never wrongly, within one database. When the attempts run out, the buyer gives up.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "units only ever leave the stock",
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
    bench.begin(Isolation::Serializable).await?;
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
