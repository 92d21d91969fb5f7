//! Broker window: the broker drops what is published a second time.
//!
//! Idea: the broker remembers the ids of what it took, for a while. A publisher that got no confirmation publishes
//! again, and the second copy is dropped. Consumers charge for whatever they are handed.
//! What it promises: a publisher that repeats itself within the window charges nobody twice.
//! How it still fails: the window ends; and what the broker itself hands out twice, because a consumer died or its
//! acknowledgement was lost, is no second publication.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL};
use crate::bench::{Bench, Delivery, Halt};

/// The process dies before it acknowledges: the broker must hand out again what it has.
const DIES_BEFORE_ACK: &[&str] = &["crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];
/// The confirmation is lost, and the publisher repeats itself after the window.
const PAST_THE_WINDOW: &[&str] = &["kept_ms=1", "lost-confirm publisher/publish#1", "publisher/publish#1"];
/// The trouble that it is made for: the publisher repeats itself, and consumers fare well.
const REPETITIONS: &[&str] = &["consumers=2", "payments=3", "corrections=50", "lost_confirms=50", "held_back=30"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "broker-window",
    title: "Broker window",
    idea: "The broker drops a second publication of an id within a window; consumers charge for every delivery.",
    costs: "The broker keeps the ids of a window.",
    fails: "Past the window, and whenever the broker hands something out again.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: REPETITIONS,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "duplicates are the publisher's own, and within the window",
            witness: &[],
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a consumer's crash before the acknowledgement",
            witness: DIES_BEFORE_ACK,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the publisher repeats itself after the window",
            witness: PAST_THE_WINDOW,
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
    trial: REPETITIONS,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "duplicates are the publisher's own, and within the window",
            witness: &[],
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a consumer's crash before the acknowledgement",
            witness: DIES_BEFORE_ACK,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the publisher repeats itself after the window",
            witness: PAST_THE_WINDOW,
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
