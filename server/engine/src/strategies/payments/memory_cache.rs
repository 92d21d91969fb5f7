//! Memory cache: charge what the process does not have in mind.
//!
//! Idea: each consumer keeps the ids that it has handled in its own memory, for a while, and passes over what it knows.
//! What it promises: everybody pays, because nothing is remembered that was not charged.
//! How it still fails: the memory dies with the process, is forgotten after its time, and nobody else can look into it.
//! Each of the three is an ordinary day: a deployment, a long outage, a second consumer.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt};

/// The process dies before it acknowledges, and its memory with it.
const DIES_WITH_MEMORY: &[&str] = &["crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];
/// The acknowledgement is lost, and the message comes again after the id was forgotten.
const FORGETS: &[&str] = &["kept_ms=100", "lost_acks=100", "publisher/publish#1", "consumer-1/receive#1"];
/// The publisher publishes twice, and two consumers have a memory each.
const TWO_MEMORIES: &[&str] = &[
    "consumers=2", "lost-confirm publisher/publish#1",
    "publisher/publish#1", "publisher/publish#2", "consumer-1/receive#1", "consumer-2/receive#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "memory-cache",
    title: "Memory cache",
    idea: "Keep handled ids in the process's own memory, and pass over what is known there.",
    costs: "Memory, for as long as ids are kept.",
    fails: "The memory dies with the process, forgets, and is nobody else's.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash before the acknowledgement: the memory is gone",
            witness: DIES_WITH_MEMORY,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the message comes again after the id was forgotten",
            witness: FORGETS,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two consumers, and a second copy of the message",
            witness: TWO_MEMORIES,
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
    trial: TROUBLE_AT_PROVIDER,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash before the acknowledgement: the memory is gone",
            witness: DIES_WITH_MEMORY,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the message comes again after the id was forgotten",
            witness: FORGETS,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two consumers, and a second copy of the message",
            witness: TWO_MEMORIES,
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
    if !bench.recall(&delivery.message).await? {
        bench.charge(delivery).await?;
        // Only now: whoever keeps an id in mind first, and gets no answer, would pass over a payment never charged.
        bench.memorise(&delivery.message).await?;
    }
    bench.ack(delivery).await
}
