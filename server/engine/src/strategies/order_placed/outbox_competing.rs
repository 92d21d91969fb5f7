//! Outbox, competing relays: several relays, and each passes over the rows that another has locked.
//!
//! Idea: a relay opens a transaction, reads the oldest rows that wait and locks them, `for update skip locked`. It
//! publishes them, marks them and commits. Another relay takes what comes next, at the same time.
//! What it promises: no event is lost and none is announced in vain; a relay that dies lets go of its rows at once.
//! How it still fails: two events of one order may be in the hands of two relays, and the second may be the faster one.
//! Delivery is at least once: a relay that dies before its commit has published and marked nothing.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, POSTGRES, SQLITE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How long a relay waits before it looks again, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str = "order and outbox in one database; relays that start again after a crash";
const NOT_HERE: &str = "SQLite has no row locks to skip. See outbox-competing-leases, where claims are columns.";

/// The first relay has the first event in hand when the second takes the second one, and is faster.
const OVERTAKEN: &[&str] = &[
    "changes=1",
    "relays=2",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "relay-1/begin#1",
    "relay-1/claim#1",
    "service-1/begin#2",
    "service-1/change#1",
    "service-1/outbox#2",
    "service-1/commit#2",
    "relay-2/begin#1",
    "relay-2/claim#1",
    "relay-2/publish#1",
    "relay-2/mark#1",
    "relay-2/commit#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-competing",
    title: "Outbox, skip locked",
    idea: "Several relays; each locks the oldest waiting rows that nobody else has locked, sends them, and commits.",
    costs: "A transaction that stays open for as long as the broker takes.",
    fails: "Two events of one order may be in two hands at once, and be sent in the wrong order.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=1", "relays=2", "crashes=8", "outage_ms=40", "poison=1"],
    promises: &[
        Cell::breaks(
            "order-kept-per-key",
            POSTGRES,
            "two relays, and two events of one order",
            OVERTAKEN,
        ),
        Cell::holds("no-event-lost", POSTGRES, PREMISES),
        Cell::holds("no-phantom", POSTGRES, PREMISES),
        Cell::holds("outbox-drained", POSTGRES, "the broker and a relay come back"),
        Cell::holds("no-double-effect", POSTGRES, "the consumer has an inbox"),
        Cell::not_on(SQLITE, "order-kept-per-key", NOT_HERE),
        Cell::not_on(SQLITE, "no-event-lost", NOT_HERE),
        Cell::not_on(SQLITE, "no-phantom", NOT_HERE),
        Cell::not_on(SQLITE, "outbox-drained", NOT_HERE),
        Cell::not_on(SQLITE, "no-double-effect", NOT_HERE),
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

/// Sends what waits and nobody has locked, oldest first, until nobody is left who could add to it.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        bench.begin(Isolation::Standard).await?;
        let rows = bench.unsent_skip_locked(bench.relay_batch()).await?;
        if rows.is_empty() && is_last_look {
            return bench.rollback().await;
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
        // Only now do others see the marks, and only now do they get what was not sent.
        bench.commit().await?;
        // As many as were asked for: more may lie behind them.
        if has_more {
            continue;
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}
