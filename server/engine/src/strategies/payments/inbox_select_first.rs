//! Inbox, select first: look for the id, charge if it is not there, and insert it without looking at what came of that.
//!
//! Idea: one transaction as with the inbox, but the question is asked by a select, and the insert does nothing when the
//! id is there. It reads better, and it is how most people write it first.
//! What it promises: everybody pays. One consumer alone is charged once: both are in one transaction.
//! How it still fails: two consumers with two copies of a message both look before either has committed. Both see
//! nothing, and both charge; the second insert says that it wrote no row, and nobody listens.
//! SQLite refuses the second transaction instead: its snapshot is older than the first one's commit.

use lab::catalog::PromiseValue::{Breaks, Holds, Refused};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt, Isolation};

/// Two copies in two hands: both consumers look before either commits.
const BOTH_LOOK_FIRST: &[&str] = &[
    "consumers=2", "lost-confirm publisher/publish#1",
    "publisher/publish#1", "publisher/publish#2",
    "consumer-1/receive#1", "consumer-1/begin#1", "consumer-1/look#1",
    "consumer-2/receive#1", "consumer-2/begin#1", "consumer-2/look#1",
];
/// The provider has charged, and the process dies before it commits.
const DIES_BEFORE_COMMIT: &[&str] = &["crash consumer-1/commit#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "inbox-select-first",
    title: "Inbox, select first",
    idea: "In one transaction: look for the id, charge if it is not there, insert the id and ignore whether a row was written.",
    costs: "A transaction, a row and a read for each payment.",
    fails: "Two consumers side by side both see nothing and both charge.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: &["postgres"],
            value: Breaks,
            premises: "two consumers with two copies of the message; at read committed",
            witness: BOTH_LOOK_FIRST,
        },
        Cell {
            invariant: "no-double-charge",
            engines: &["sqlite"],
            value: Refused,
            premises: "the later writer is refused: its snapshot is too old. The message comes again",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: COMES_AGAIN,
            witness: &[],
        },
    ],
};

/// What it promises where a charge is a call to the provider.
pub const AT_PROVIDER: Setting = Setting {
    knobs: PROVIDER_CALL,
    trial: TROUBLE_AT_PROVIDER,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash after the call and before the commit: the call is not in the transaction",
            witness: DIES_BEFORE_COMMIT,
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: COMES_AGAIN,
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.prune().await?;
    bench.begin(Isolation::Standard).await?;
    if !bench.was_handled(&delivery.message).await? {
        bench.charge(delivery).await?;
        bench.remember(&delivery.message).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
