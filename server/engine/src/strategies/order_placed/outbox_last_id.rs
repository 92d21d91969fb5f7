//! Outbox, last id: the relay asks for rows with a higher number than the last one it sent.
//!
//! Idea: order and message are written in one transaction, as with every outbox. The relay remembers the number of the
//! last row that it sent and asks for what comes after it. Nothing needs to be marked.
//! What it promises: on SQLite, which has one writer at a time, numbers are handed out in the order of the commits, and
//! nothing is skipped.
//! How it still fails: PostgreSQL hands numbers out before the commit. A transaction that took a lower number may commit
//! after one with a higher number was sent; then its row lies behind the relay, who never looks back.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Message, Outcome};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, event_of, place_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How many rows the relay takes at once.
const BATCH: u64 = 10;
/// How long the relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

/// The first service takes number 1 and commits late; number 2 is committed and sent before.
const COMMITS_LATE: &[&str] = &[
    "services=2",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-2/begin#1",
    "service-2/order#1",
    "service-2/outbox#1",
    "service-2/commit#1",
    "relay/claim#1",
    "relay/publish#1",
    "service-1/commit#1",
];

const ONE_WRITER: &str = "one writer at a time, so numbers are handed out in the order of the commits";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-last-id",
    title: "Outbox, last id",
    idea: "The relay sends the rows whose number is higher than the last one it sent, and marks nothing.",
    costs: "A poll every few milliseconds.",
    fails: "On PostgreSQL a row whose transaction commits late is skipped for good, without an error.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["services=2", "orders=3", "crashes=8", "outage_ms=40"],
    promises: &[
        Cell {
            invariant: "no-event-lost",
            engines: &["postgres"],
            value: Breaks,
            premises: "two services; the one with the lower number commits later",
            witness: COMMITS_LATE,
        },
        Cell {
            invariant: "no-event-lost",
            engines: &["sqlite"],
            value: Holds,
            premises: ONE_WRITER,
            witness: &[],
        },
        Cell {
            invariant: "outbox-drained",
            engines: &["postgres"],
            value: Breaks,
            premises: "two services; the one with the lower number commits later",
            witness: COMMITS_LATE,
        },
        Cell {
            invariant: "outbox-drained",
            engines: &["sqlite"],
            value: Holds,
            premises: ONE_WRITER,
            witness: &[],
        },
        Cell {
            invariant: "no-phantom",
            engines: EVERY_STORE,
            value: Holds,
            premises: "order and outbox in one database",
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

/// Sends what comes after the last number, until nobody is left who could add to it. The number is kept in memory: a
/// relay that starts again begins at the first row, and the consumer's inbox catches what it sends twice.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let (mut last, mut is_last_look) = (0, false);
    loop {
        let rows = bench.numbered_after(last, BATCH).await?;
        if rows.is_empty() && is_last_look {
            return Ok(());
        }
        for row in &rows {
            let event = event_of(row);
            bench.take_up(&event.id);
            if !bench.publish(&event).await? {
                break;
            }
            last = place_of(row);
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
