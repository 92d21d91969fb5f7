//! Outbox, notified relay: the commit itself wakes the relay, and polling stays as the safety net.
//!
//! Idea: `notify` in the transaction of the order; PostgreSQL passes it on when that commits. The relay listens, looks
//! once, and then sleeps until it is woken or a longer while has passed.
//! What it promises: what outbox-polling promises, sooner and with fewer looks at an empty table.
//! How it still fails: a notification is not kept. A relay that is down when it is sent never hears it; without the look
//! after listening and the slow poll, the row would lie there for good.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, POSTGRES, SQLITE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// How long the relay waits for a notification before it looks by itself, in microseconds of run time.
const SAFETY_NET_US: u64 = 100_000;

const PREMISES: &str = "order and outbox in one database; the relay listens before it looks, and looks now and then unasked";
const NOT_HERE: &str = "SQLite has no notifications between connections. See outbox-polling.";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-notify",
    title: "Outbox, notified relay",
    idea: "The commit notifies the relay, which otherwise looks only now and then.",
    costs: "A connection that only listens. Commits that notify queue for one lock of the whole server.",
    fails: "A notification that is sent while the relay is down is never heard: the slow poll must find the row.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=3", "changes=1", "crashes=8", "outage_ms=40", "poison=1"],
    promises: &[
        Cell::holds("no-event-lost", POSTGRES, PREMISES),
        Cell::holds("no-phantom", POSTGRES, PREMISES),
        Cell::holds("outbox-drained", POSTGRES, "the broker and the relay come back"),
        Cell::holds(
            "order-kept-per-key",
            POSTGRES,
            "one relay; the order's row is written, and so locked, before the outbox; the consumer has an inbox, or minds versions",
        ),
        Cell::holds("no-double-effect", POSTGRES, "the consumer has an inbox"),
        Cell::not_on(SQLITE, "no-event-lost", NOT_HERE),
        Cell::not_on(SQLITE, "no-phantom", NOT_HERE),
        Cell::not_on(SQLITE, "outbox-drained", NOT_HERE),
        Cell::not_on(SQLITE, "order-kept-per-key", NOT_HERE),
        Cell::not_on(SQLITE, "no-double-effect", NOT_HERE),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    if !bench.write_order_with_outbox(event).await? {
        return Ok(Outcome::Refused(Reason::NotThere));
    }
    bench.notify().await?;
    bench.commit().await?;
    Ok(Outcome::Done)
}

/// Sends what waits, oldest first, whenever it is woken, until nobody is left who could add to it.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    // Listening comes before the first look: a row that is committed in between is found by the one or the other.
    bench.listen().await?;
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
        is_last_look = bench.poll_or_hear(SAFETY_NET_US).await?;
    }
}
