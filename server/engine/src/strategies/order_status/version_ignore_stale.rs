//! Version, ignore stale: write only what is newer than what is there.
//!
//! Idea: the source numbers the events of an order. The view keeps the number that it has seen, and one statement
//! writes `where version < the event's`. An older event changes nothing and is acknowledged.
//! What it promises: with whole documents the view ends right and never goes back, in whatever order events arrive and
//! however often: what is skipped is contained in what is newer.
//! How it still fails: with deltas every skipped event is a lost one. An ignored step is never counted.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// Both consumers hold a message of the same order; the one with the older delta is slower: it is skipped.
const OVERTAKEN: &[&str] = &[
    "deltas=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-1/apply#1",
];

const WHOLE: &str = "every event is a whole document with a version from its source, and can be read";
/// What it says of itself.
pub const ABOUT: About = About {
    name: "version-ignore-stale",
    title: "Version, ignore stale",
    idea: "One statement writes an event only if its version is higher than the view's.",
    costs: "A version from the source in every event and in every row.",
    fails: "With deltas instead of whole documents, what is skipped is lost.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["consumers=3", "orders=2", "steps=4", "held_back=30", "lost_acks=30", "crashes=5"],
    promises: &[
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Holds,
            premises: WHOLE,
            witness: &[],
        },
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas",
            witness: OVERTAKEN,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Holds,
            premises: "every event has a version from its source",
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: WHOLE,
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas",
            witness: OVERTAKEN,
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Holds,
            premises: "every event has a version from its source",
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.apply_if_newer(&delivery.message).await?;
    bench.ack(delivery).await
}
