//! None: charge for every delivery.
//!
//! Idea: take a payment, charge, acknowledge. It works every time nothing goes wrong.
//! What it promises: everybody pays, because the broker hands out again what was not acknowledged.
//! How it still fails: whoever dies between charge and acknowledgement, or whose acknowledgement is lost, charges
//! again. At a provider it is enough that an answer is lost. At least once is not once.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt};

/// The charge is written, and the process dies before it can acknowledge.
const DIES_BEFORE_ACK: &[&str] = &["crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];
/// The provider has charged, and the process dies before it hears so.
const DIES_IN_THE_CALL: &[&str] = &["crash consumer-1/answer#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "none",
    title: "No protection",
    idea: "Charge for every delivery.",
    costs: "Nothing.",
    fails: "A second delivery is a second charge.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between the charge and the acknowledgement",
            witness: DIES_BEFORE_ACK,
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
            premises: "a crash in the middle of the call: the provider has charged",
            witness: DIES_IN_THE_CALL,
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
    bench.charge(delivery).await?;
    bench.ack(delivery).await
}
