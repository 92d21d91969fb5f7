//! Row locks on all that is read, in key order.
//!
//! Idea: lock every row that the rule reads or the transfer changes, always in the order of the keys, in one transaction.
//! What it promises: what was read stays true until the commit, so every rule holds; and because everybody goes the same
//! way round, nobody can close a circle: no deadlock.
//! How it still fails: if one writer does not lock, or locks in another order. And rows that do not exist yet cannot be
//! locked: a rule over "all accounts of a person" must also stop new ones from being opened.

use lab::catalog::PromiseValue::{Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Transfer, in_key_order};

const PREMISES: &str = "every writer locks all that its rule reads, in key order, before it reads";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "locks-on-all-read",
    title: "Row locks on all read, key order",
    idea: "Lock every row that the rule reads or the transfer changes, in the order of the keys.",
    costs: "Everybody waits for whoever holds a row, even of rows that do not change.",
    fails: "When one writer does not lock all that its rule reads. Rows that do not exist yet cannot be locked.",
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
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
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
    // Everybody goes the same way round, so nobody meets somebody who waits for him.
    let seen = bench.lock_all(&in_key_order(order.all_read())).await?;
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
