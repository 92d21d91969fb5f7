//! Newest timestamp: the event with the latest stamp wins.
//!
//! Idea: every event carries the time at which it was sent. One statement writes an event only if its stamp is later
//! than the view's. No counter is needed: everybody has a clock.
//! What it promises: nothing that would survive two clocks. While one clock stamps all events of an order, it is as
//! good as a version.
//! How it still fails: two machines' clocks differ. An earlier event from a clock that is ahead beats a later one: the
//! later one is thrown away, or the view goes back, and no error is reported.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// The first event was stamped by a clock that is ahead; the second one, which is later, looks older.
const LATER_LOOKS_OLDER: &[&str] = &["consumers=1", "clock_skew_ms=50", "publisher/publish#1", "publisher/publish#2"];

/// The same, and the first event is written last.
const OLDER_COMES_LAST: &[&str] = &[
    "clock_skew_ms=50",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-1/apply#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "newest-timestamp",
    title: "Newest timestamp",
    idea: "One statement writes an event only if it was stamped later than what the view shows.",
    costs: "Nothing but clocks that agree, which is a great deal.",
    fails: "When two clocks differ, the wrong event is thrown away or comes back.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["consumers=3", "orders=2", "steps=4", "held_back=30", "lost_acks=30", "crashes=5"],
    promises: &[
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the clocks of two senders differ by 50 ms",
            witness: LATER_LOOKS_OLDER,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the clocks of two senders differ by 50 ms",
            witness: OLDER_COMES_LAST,
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the clocks of two senders differ by 50 ms",
            witness: LATER_LOOKS_OLDER,
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Holds,
            premises: "one clock for all events of an order, and no two equal stamps",
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.apply_if_later(&delivery.message).await?;
    bench.ack(delivery).await
}
