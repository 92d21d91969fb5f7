//! Outbox, last id: the relay asks for rows with a higher number than the last one it sent.
//!
//! Idea: order and message are written in one transaction, as with every outbox. The relay remembers the number of the
//! last row that it sent and asks for what comes after it. Nothing needs to be marked.
//! What it promises: on SQLite, which has one writer at a time, numbers are handed out in the order of the commits, and
//! nothing is skipped.
//! How it still fails: PostgreSQL hands numbers out before the commit. A transaction that took a lower number may commit
//! after one with a higher number was sent; then its row lies behind the relay, who never looks back.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE, POSTGRES, SQLITE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of, place_of};
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

const ONE_WRITER: &str = "one writer at a time, so numbers are handed out in the order of the commits; every row can be read";

/// Two services change the first order. The one with the higher number in the outbox is the first to write its row.
const NUMBERED_BEFORE_LOCKED: &[&str] = &[
    "services=2",
    "changes=2",
    "row_last=1",
    "service-1/begin#1",
    "service-1/outbox#1",
    "service-1/order#1",
    "service-1/commit#1",
    "service-2/begin#1",
    "service-2/outbox#1",
    "service-2/order#1",
    "service-2/commit#1",
    "service-2/begin#2",
    "service-2/look#1",
    "service-2/outbox#2",
    "service-1/begin#2",
    "service-1/look#1",
    "service-1/outbox#2",
    "service-1/change#1",
    "service-1/commit#2",
    "service-1/begin#3",
    "service-1/look#2",
    "service-1/outbox#3",
    "service-1/change#2",
    "service-1/commit#3",
];

const LATE: &str = "two services; the one with the lower number commits later";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-last-id",
    title: "Outbox, last id",
    idea: "The relay sends the rows whose number is higher than the last one it sent, and marks nothing.",
    costs: "A poll every few milliseconds.",
    fails: "On PostgreSQL a row whose transaction commits late is skipped for good, without an error; on every engine a row that cannot be read is.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=2", "crashes=8", "outage_ms=40"],
    promises: &[
        Cell::breaks("no-event-lost", POSTGRES, LATE, COMMITS_LATE),
        Cell::holds("no-event-lost", SQLITE, ONE_WRITER),
        Cell::breaks("outbox-drained", POSTGRES, LATE, COMMITS_LATE),
        Cell::holds("outbox-drained", SQLITE, ONE_WRITER),
        Cell::holds("no-phantom", EVERY_STORE, "order and outbox in one database"),
        Cell::breaks(
            "order-kept-per-key",
            POSTGRES,
            "the order's row is written after the outbox: numbers are handed out before anything is locked",
            NUMBERED_BEFORE_LOCKED,
        ),
        Cell::holds("order-kept-per-key", SQLITE, ONE_WRITER),
        Cell::holds("no-double-effect", EVERY_STORE, "the consumer has an inbox"),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    if !bench.write_order_with_outbox(event).await? {
        return Ok(Outcome::Refused(Reason::NotThere));
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}

/// Sends what comes after the last number, until nobody is left who could add to it. The number is kept in memory: a
/// relay that starts again begins at the first row, and the consumer's inbox catches what it sends twice. What cannot be
/// read is parked, and never looked at again.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let (mut last, mut is_last_look) = (0, false);
    loop {
        let rows = bench.numbered_after(last, BATCH).await?;
        if rows.is_empty() && is_last_look {
            return Ok(());
        }
        for row in &rows {
            if bench.send(&event_of(row)).await? == Sent::NotReached {
                break;
            }
            last = place_of(row);
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
