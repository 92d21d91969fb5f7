//! Serializable: as if the transactions had run one after the other.
//!
//! Idea: ask the engine for the strongest isolation and let it refuse what it cannot vouch for. PostgreSQL watches which
//! transactions read what others wrote and refuses one with 40001, at a statement or at the commit; SQLite's ordinary
//! transaction is serializable already, because a write is refused once anybody has committed since its first read.
//! What it promises: a rule that holds for one transaction alone holds for all, whatever rows it reads, if refused ones
//! are tried again.
//! How it still fails: it does not, within one database; it refuses more under contention, now and then one too many.

use lab::catalog::PromiseValue::{Holds, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Transfer, in_key_order};

const REFUSED: &str = "where the engine cannot vouch for a serial order it refuses one, which tries the whole of it again";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "serializable",
    title: "Serializable",
    idea: "The engine makes the transactions behave as if they had run one after the other, or refuses one of them.",
    costs: "Whole transactions are wasted and tried again under contention.",
    fails: "Never wrongly, within one database. When the attempts run out, the teller gives up.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "money-conserved",
            engines: EVERY_STORE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: EVERY_STORE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: EVERY_STORE,
            value: Refused,
            premises: REFUSED,
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

/// Carries out one transfer.
pub async fn carry_out(bench: &mut Bench, order: &Transfer) -> Result<Outcome, Halt> {
    loop {
        match attempt(bench, order).await {
            // Refused: nothing of this transaction counts, its reads neither. The whole of it begins again.
            Err(Halt::Refused(_)) => bench.rollback().await?,
            ended => return ended,
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}

async fn attempt(bench: &mut Bench, order: &Transfer) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Serializable).await?;
    let seen = bench.read_all(&order.all_read()).await?;
    if !order.is_covered(&seen) {
        bench.commit().await?;
        return Ok(Outcome::Refused(Reason::NotCovered));
    }
    bench.think().await?;
    for change in order.changes(in_key_order(order.moved())) {
        bench.change(&change, &seen).await?;
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}
