//! Outbox, competing relays with leases: several relays, and each writes its name and a time into the rows it takes.
//!
//! Idea: one statement marks the oldest rows that wait as taken by this relay until a time, and returns them. The relay
//! publishes each and marks it as sent. If it dies, its claims run out, and another relay takes the rows.
//! What it promises: no event is lost and none is announced in vain, without row locks and without a transaction that
//! stays open.
//! How it still fails: two events of one order may be in the hands of two relays, and the second may be the faster one.
//! A relay that stands still past its lease sends what another has sent meanwhile.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How many rows a relay takes at once.
const BATCH: u64 = 10;
/// How long a relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str = "order and outbox in one database; relays that start again after a crash";

/// The first relay has the first event in hand when the second takes the second one, and is faster.
const OVERTAKEN: &[&str] = &[
    "changes=1",
    "relays=2",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "relay-1/claim#1",
    "service-1/begin#2",
    "service-1/change#1",
    "service-1/outbox#2",
    "service-1/commit#2",
    "relay-2/claim#1",
    "relay-2/publish#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-competing-leases",
    title: "Outbox, claims with leases",
    idea: "Several relays; each writes its name and a time into the oldest waiting rows, and sends them meanwhile.",
    costs: "A write more for each row. After a crash its rows wait until the lease has run out.",
    fails: "Two events of one order may be in two hands at once, and be sent in the wrong order.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &[
        "services=2",
        "orders=2",
        "changes=1",
        "relays=2",
        "crashes=8",
        "pauses=4",
        "lease_ms=40",
        "outage_ms=40",
        "poison=1",
    ],
    promises: &[
        Cell::breaks(
            "order-kept-per-key",
            EVERY_STORE,
            "two relays, and two events of one order",
            OVERTAKEN,
        ),
        Cell::holds("no-event-lost", EVERY_STORE, PREMISES),
        Cell::holds("no-phantom", EVERY_STORE, PREMISES),
        Cell::holds("outbox-drained", EVERY_STORE, "the broker and the relay come back"),
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

/// Sends what it could claim, oldest first, until nobody is left who could add to it. What it could not send stays
/// claimed, and is free again when the lease has run out.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        let rows = bench.claim_unsent(BATCH).await?;
        if rows.is_empty() && is_last_look && bench.unsent(1).await?.is_empty() {
            return Ok(());
        }
        for event in rows.iter().map(event_of) {
            match bench.send(&event).await? {
                Sent::Taken => bench.mark_sent(&event).await?,
                Sent::Parked | Sent::Held => {}
                Sent::NotReached => break,
            }
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
