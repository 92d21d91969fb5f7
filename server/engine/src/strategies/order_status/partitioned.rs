//! Partitioned: all events of one order go through one consumer, one at a time.
//!
//! Idea: the order's id decides the partition, a partition has one consumer, and the next event of it is handed out
//! only when the one before is acknowledged. Then arrival order is the source's order.
//! What it promises: the view never goes back, as long as one publisher sends an order's events in order and no
//! partition changes hands.
//! How it still fails: order is not the same as once. A consumer that dies between writing and acknowledging gets the
//! event again, and a delta is counted twice. An event that nobody can read holds up all behind it; put aside as a dead
//! letter and redriven later, it comes after what was published after it. A partition that changes hands has two owners
//! for as long as the old one only stood still; and an order has two partitions under a wrong key, when one is added,
//! behind a hop that goes by another key, or when a failed event goes to a retry topic.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// The consumer has applied the event and dies before it can say so.
const DIES_BEFORE_ACK: &[&str] =
    &["deltas=1", "consumers=1", "crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];

/// Nobody can read the first event, and nothing limits the attempts: what is behind it never gets its turn.
const BLOCKED: &[&str] = &["consumers=1", "poison publisher/publish#1", "publisher/publish#1", "publisher/publish#2"];
/// Nobody can read the first event, so it is put aside; when it is redriven the second one has been applied.
const REDRIVEN_LATE: &[&str] = &[
    "consumers=1",
    "deliveries_max=1",
    "redrive=1",
    "poison publisher/publish#1",
    "publisher/publish#1",
    "publisher/publish#2",
];

/// The owner of the partition stands still with the first event in its hand. Its group gives the partition to the other
/// consumer, who applies both events; then the old owner goes on, and writes.
const OLD_OWNER: &[&str] = &[
    "partitions=1",
    "rebalance=1",
    "pause consumer-1/apply#1",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
];
/// A partition is added between the two events, and the order's key lies in another one from then on.
const PARTITION_ADDED: &[&str] = &[
    "partitions=10",
    "grows_at_ms=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-1/apply#1",
];
/// Each event has a key of its own, and the second one lies where nobody waits for the first.
const WRONG_KEYS: &[&str] = &[
    "wrong_key=100",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-1/apply#1",
    "consumer-2/apply#1",
];

/// The second event fails and goes to the retry topic; the third one does not wait for it.
const RETRIED_BESIDE: &[&str] = &[
    "steps=3",
    "consumers=1",
    "failures=50",
    "retry_topic=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "publisher/publish#3",
];

/// A forwarder publishes the events on by their step. The second one lies elsewhere than the first, and is applied first.
const ANOTHER_KEY: &[&str] = &[
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

/// What it says of itself.
pub const ABOUT: About = About {
    name: "partitioned",
    title: "Partitioned by order",
    idea: "The key decides the partition; a partition has one consumer, who takes one event at a time.",
    costs: "One slow order holds up its whole partition, and consumers beyond the partitions are idle.",
    fails: "A crash before the acknowledgement brings the event again, and a delta is applied twice.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["consumers=3", "partitions=3", "orders=3", "steps=4", "held_back=30"],
    promises: &[
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Holds,
            premises: "one publisher for each order, one consumer for each partition, nothing delivered twice, and every event can be read",
            witness: &[],
        },
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas, and a crash before the acknowledgement",
            witness: DIES_BEFORE_ACK,
        },
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a hop in between publishes the events on by another key",
            witness: ANOTHER_KEY,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Holds,
            premises: "one publisher for each order; no partition changes hands; every hop is by the order",
            witness: &[],
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a hop in between publishes the events on by another key",
            witness: ANOTHER_KEY,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "an event is published under a wrong key",
            witness: WRONG_KEYS,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a partition is added in the middle of the run",
            witness: PARTITION_ADDED,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a rebalance, and the old owner only stood still",
            witness: OLD_OWNER,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a dead letter is redriven after a newer event was applied",
            witness: REDRIVEN_LATE,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "an event that failed is tried again on a retry topic, and later ones overtake it",
            witness: RETRIED_BESIDE,
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the broker hands out again what was not acknowledged, and every event can be read",
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a poison event, and no attempt limit: it blocks its partition",
            witness: BLOCKED,
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash before the acknowledgement",
            witness: DIES_BEFORE_ACK,
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a rebalance, and the old owner only stood still",
            witness: OLD_OWNER,
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.apply(&delivery.message).await?;
    bench.ack(delivery).await
}
