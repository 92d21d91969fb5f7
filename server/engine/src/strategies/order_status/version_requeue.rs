//! Version, requeue: an event that comes too early is given back, until its predecessor has been applied.
//!
//! Idea: one statement advances the view by one version, or does nothing. An event that is further ahead goes back to
//! the broker, which hands it out again after a while, each time a longer one. Nothing is stored on the side.
//! What it promises: every event is applied, in the order of the source, each once, for documents and for deltas, if
//! the broker tries long enough.
//! How it still fails: brokers count attempts. An event whose predecessor takes longer than they last goes to the dead
//! letters, and the view stays incomplete until somebody redrives it, after its predecessor.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::Effect;

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// The first event is in slow hands; the second one comes too early on its only attempt.
const OUT_OF_ATTEMPTS: &[&str] = &[
    "deliveries_max=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-2/look#1",
    "consumer-2/nack#1",
    "consumer-1/apply#1",
];

const PREMISES: &str = "versions from the source; attempts outlast the delays and every event can be read, or dead letters are redriven in order";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "version-requeue",
    title: "Version, requeue",
    idea: "An event is applied only on the version before it; one that comes too early goes back to the broker.",
    costs: "Deliveries that do nothing: the more the later the predecessor is.",
    fails: "Past the attempt limit an event is a dead letter, and the view is incomplete until it is redriven in order.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[
        "consumers=3",
        "orders=2",
        "steps=4",
        "deltas=1",
        "held_back=30",
        "lost_acks=30",
        "crashes=5",
        "poisoned=10",
        "deliveries_max=6",
        "redrive=1",
    ],
    promises: &[
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "final-view-correct",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "fewer attempts than the predecessor is late, and nobody redrives",
            witness: OUT_OF_ATTEMPTS,
        },
        Cell {
            invariant: "view-never-goes-back",
            engines: EVERY_STORE,
            value: Holds,
            premises: "versions from the source",
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: "what is not applied lies with the dead letters: where no attempt limit puts it there, every event can be read",
            witness: &[],
        },
        Cell {
            invariant: "none-applied-twice",
            engines: EVERY_STORE,
            value: Holds,
            premises: "versions from the source",
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    let event = &delivery.message;
    if bench.apply_if_next(event).await? == Effect::Unchanged && event.version > bench.shown_version(event).await? {
        return bench.nack(delivery, "its predecessor has not been applied").await;
    }
    bench.ack(delivery).await
}
