//! Outbox, polling: the message is a row, written with the order; a relay sends it later.
//!
//! Idea: in one transaction, write the order and a row in the outbox. A relay reads the oldest rows that wait,
//! publishes them and marks them as sent. Either the order and its message are both there or neither is.
//! What it promises: no event is lost and none is announced in vain, through crashes of service and relay and while the
//! broker is down; then the outbox grows, and drains afterwards.
//! How it still fails: whoever dies between publishing and marking publishes again. Delivery is at least once, and the
//! consumer needs an inbox.

use lab::catalog::PromiseValue::Holds;
use lab::event::{Message, Outcome};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, event_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How many rows the relay takes at once.
const BATCH: u64 = 10;
/// How long the relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str = "order and outbox in one database; a relay that starts again after a crash";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-polling",
    title: "Outbox, polling relay",
    idea: "Write the message as a row beside the order, in one transaction; a relay sends it and marks it.",
    costs: "A write for each message, and a poll every few milliseconds.",
    fails: "Messages are sent at least once: without an inbox at the consumer there are duplicates.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["services=2", "orders=3", "crashes=8", "outage_ms=40"],
    promises: &[
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-phantom",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "outbox-drained",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the broker and the relay come back",
            witness: &[],
        },
        Cell {
            invariant: "no-double-effect",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the consumer has an inbox",
            witness: &[],
        },
    ],
};

/// Places one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    bench.place_order(event).await?;
    bench.put_into_outbox(event).await?;
    bench.commit().await?;
    Ok(Outcome::Done)
}

/// Sends what waits, oldest first, until nobody is left who could add to it.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        let rows = bench.unsent(BATCH).await?;
        if rows.is_empty() && is_last_look {
            return Ok(());
        }
        for event in rows.iter().map(event_of) {
            bench.take_up(&event.id);
            if !bench.publish(&event).await? {
                break;
            }
            bench.mark_sent(&event).await?;
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
