//! Outbox, competing relays by key: several relays, and each claims a whole order before it sends its events.
//!
//! Idea: a relay takes a lease on an order, reads the rows of that order that wait, and sends them one after the other.
//! Other orders are free for other relays.
//! What it promises: the events of one order are sent in their order, by one relay at a time. Even a relay that stands
//! still past its lease is late only with what another has sent meanwhile; the consumer's inbox catches that.
//! How it still fails: without an inbox the late message arrives after newer ones, and an old state replaces a new one.
//! Then the consumer must mind versions.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of, order_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How many rows a relay takes at once.
const BATCH: u64 = 10;
/// How long a relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str = "order and outbox in one database; relays that start again after a crash";

/// The first relay has the order's first event in hand and stands still. Another sends both events meanwhile.
const OUTLIVES_ITS_LEASE: &[&str] = &[
    "changes=1",
    "relays=2",
    "keeps_inbox=0",
    "pause relay-1/publish#1",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "relay-1/claim#1",
    "relay-1/acquire#1",
    "relay-1/claim#2",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-competing-by-key",
    title: "Outbox, claims by key",
    idea: "Several relays; each takes a lease on an order before it sends that order's events.",
    costs: "Two writes and a read more for each order. After a crash its order waits until the lease has run out.",
    fails: "A relay that outlives its lease sends old events again, after newer ones.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: true,
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
            "no inbox and no version check at the consumer, and a relay that stands still past its lease",
            OUTLIVES_ITS_LEASE,
        ),
        Cell::holds(
            "order-kept-per-key",
            EVERY_STORE,
            "the consumer has an inbox, or minds versions; relays may outlive their leases",
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

/// Sends the events of one order after the other, until nobody is left who could add to them.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        let waiting = bench.unsent(BATCH).await?;
        if waiting.is_empty() && is_last_look {
            return Ok(());
        }
        for (place, order) in waiting.iter().map(order_of).enumerate() {
            let is_tried = waiting[..place].iter().any(|before| order_of(before) == order);
            if is_tried {
                continue;
            }
            if let Some(lease) = bench.try_acquire(&order).await? {
                send_all_of(bench, &order.key).await?;
                bench.release(&lease).await?;
            }
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}

/// Sends what waits of one order. It is read again, under the lease: what was read before may have been sent.
async fn send_all_of(bench: &mut Bench, key: &str) -> Result<(), Halt> {
    for event in bench.unsent_of(key, BATCH).await?.iter().map(event_of) {
        match bench.send(&event).await? {
            Sent::Taken => bench.mark_sent(&event).await?,
            Sent::Parked | Sent::Held => {}
            Sent::NotReached => break,
        }
    }
    Ok(())
}
