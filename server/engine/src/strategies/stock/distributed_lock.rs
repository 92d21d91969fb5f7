//! Distributed lock: a service grants the row to one buyer, for a time.
//!
//! Idea: the lock is kept outside the database's transactions, by a service that all writers ask. So that a dead
//! holder does not lock everybody out, each grant is a lease: it runs out by itself.
//! What it promises: nothing that a pause cannot take away. While every holder is done before its lease is over, they
//! take turns.
//! How it still fails: a process that stands still (a collection of garbage, a full disk, a suspended machine) does
//! not notice that its lease ran out. It writes over what the next holder wrote.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase};

/// The first holder stands still between its read and its write.
const STANDSTILL: &[&str] = &["pause buyer-1/write#1"];
const PAST_LEASE: &str = "a holder stands still past its lease, and nothing tells it";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "distributed-lock",
    title: "Distributed lock (lease)",
    idea: "A lock service grants the product to one buyer for a while; only its holder reads and writes.",
    costs: "Two round trips more for each purchase, and a freed lease stays unused until somebody asks again.",
    fails: "When a holder stands still past its lease: somebody else is granted it, and the first one writes all the same.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: true,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Breaks,
            premises: PAST_LEASE,
            witness: STANDSTILL,
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Breaks,
            premises: PAST_LEASE,
            witness: STANDSTILL,
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: "units only ever leave the stock, so an old read shows too many, never too few",
            witness: &[],
        },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the database and the lock service answer; giving up is an answer",
            witness: &[],
        },
    ],
};

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    let Some(lease) = bench.acquire(&buy.row).await? else {
        return Ok(Outcome::Refused(Reason::GaveUp));
    };
    let seen = bench.read(&buy.row).await?;
    if seen.amount < buy.quantity {
        bench.release(&lease).await?;
        return Ok(Outcome::Refused(Reason::SoldOut));
    }
    bench.think().await?;
    // The lease may be over by now. The database knows nothing of it.
    bench.write(buy, seen.amount - buy.quantity).await?;
    bench.release(&lease).await?;
    Ok(Outcome::Done)
}
