//! Repeatable read: one snapshot for the whole transaction.
//!
//! Idea: PostgreSQL's REPEATABLE READ is snapshot isolation: everything is read as it was at the first statement, and
//! whoever writes a row that changed since is refused with 40001.
//! What it promises: no update is lost and no account goes below zero by itself, if the whole transaction is tried again.
//! How it still fails: only rows that both write are compared. Two transfers that read both accounts of a person and write
//! one each both commit: write skew, the anomaly that snapshot isolation allows.

use lab::catalog::PromiseValue::{Breaks, Holds, NotOnThisEngine, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell};
use crate::bench::{Bench, Halt, Isolation, Transfer, in_key_order};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const REFUSED: &str = "the later writer of a row is refused with 40001 and tries the whole transaction again";
const NOT_HERE: &str = "SQLite has no such level: every transaction is serializable, so write skew cannot occur. See serializable.";

/// Both read before either writes, and they write different rows.
const BOTH_READ_THE_PAIR: &[&str] = &[
    "teller-1/begin#1",
    "teller-2/begin#1",
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-1/read#3",
    "teller-2/read#1",
    "teller-2/read#2",
    "teller-2/read#3",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "repeatable-read",
    title: "Repeatable read",
    idea: "The transaction reads one snapshot, and the engine refuses to write over what changed since.",
    costs: "Whole transactions are wasted and tried again under contention.",
    fails: "Where a rule spans rows that are read and not written: write skew.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "joint-limit-kept",
            engines: POSTGRES,
            value: Breaks,
            premises: "one transfer from each account of a person, who can cover one of them",
            witness: BOTH_READ_THE_PAIR,
        },
        Cell {
            invariant: "money-conserved",
            engines: POSTGRES,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: POSTGRES,
            value: Refused,
            premises: REFUSED,
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
            invariant: "money-conserved",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: SQLITE,
            value: NotOnThisEngine,
            premises: NOT_HERE,
            witness: &[],
        },
        Cell {
            invariant: "joint-limit-kept",
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
    bench.begin(Isolation::RepeatableRead).await?;
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
