//! Arrival order: the view says whatever came last.
//!
//! Idea: take an event, write it into the view, acknowledge it. Nobody asks whether it is the newest.
//! What it promises: nothing is lost, because the broker hands out again what was not acknowledged.
//! How it still fails: two consumers hold two events of one order at the same time, the slower one has the older
//! event, and the view goes back. An event that is handed out twice is applied twice.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// Both consumers hold a message of the same order; the one with the older event is slower.
const OVERTAKEN: &[&str] = &[
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-1/apply#1",
];
/// The acknowledgement is lost, so the broker hands the event out again.
const HANDED_OUT_AGAIN: &[&str] = &["consumers=1", "lost_acks=100", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "arrival-order",
    title: "Arrival order",
    idea: "Write every event into the view as it comes.",
    costs: "Nothing.",
    fails: "As soon as an older event arrives after a newer one, the view goes back and stays there.",
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
            premises: "two consumers of one queue, two events of one order",
            witness: OVERTAKEN,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two consumers of one queue, two events of one order",
            witness: OVERTAKEN,
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: "whole documents that can be read; the broker hands out again what was not acknowledged",
            witness: &[],
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "an acknowledgement is lost",
            witness: HANDED_OUT_AGAIN,
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.apply(&delivery.message).await?;
    bench.ack(delivery).await
}
