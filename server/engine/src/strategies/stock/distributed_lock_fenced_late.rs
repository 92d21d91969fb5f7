//! Distributed lock, fenced late: the row checks the token, but only when somebody writes.
//!
//! Idea: the lock service numbers its leases. Each write carries its lease's number, the fencing token, and the row
//! refuses a write whose token is lower than that of an earlier one.
//! What it promises: once a newer holder has written, an older one cannot.
//! How it still fails: before the newer holder has written, the row does not know of it. If that one has read
//! already, the old holder's write goes in between its read and its write, and is lost.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase, Written};

/// The first holder stands still before its write, and the next one too, so that the first one wakes in between.
const BOTH_STAND_STILL: &[&str] = &["pause buyer-1/write#1", "pause buyer-2/write#1"];
const READ_NOT_WRITTEN: &str = "a holder comes back late, when the next one has read and not yet written";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "distributed-lock-fenced-late",
    title: "Distributed lock, fenced late",
    idea: "Each lease carries a rising token; a write with a lower token than the latest write's is refused.",
    costs: "As the lease; and the row must remember the highest token.",
    fails: "When the next holder has read and not yet written: the row has not met the new token, so the old holder's write passes.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: true,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Breaks,
            premises: READ_NOT_WRITTEN,
            witness: BOTH_STAND_STILL,
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Breaks,
            premises: READ_NOT_WRITTEN,
            witness: BOTH_STAND_STILL,
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
    loop {
        let Some(lease) = bench.acquire(&buy.row).await? else {
            return Ok(Outcome::Refused(Reason::GaveUp));
        };
        let seen = bench.read(&buy.row).await?;
        if seen.amount < buy.quantity {
            bench.release(&lease).await?;
            return Ok(Outcome::Refused(Reason::SoldOut));
        }
        bench.think().await?;
        // The row learns of the token only here. That is too late for whoever has read before.
        let written = bench.write_if_fence_passes(buy, seen.amount - buy.quantity, &lease).await?;
        bench.release(&lease).await?;
        if written != Written::Fenced {
            return Ok(Outcome::Done);
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}
