//! Row lock: read it so that nobody else can, until I am done.
//!
//! Idea: pessimistic control. `select .. for update` locks the row with the read; everybody who wants the same row
//! waits until the transaction ends. SQLite has no row locks: there `begin immediate` takes the write lock of the
//! whole database before the read.
//! What it promises: no update is lost and nothing is oversold, because the value that the locking read returned
//! cannot change before the write.
//! How it still fails: if the value used is one that was read before the lock was held; with two rows locked in
//! different orders, by deadlock; and whoever waits longer than the lock time-out is turned away.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Purchase};

const PREMISES: &str = "every writer locks before it reads, and uses the value that the locking read returned";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "row-lock",
    title: "Row lock (pessimistic)",
    idea: "Lock the row with the read; whoever wants it too waits until the transaction ends.",
    costs: "Everybody waits for the slowest holder, think time included.",
    fails: "When the value used was read before the lock was held, or one writer does not lock. A wait that lasts too long is refused (on SQLite after the busy time-out).",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
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
            premises: "the database answers, and every holder lets go",
            witness: &[],
        },
    ],
};

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    bench.begin(Isolation::ToWrite).await?;
    // From here on nobody else can write the row: what is read stays true.
    let seen = bench.read_for_update(&buy.row).await?;
    if seen.amount < buy.quantity {
        bench.rollback().await?;
        return Ok(Outcome::Refused(Reason::SoldOut));
    }
    bench.think().await?;
    bench.write(buy, seen.amount - buy.quantity).await?;
    bench.commit().await?;
    Ok(Outcome::Done)
}
