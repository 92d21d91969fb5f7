//! Saga log: write down what is about to be done, before it is done.
//!
//! Idea: before each call the coordinator logs its intent. Whoever comes back after a crash reads the log and goes on from
//! there: step and compensation carry the order's id as their key, so asking again is the same as having asked. A cancel
//! leaves a tombstone, even where nothing was done yet, that refuses a step which comes too late. The step that cannot be
//! undone, the parcel, comes last.
//! What it promises: in the end every order is whole, or everything was taken back, through crashes at every step.
//! How it still fails: a compensation that keeps failing ends as "needs a person", and is reported as that. And nobody is
//! isolated: until the end, everybody can see goods kept and money taken for an order that will be cancelled.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, End, Halt, Service};
use crate::strategies::Recovery;

/// Goes on with what the log says; ends what a silent coordinator left.
pub const RECOVER: Option<Recovery> = Some(Recovery {
    recover: |bench| Box::pin(recover(bench)),
    take_over: |bench, order| Box::pin(take_over(bench, order)),
});

const PREMISES: &str = "step and cancellation share the order's key, the log outlives the coordinator, and it comes back";
/// The services in the order of their calls, with the words of the log. What cannot be undone comes last.
const STEPS: [(&str, Service); 3] =
    [("reserve", Service::Warehouse), ("pay", Service::Payment), ("ship", Service::Shipping)];
/// What the log says when everything is to be taken back.
const CANCEL: &str = "cancel";
/// How often a cancellation is tried before it needs a person.
const CANCELLATIONS_MAX: u64 = 3;

/// What it says of itself.
pub const ABOUT: About = About {
    name: "saga-log",
    title: "Saga log",
    idea: "Log the intent before each call, and go on from the log after a crash; cancel in reverse order, and send the parcel last.",
    costs: "A write before each call, and one more to cancel. Nobody is isolated: others see what will be taken back.",
    fails: "A compensation that keeps failing needs a person. Nothing is isolated meanwhile.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["crashes=8", "stuck=10", "pauses=6", "supervisor=1"],
    promises: &[
        Cell { invariant: "no-order-half-way", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell { invariant: "nothing-kept-unpaid", engines: EVERY_STORE, value: Holds, premises: PREMISES, witness: &[] },
        Cell {
            invariant: "nobody-charged-for-nothing",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
    ],
};

/// Carries out one order.
pub async fn check_out(bench: &mut Bench, order: &str) -> Result<Outcome, Halt> {
    go_on(bench, order, "reserve").await
}

/// Goes on with every order that the log says is open.
async fn recover(bench: &mut Bench) -> Result<(), Halt> {
    for (order, next) in bench.open_sagas().await? {
        bench.take_up(&order);
        go_on(bench, &order, &next).await?;
    }
    Ok(())
}

async fn go_on(bench: &mut Bench, order: &str, next: &str) -> Result<Outcome, Halt> {
    if next == CANCEL {
        return take_back(bench, order).await;
    }
    for (step, service) in STEPS.into_iter().skip_while(|(step, _)| *step != next) {
        bench.intend(order, step).await?;
        if !bench.call(service, order).await? {
            bench.intend(order, CANCEL).await?;
            return take_back(bench, order).await;
        }
    }
    bench.conclude(order, End::Confirmed).await?;
    bench.close_saga(order, End::Confirmed).await?;
    Ok(Outcome::Done)
}

/// Ends an order of a coordinator that is silent. It may go on at any moment, so nothing is cancelled before it is sure
/// that the one step that cannot be undone was not done and never will be.
async fn take_over(bench: &mut Bench, order: &str) -> Result<(), Halt> {
    bench.intend(order, CANCEL).await?;
    take_back(bench, order).await.map(drop)
}

/// Cancels what may have been done, whether it was or not: the tombstone refuses what comes too late. The parcel's comes
/// first; where the parcel was sent already, there is nothing to cancel.
async fn take_back(bench: &mut Bench, order: &str) -> Result<Outcome, Halt> {
    if !bench.forbid_parcel(order).await? {
        bench.conclude(order, End::Confirmed).await?;
        bench.close_saga(order, End::Confirmed).await?;
        return Ok(Outcome::Done);
    }
    let mut end = End::Cancelled;
    for service in [Service::Payment, Service::Warehouse] {
        let mut cancelled = false;
        for _ in 0..CANCELLATIONS_MAX {
            cancelled = bench.cancel(service, order).await?;
            if cancelled {
                break;
            }
        }
        if !cancelled {
            end = End::NeedsAPerson;
        }
    }
    bench.conclude(order, end).await?;
    bench.close_saga(order, end).await?;
    Ok(Outcome::Refused(Reason::Declined))
}
