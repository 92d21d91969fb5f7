//! Compensation in memory: take back what was done, as long as one remembers it.
//!
//! Idea: remember which services have done their part; if one declines, cancel those in reverse order.
//! What it promises: a service that declines leaves nothing behind, if the coordinator lives to see it.
//! How it still fails: what was done is known to the coordinator's memory alone. If it dies between two calls, nobody
//! knows that there is anything to take back, or to finish.

use lab::catalog::PromiseValue::Breaks;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, End, Halt, Service};
use crate::strategies::Recovery;

/// After a crash it knows of nothing.
pub const RECOVER: Option<Recovery> = None;

/// What it says of itself.
pub const ABOUT: About = About {
    name: "compensation-in-memory",
    title: "Compensation in memory",
    idea: "Remember who has done their part; if one declines, cancel those in reverse order.",
    costs: "A cancellation for each service.",
    fails: "When the coordinator dies between two calls: what there is to take back was in its memory alone.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        Cell {
            invariant: "no-order-half-way",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the coordinator dies between two calls",
            witness: &["crash coordinator-1/pay#1"],
        },
        Cell {
            invariant: "nothing-kept-unpaid",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the payment is declined and the coordinator dies before it releases the goods",
            witness: &["declined=100", "crash coordinator-1/release#1"],
        },
        Cell {
            invariant: "nobody-charged-for-nothing",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "no carrier takes the parcel and the coordinator dies before it refunds the money",
            witness: &["unshippable=100", "crash coordinator-1/refund#1"],
        },
    ],
};

/// Carries out one order.
pub async fn check_out(bench: &mut Bench, order: &str) -> Result<Outcome, Halt> {
    let mut taken = Vec::new();
    for service in [Service::Warehouse, Service::Payment, Service::Shipping] {
        if !bench.call(service, order).await? {
            let mut end = End::Cancelled;
            for done in taken.into_iter().rev() {
                if !bench.cancel(done, order).await? {
                    end = End::NeedsAPerson;
                }
            }
            bench.conclude(order, end).await?;
            return Ok(Outcome::Refused(Reason::Declined));
        }
        taken.push(service);
    }
    bench.conclude(order, End::Confirmed).await?;
    Ok(Outcome::Done)
}
