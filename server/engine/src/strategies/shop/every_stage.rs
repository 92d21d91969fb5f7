//! Every stage protected: two transactions, a relay, and a partition for each order's events.
//!
//! Idea: the service claims the request's key, writes the order and its message in one transaction. A relay sends, by the
//! order's key. The consumer remembers the event, minds its version and acts in one transaction, and acknowledges after
//! it. Whatever comes again finds its own trace.
//! What it promises: one order for each request and one shipment for each event, in the order of the order's events,
//! through lost requests, answers, confirmations and acknowledgements, through crashes, standstills and outages.
//! How it still fails: where a trace is forgotten, by keys or ids that are kept for less long than somebody tries, and where
//! somebody acts outside the database that holds the trace.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Delivery, Halt, Isolation};
use crate::strategies::Relay;

/// The relay that polls.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(bench.empty_outbox()));

const CLAIMED: &str = "one key for each request, however often it is sent, kept for ever and beside the orders";
const SENT: &str = "order and outbox in one database; a relay that starts again after a crash";
const IN_LINE: &str = "one relay; the order's row is locked before its message is numbered";
const CAUGHT: &str = "the inbox is in the database that holds the shipments, and its ids are kept for ever";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "every-stage",
    title: "Every stage protected",
    idea: "Claimed keys, an outbox, partitions by order, an inbox and versions: each in the transaction of its stage.",
    costs: "A row more for each request, each message and each delivery, and the time until the relay looks.",
    fails: "Where a key or an id is forgotten too early, and where an effect is outside the database.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &[
        "customers=2",
        "orders=2",
        "changes=1",
        "services=2",
        "consumers=2",
        "lost_answers=30",
        "lost_confirms=20",
        "held_back=30",
        "lost_acks=30",
        "crashes=4",
        "pauses=2",
        "rebalance=1",
        "outage_at_ms=100",
        "outage_ms=200",
    ],
    promises: &[
        Cell::holds("no-double-order", EVERY_STORE, CLAIMED),
        Cell::holds("no-event-lost", EVERY_STORE, SENT),
        Cell::holds("no-phantom", EVERY_STORE, SENT),
        Cell::holds("outbox-drained", EVERY_STORE, SENT),
        Cell::holds("every-event-acted-upon", EVERY_STORE, IN_LINE),
        Cell::holds("order-kept-per-key", EVERY_STORE, IN_LINE),
        Cell::holds("no-double-effect", EVERY_STORE, CAUGHT),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    if !bench.claim_request().await? {
        // It was carried out before: the customer is told what came of it.
        bench.commit().await?;
        return Ok(Outcome::Done);
    }
    if !bench.write_order_with_outbox(event).await? {
        return Ok(Outcome::Refused(Reason::NotThere));
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}

/// Acts upon an event that is new, and newer than all that it acted upon before.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.begin(Isolation::Standard).await?;
    if bench.remember(&delivery.message).await? && bench.is_newest(&delivery.message).await? {
        bench.ship(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
