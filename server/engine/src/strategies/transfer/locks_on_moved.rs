//! Row locks on what moves: the rule reads one row more than is locked.
//!
//! Idea: lock the two accounts that change, in key order, so that nobody can close a circle; look at the partner's
//! account without locking it.
//! What it promises: no deadlock, and both balances stay as they were read until the commit.
//! How it still fails: the partner's account may change between the look and the commit. Two transfers, one from each
//! account of a person, lock different rows, and each counts on money that the other one takes. On SQLite the one write
//! lock covers everything that is read, so it holds there by accident.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Transfer, in_key_order};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
const PREMISES: &str = "every writer locks the rows that it changes before it reads them";

/// Each locks its own account, and looks at the other's partner before either writes.
const BOTH_LOOK_FIRST: &[&str] = &[
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
    name: "locks-on-moved",
    title: "Row locks on what moves",
    idea: "Lock the two accounts that change, in key order; read the partner's account without a lock.",
    costs: "Everybody waits for whoever holds a row.",
    fails: "The rule reads a row that is not locked: two transfers from the two accounts of one person are each covered, and not together (write skew).",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "money-conserved",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-account-below-zero",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: POSTGRES,
            value: Breaks,
            premises: "one transfer from each account of a person, who can cover one of them",
            witness: BOTH_LOOK_FIRST,
        },
        Cell {
            invariant: "joint-limit-kept",
            engines: SQLITE,
            value: Holds,
            premises: "begin immediate takes the write lock of the whole database: what is read without a lock cannot change either",
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
    bench.begin(Isolation::ToWrite).await?;
    let mut seen = bench.lock_all(&in_key_order(order.moved())).await?;
    if let Some(partner) = order.partner.iter().find(|partner| **partner != order.to) {
        // Nothing keeps this row as it is read.
        seen.add(bench.read_all(std::slice::from_ref(partner)).await?);
    }
    if !order.is_covered(&seen) {
        bench.commit().await?;
        return Ok(Outcome::Refused(Reason::NotCovered));
    }
    bench.think().await?;
    for change in order.changes(order.moved()) {
        bench.change(&change, &seen).await?;
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}
