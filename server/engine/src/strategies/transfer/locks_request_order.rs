//! Row locks, in the order of the request: right, until two requests name the same rows the other way round.
//!
//! Idea: `select .. for update` locks every row that the rule reads or the transfer changes, as the request names them:
//! first the account that the money leaves, its partner, then the one that it comes to.
//! What it promises: whatever was read stays true until the commit, so every rule holds.
//! How it still fails: it does wrong to nobody, but two transfers between the same accounts in opposite directions each
//! lock one row and wait for the other: a deadlock. PostgreSQL finds the circle after `deadlock_timeout` and refuses one
//! with 40P01, who starts again. SQLite has one write lock for everything, taken here at `begin immediate`: whoever comes
//! second waits for it before it has read anything, so nobody can close a circle. (A transaction that has read first and
//! then wants to write is answered busy at once instead.)

use lab::catalog::PromiseValue::{Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Transfer};

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];

/// Two people pay each other: each teller locks one row, and then wants the other's. The second one closes the circle.
const CROSSING: &[&str] = &[
    "orders=3",
    "teller-1/begin#1",
    "teller-2/begin#1",
    "teller-1/read#1",
    "teller-2/read#1",
    "teller-1/read#2",
    "teller-2/read#2",
];
/// The same two transfers: the second one waits before it has locked anything.
const CROSSING_ON_SQLITE: &[&str] = &["orders=3", "teller-1/begin#1", "teller-2/begin#1", "teller-1/read#1"];

const PREMISES: &str = "every writer locks before it reads; whoever is refused in a deadlock (40P01, PostgreSQL alone) starts again";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "locks-request-order",
    title: "Row locks, request order",
    idea: "Lock each row as the request names it: the account it leaves, its partner, the account it comes to.",
    costs: "Everybody waits for whoever holds a row; deadlocks, a time-out long, and the wasted work of their victims.",
    fails: "Two transfers in opposite directions lock one row each and wait for each other: a deadlock, which the engine breaks by refusing one. On SQLite there are none.",
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
            engines: POSTGRES,
            value: Holds,
            premises: "the victim of a deadlock tries again; giving up is an answer",
            witness: CROSSING,
        },
        Cell {
            invariant: "every-request-answered",
            engines: SQLITE,
            value: Holds,
            premises: "one writer at a time: whoever comes second waits, and nobody can close a circle",
            witness: CROSSING_ON_SQLITE,
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
    // As named: two requests may name the same rows the other way round.
    let seen = bench.lock_all(&order.all_read()).await?;
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
