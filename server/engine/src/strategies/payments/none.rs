//! None: charge for every delivery.
//!
//! Idea: take a payment, write the charge, acknowledge. It works every time nothing goes wrong.
//! What it promises: everybody pays, because the broker hands out again what was not acknowledged.
//! How it still fails: whoever dies between charge and acknowledgement, or whose acknowledgement is lost, charges
//! again. At least once is not once.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// The charge is written, and the process dies before it can acknowledge.
const DIES_BEFORE_ACK: &[&str] = &["crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];

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
    trial: &["consumers=3", "payments=5", "lost_acks=30", "crashes=8"],
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
            premises: "the broker hands out again what was not acknowledged",
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.charge(delivery).await?;
    bench.ack(delivery).await
}
