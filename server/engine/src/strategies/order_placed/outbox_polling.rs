//! Outbox, polling: the message is a row, written with the order; a relay sends it later.
//!
//! Idea: in one transaction, write the order and a row in the outbox. A relay reads the oldest rows that wait,
//! publishes them and marks them as sent. Either the order and its message are both there or neither is.
//! What it promises: no event is lost and none is announced in vain, through crashes of service and relay and while the
//! broker is down; then the outbox grows, and drains afterwards.
//! How it still fails: whoever dies between publishing and marking publishes again. Delivery is at least once, and the
//! consumer needs an inbox. Numbers are handed out before the commit: only a lock that is taken before the number keeps the
//! events of one order in their order.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE, POSTGRES};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How long the relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str = "order and outbox in one database; a relay that starts again after a crash";

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

/// The first event of the order cannot be read. Parked alone, it is overtaken by the second before somebody mends it.
const OVERTAKES_A_PARKED_ROW: &[&str] = &["changes=1", "poison=1", "park_row_only=1"];

/// The broker has the message, and nobody has written that down.
const SENT_TWICE: &[&str] = &["keeps_inbox=0", "crash relay/mark#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-polling",
    title: "Outbox, polling relay",
    idea: "Write the message as a row beside the order, in one transaction; a relay sends it and marks it.",
    costs: "A write for each message, and a poll every few milliseconds.",
    fails: "Messages are sent at least once: without an inbox at the consumer there are duplicates.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=2", "crashes=8", "outage_ms=40", "poison=1"],
    promises: &[
        Cell::holds("no-event-lost", EVERY_STORE, PREMISES),
        Cell::holds("no-phantom", EVERY_STORE, PREMISES),
        Cell::holds("outbox-drained", EVERY_STORE, "the broker and the relay come back"),
        Cell::holds(
            "order-kept-per-key",
            EVERY_STORE,
            "one relay; the order's row is written, and so locked, before the outbox; a row that cannot be read holds up its order; the consumer has an inbox, or minds versions",
        ),
        Cell::breaks(
            "order-kept-per-key",
            POSTGRES,
            "the order's row is written after the outbox: numbers are handed out before anything is locked",
            NUMBERED_BEFORE_LOCKED,
        ),
        Cell::breaks(
            "order-kept-per-key",
            EVERY_STORE,
            "a row that cannot be read is parked alone, and its order's later rows go on",
            OVERTAKES_A_PARKED_ROW,
        ),
        Cell::holds("no-double-effect", EVERY_STORE, "the consumer has an inbox"),
        Cell::breaks(
            "no-double-effect",
            EVERY_STORE,
            "no inbox, and a relay that dies between the broker's acknowledgement and its own mark",
            SENT_TWICE,
        ),
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

/// Sends what waits, oldest first, until nobody is left who could add to it.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        let rows = bench.unsent(bench.relay_batch()).await?;
        if rows.is_empty() && is_last_look {
            return Ok(());
        }
        let mut has_more = rows.len() as u64 == bench.relay_batch();
        for event in rows.iter().map(event_of) {
            match bench.send(&event).await? {
                Sent::Taken => bench.mark_sent_or_later(&event).await?,
                Sent::Parked | Sent::Held => {}
                Sent::NotReached => {
                    has_more = false;
                    break;
                }
            }
        }
        bench.mark_together().await?;
        // As many as were asked for: more may lie behind them.
        if has_more {
            continue;
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
