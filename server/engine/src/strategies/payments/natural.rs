//! Natural: say what is to be, and saying it twice does no harm.
//!
//! Idea: the charge for a payment is set, not added: one row, or one charge at the provider, that says the amount.
//! There is nothing to remember.
//! What it promises: nobody is charged twice; setting the same amount again changes nothing.
//! How it still fails: only while no other write comes between. When a payment was raised, a late duplicate of the
//! first amount sets it back. Idempotent is not the same as safe to repeat at any time.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, EVERY_STORE, PROVIDER_CALL};
use crate::bench::{Bench, Delivery, Halt};

/// An older amount is set again after a newer one: the process dies before it acknowledges the first message.
const OLDER_SET_AGAIN: &[&str] = &[
    "corrections=100", "crash consumer-1/ack#1",
    "publisher/publish#1", "publisher/publish#2", "consumer-1/receive#1",
];
/// Every trouble but corrections: no other write to a payment comes between two of the same.
const NO_OTHER_WRITE: &[&str] =
    &["consumers=2", "payments=3", "lost_acks=30", "lost_confirms=30", "held_back=30", "crashes=8"];
const NO_OTHER_WRITE_AT_PROVIDER: &[&str] = &[
    "consumers=2", "payments=3", "lost_acks=30", "lost_confirms=30", "held_back=30", "crashes=8",
    "lost_answers=30", "late_answers=20",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "natural",
    title: "Natural: set, do not add",
    idea: "Set what was charged for the payment, in one statement or one call that may be repeated.",
    costs: "Nothing; the effect must be one that can be set.",
    fails: "A late duplicate of an older amount overwrites a newer one.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: NO_OTHER_WRITE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the amount is said, never added",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "no other write to the payment comes between two of the same",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a late duplicate of an older amount, after a newer one",
            witness: OLDER_SET_AGAIN,
        },
    ],
};

/// What it promises where a charge is a call to the provider.
pub const AT_PROVIDER: Setting = Setting {
    knobs: PROVIDER_CALL,
    trial: NO_OTHER_WRITE_AT_PROVIDER,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the provider's call is itself a set: the charge for a payment is this amount",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "no other write to the payment comes between two of the same",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a late duplicate of an older amount, after a newer one",
            witness: OLDER_SET_AGAIN,
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.set_charge(delivery).await?;
    bench.ack(delivery).await
}
