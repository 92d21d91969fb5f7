//! Partitioned and versioned: order from the partition, once from the version.
//!
//! Idea: the partition keeps an order's events in line, and one statement writes `where version < the event's`, so
//! that an event which is handed out again changes nothing.
//! What it promises: the view ends right, never goes back and counts every event once, for documents and for deltas,
//! through crashes, lost acknowledgements and rebalances with an old owner who only stood still.
//! How it still fails: if one order's events lie in two partitions, by a wrong key, because one was added, because a
//! hop in between goes by another key, or because a failed event goes to a retry topic, a later event may come first,
//! and a delta that it has overtaken is lost.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// Each event has a key of its own, so the second one lies where nobody waits for the first, and overtakes it.
const WRONG_KEYS: &[&str] = &[
    "deltas=1",
    "wrong_key=100",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-1/apply#1",
    "consumer-2/apply#1",
];

/// The second event fails and goes to the retry topic; the third one overtakes it, and it is a delta.
const RETRIED_BESIDE: &[&str] = &[
    "steps=3",
    "deltas=1",
    "consumers=1",
    "failures=50",
    "retry_topic=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "publisher/publish#3",
];

/// A forwarder publishes the events on by their step. The second one lies elsewhere than the first, and is applied first:
/// the first one is a delta, and stale.
const ANOTHER_KEY: &[&str] = &[
    "deltas=1",
    "second_hop=2",
    "publisher/publish#1",
    "publisher/publish#2",
    "forwarder/receive#1",
    "forwarder/forward#1",
    "forwarder/ack#1",
    "forwarder/receive#2",
    "forwarder/forward#2",
    "forwarder/ack#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-1/apply#1",
    "consumer-2/apply#1",
];

const PREMISES: &str =
    "one publisher for each order, in order, with versions; one consumer for each partition; every hop by the order";
const READABLE: &str =
    "one publisher for each order, in order, with versions; one consumer for each partition; every hop by the order; every event can be read";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "partitioned-versioned",
    title: "Partitioned and versioned",
    idea: "The partition keeps the order; the version keeps a second delivery from counting.",
    costs: "A version in every event, and the limits of partitions.",
    fails: "When an order's events lie in two partitions, and one that carries a delta is overtaken.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["consumers=3", "partitions=3", "orders=3", "steps=4", "deltas=1", "held_back=30", "lost_acks=30", "crashes=5", "rebalance=1", "pauses=5"],
    promises: &[
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Holds,
            premises: READABLE,
            witness: &[],
        },
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas, and an event that failed is tried again on a retry topic",
            witness: RETRIED_BESIDE,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: READABLE,
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas, and an event is published under a wrong key",
            witness: WRONG_KEYS,
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas, and a hop in between publishes the events on by another key",
            witness: ANOTHER_KEY,
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.apply_if_newer(&delivery.message).await?;
    bench.ack(delivery).await
}
