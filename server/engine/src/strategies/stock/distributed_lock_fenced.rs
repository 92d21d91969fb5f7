//! Distributed lock, fenced: the row learns of the new holder before that one reads.
//!
//! Idea: with the lease comes a token that rises with every grant. The holder first raises the fence in every row that
//! its rule reads, and reads in the same statement; its write says `where fence = token`.
//! What it promises: no update is lost and nothing is oversold, however long a holder stands still, because the fence
//! that the next holder raised turns the late write away. The lease only saves work; the fence keeps the data right.
//! How it still fails: never wrongly. Tokens compare within one lock service only, and a writer without the fence is
//! not stopped.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase, Written};

const PREMISES: &str = "every writer raises and checks the fence, and all tokens come from one lock service";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "distributed-lock-fenced",
    title: "Distributed lock, fenced",
    idea: "The holder raises the row's fence to its token before it reads; a write passes only while the fence is at its token.",
    costs: "As the lease, and one write more for each purchase: the fence is raised before the read.",
    fails: "Never wrongly: whoever was overtaken is turned away and asks for a new lease, or gives up after attempts_max. One writer without the fence breaks it.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: true,
    trial: &["pauses=15"],
    promises: &[
        Cell {
            invariant: "no-lost-update",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-oversell",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-wrong-refusal",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
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
        // From here on no older holder can write the row: what is read stays true until a newer one comes.
        if let Some(seen) = bench.raise_fence(&buy.row, &lease).await? {
            if seen.amount < buy.quantity {
                bench.release(&lease).await?;
                return Ok(Outcome::Refused(Reason::SoldOut));
            }
            bench.think().await?;
            let written = bench.write_if_fence(buy, seen.amount - buy.quantity, &lease).await?;
            bench.release(&lease).await?;
            if written != Written::Fenced {
                return Ok(Outcome::Done);
            }
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}
