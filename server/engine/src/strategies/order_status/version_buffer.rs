//! Version, buffer: an event that comes too early waits in a table until its predecessor has been applied.
//!
//! Idea: one statement advances the view by one version, or does nothing. An event that is further ahead is stored in
//! the buffer, and only then acknowledged. Whoever has brought an event into the view, or into the buffer, looks what
//! in the buffer is next, until nothing is.
//! What it promises: every event is applied, in the order of the source, each once, for documents and for deltas. The
//! order of arrival does not matter, nor a crash: what was acknowledged is stored.
//! How it still fails: a predecessor that never comes holds up its order. With a time-out the gap is given up, and what
//! comes later than that is too old: a delta is lost. Beyond the bound nothing is stored, and events are given back.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Effect, Message};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt};

/// The first event is in slow hands; the second one waits, until the third one finds that it has waited too long.
const GIVEN_UP: &[&str] = &[
    "deltas=1",
    "steps=3",
    "buffer_ms=1",
    "publisher/publish#1",
    "publisher/publish#2",
    "publisher/publish#3",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-2/look#1",
    "consumer-2/buffer#1",
    "consumer-2/claim#1",
    "consumer-2/look#2",
    "consumer-2/ack#1",
    "consumer-2/receive#2",
    "consumer-2/apply#2",
    "consumer-2/look#3",
    "consumer-2/buffer#2",
    "consumer-2/claim#2",
    "consumer-2/look#4",
    "consumer-2/apply#3",
    "consumer-1/apply#1",
];

const PREMISES: &str = "versions from the source; every predecessor comes, dead letters by a redrive; no time-out";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "version-buffer",
    title: "Version, buffer",
    idea: "An event is applied only on the version before it; one that comes too early waits in a table.",
    costs: "Two writes and a look for each early event, and orders that stand still while a predecessor is missing.",
    fails: "When the buffer gives up on a gap, the event that comes after all is too old.",
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
            premises: "deltas, and a time-out shorter than an event is late",
            witness: GIVEN_UP,
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
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "deltas, and a time-out shorter than an event is late",
            witness: GIVEN_UP,
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
    if bench.apply_if_next(event).await? == Effect::Unchanged {
        let shown = bench.shown_version(event).await?;
        if event.version > shown + bench.buffer_span() {
            return bench.nack(delivery, "too far ahead for the buffer").await;
        }
        if event.version > shown {
            bench.put_into_buffer(event).await?;
        }
    }
    drain(bench, event).await?;
    bench.ack(delivery).await
}

/// Applies what waits and is next. It looks again after each: somebody may have put more there, believing that it
/// comes too early, just before this one was applied.
async fn drain(bench: &mut Bench, event: &Message) -> Result<(), Halt> {
    while let Some(waiting) = bench.first_in_buffer(event).await? {
        let shown = bench.shown_version(event).await?;
        if waiting.event.version > shown + 1 && !waiting.overdue {
            break;
        }
        if waiting.event.version > shown {
            bench.apply_buffered(&waiting).await?;
        }
        bench.take_out_of_buffer(&waiting).await?;
    }
    Ok(())
}
