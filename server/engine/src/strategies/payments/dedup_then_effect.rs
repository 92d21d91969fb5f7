//! Remember, then charge: two statements, each on its own.
//!
//! Idea: write the payment's id into a table first; only whoever wrote it charges.
//! What it promises: nobody is charged twice, whoever delivers how often.
//! How it still fails: between the two lies a gap. Whoever dies there has remembered a payment that was never charged,
//! and the next delivery is taken for a duplicate.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt};

/// The payment is remembered, and the process dies before it charges.
const DIES_BEFORE_CHARGE: &[&str] = &["crash consumer-1/charge#1", "publisher/publish#1", "consumer-1/receive#1"];
/// The same, before it calls.
const DIES_BEFORE_CALL: &[&str] = &["crash consumer-1/call#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "dedup-then-effect",
    title: "Remember, then charge",
    idea: "Remember the payment's id first, in a statement of its own; charge only if it was new.",
    costs: "A row for each payment, for as long as duplicates may come.",
    fails: "A crash between the two leaves a payment that is remembered and never charged.",
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
            premises: "the remembered ids are kept for as long as duplicates come",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between remembering and charging",
            witness: DIES_BEFORE_CHARGE,
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
            value: Holds,
            premises: "the remembered ids are kept for as long as duplicates come",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between remembering and calling",
            witness: DIES_BEFORE_CALL,
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.prune().await?;
    if bench.remember(&delivery.message).await? {
        bench.charge(delivery).await?;
    }
    bench.ack(delivery).await
}
