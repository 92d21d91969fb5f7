//! Inbox: remember and charge in one transaction.
//!
//! Idea: in one transaction, insert the payment's id and look whether a row was written; only then charge. Commit, and
//! acknowledge after the commit. Either both are there or neither.
//! What it promises: each payment is charged once, through crashes at every step, lost acknowledgements and consumers
//! side by side: the second insert of an id waits for the first one's end.
//! How it still fails: the charge must be a row in the same database. A call to a provider is not in the transaction:
//! what is rolled back here stays charged there. And an id that was removed for its age is new again.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt, Isolation};

const PREMISES: &str = "ledger and inbox in one database; ids kept for as long as duplicates come";
/// The process dies before it acknowledges, and the message comes again after its id was removed.
const COMES_AFTER_ITS_ID: &[&str] = &["kept_ms=100", "crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];
/// The provider has charged, and the process dies before it commits.
const DIES_BEFORE_COMMIT: &[&str] = &["crash consumer-1/commit#1", "publisher/publish#1", "consumer-1/receive#1"];

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
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "ids are kept for less long than a message may come again",
            witness: COMES_AFTER_ITS_ID,
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
    if bench.remember(&delivery.message).await? {
        bench.charge(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
