//! Optimistic: write only if nobody wrote since I read.
//!
//! Idea: each row carries a version that every write raises. A buyer reads amount and version, thinks, and writes
//! `where version = the one I read`. If somebody was faster, no row matches, nothing is written, and the buyer
//! starts again from a fresh read, after a wait that the retry policy gives.
//! What it promises: no update is lost and nothing is oversold, as long as every writer minds the version.
//! How it still fails: never wrongly. Under contention most attempts are wasted, and after `attempts_max` the buyer
//! gives up, which is an answer and not a sale.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Purchase, Written};

const PREMISES: &str = "every writer checks and raises the version";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "optimistic",
    title: "Optimistic (version)",
    idea: "Write only if the row still has the version that was read; otherwise read again and retry.",
    costs: "Every conflict wastes an attempt, and conflicts grow with contention.",
    fails: "Never wrongly: when the attempts run out, the buyer gives up and nothing is sold.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell { invariant: "no-lost-update", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-oversell", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "no-wrong-refusal", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell {
            invariant: "every-request-answered",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the database answers; giving up after attempts_max is an answer",
            witness: &[],
        },
    ],
};

/// Buys.
pub async fn buy(bench: &mut Bench, buy: &Purchase) -> Result<Outcome, Halt> {
    loop {
        let seen = bench.read(&buy.row).await?;
        if seen.amount < buy.quantity {
            return Ok(Outcome::Refused(Reason::SoldOut));
        }
        bench.think().await?;
        let written = bench.write_if_version(buy, seen.amount - buy.quantity, seen.version).await?;
        if let Written::Applied(_) = written {
            return Ok(Outcome::Done);
        }
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
}
