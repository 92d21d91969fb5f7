//! No compensation: call one service after the other, and tell the customer if one declines.
//!
//! Idea: keep the goods, take the money, send the parcel. If a service declines, the order is cancelled.
//! What it promises: nothing. What was done for a cancelled order stays done.
//! How it fails: a declined payment leaves goods that are kept for nobody; a parcel that no carrier takes leaves money
//! that was taken for nothing. Nobody reports an error.

use lab::catalog::PromiseValue::Breaks;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, End, Halt, Service};
use crate::strategies::Recovery;

/// After a crash it knows of nothing.
pub const RECOVER: Option<Recovery> = None;

/// What it says of itself.
pub const ABOUT: About = About {
    name: "no-compensation",
    title: "No compensation",
    idea: "Call one service after the other; if one declines, the order is cancelled and the rest stays as it is.",
    costs: "Nothing.",
    fails: "As soon as a service declines after another one has done its part, or the coordinator dies.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["crashes=4"],
    promises: &[
        Cell {
            invariant: "nothing-kept-unpaid",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the payment is declined",
            witness: &["declined=100"],
        },
        Cell {
            invariant: "nobody-charged-for-nothing",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "no carrier takes the parcel",
            witness: &["unshippable=100"],
        },
        Cell {
            invariant: "no-order-half-way",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the coordinator dies between two calls",
            witness: &["crash coordinator-1/pay#1"],
        },
    ],
};

/// Carries out one order.
pub async fn check_out(bench: &mut Bench, order: &str) -> Result<Outcome, Halt> {
    for service in [Service::Warehouse, Service::Payment, Service::Shipping] {
        if !bench.call(service, order).await? {
            bench.conclude(order, End::Cancelled).await?;
            return Ok(Outcome::Refused(Reason::Declined));
        }
    }
    bench.conclude(order, End::Confirmed).await?;
    Ok(Outcome::Done)
}
