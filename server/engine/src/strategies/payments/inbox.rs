//! Inbox: remember and charge in one transaction.
//!
//! Idea: in one transaction, insert the payment's id and look whether a row was written; only then charge. Commit, and
//! acknowledge after the commit. Either both are there or neither.
//! What it promises: each payment is charged once, through crashes at every step, lost acknowledgements and consumers
//! side by side: the second insert of an id waits for the first one's end.
//! How it still fails: the charge must be a row in the same database. A call to somebody else is not in the
//! transaction; and an id that was pruned is new again.

use lab::catalog::PromiseValue::Holds;

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt, Isolation};

const PREMISES: &str = "ledger and inbox in one database; ids kept for as long as duplicates come";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "inbox",
    title: "Inbox",
    idea: "In one transaction: remember the payment's id, charge only if it was new; acknowledge after the commit.",
    costs: "A transaction and a row for each payment.",
    fails: "Only where the effect is in the same database, and while the ids are kept.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["consumers=3", "payments=5", "lost_acks=30", "crashes=8"],
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.begin(Isolation::Standard).await?;
    if bench.remember(&delivery.message).await? {
        bench.charge(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
