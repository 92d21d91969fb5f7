//! Transaction only: wrap it in a transaction and hope.
//!
//! Idea: the unprotected reads and writes, between `begin` and `commit`, at the engine's default isolation.
//! What it promises: a crash leaves nothing half done. On SQLite the engine also refuses to write from an old snapshot,
//! whatever row has changed, so write skew cannot occur there.
//! How it still fails: at PostgreSQL's READ COMMITTED the transaction made the writes atomic; it did not make the reads
//! last. Updates are lost, and rules over several rows break, without an error.

use lab::catalog::PromiseValue::{Breaks, Holds, Refused};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Transfer, in_key_order};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const REFUSED: &str = "a write from an old snapshot is refused (5 while the other is open, 517 after); retried";

/// From one account: both read before either writes.
const BOTH_READ_FIRST: &[&str] = &[
    "orders=2",
    "teller-1/begin#1",
    "teller-2/begin#1",
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-2/read#1",
    "teller-2/read#2",
];
/// From both accounts of one person: both read before either writes.
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
    name: "transaction-only",
    title: "Transaction only",
    idea: "The unprotected reads and writes inside a transaction, at the engine's default isolation.",
    costs: "Locks are held until the commit; on SQLite, retries of whole transactions.",
    fails: "At READ COMMITTED a transaction does not protect what was read: updates are lost and rules over several rows break.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "money-conserved",
            engines: POSTGRES,
            value: Breaks,
            premises: "READ COMMITTED, two transfers from one account at the same time",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: POSTGRES,
            value: Breaks,
            premises: "READ COMMITTED, two transfers from one account, which covers one of them",
            witness: BOTH_READ_FIRST,
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: POSTGRES,
            value: Breaks,
            premises: "READ COMMITTED, one transfer from each account of a person, who can cover one of them",
            witness: BOTH_READ_THE_PAIR,
        },
        Cell {
            invariant: "money-conserved",
            engines: SQLITE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: SQLITE,
            value: Refused,
            premises: REFUSED,
            witness: &[],
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: SQLITE,
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
    bench.begin(Isolation::Standard).await?;
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
