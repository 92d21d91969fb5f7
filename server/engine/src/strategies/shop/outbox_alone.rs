//! The outbox alone: the stage that everybody has heard of is protected, and no other.
//!
//! Idea: the order and its message are written in one transaction, and a relay sends the message later.
//! What it promises: no event is lost, and none is announced in vain. That is the whole of it.
//! How it still fails: the outbox knows nothing of requests that come twice, and it delivers at least once itself: a relay
//! that dies between publishing and marking publishes again, and nobody behind it notices.

use lab::event::{Message, Outcome, Reason};

use super::{ANSWER_LOST, About, Cell, EVERY_STORE, TROUBLE};
use crate::bench::{Bench, Delivery, Halt, Isolation};
use crate::strategies::Relay;

/// The relay that polls.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(bench.empty_outbox()));

const PREMISES: &str = "order and outbox in one database; a relay that starts again after a crash";

/// The order is there, and the customer has not heard of it.
const DIES_BEFORE_ANSWER: &[&str] = &["crash service-1/respond#1"];

/// The broker has the message, and nobody has written that down.
const SENT_TWICE: &[&str] = &["crash relay/mark#1"];

/// Both consumers have an event of the order in hand, and the second one is quicker.
const OVERTAKEN: &[&str] = &[
    "changes=1",
    "consumers=2",
    "customer-1/request#1",
    "service-1/accept#1",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "service-1/respond#1",
    "customer-1/answer#1",
    "customer-1/request#2",
    "service-1/accept#2",
    "service-1/begin#2",
    "service-1/change#1",
    "service-1/outbox#2",
    "service-1/commit#2",
    "relay/claim#1",
    "relay/publish#1",
    "relay/mark#1",
    "relay/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/ship#1",
    "consumer-1/ship#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-alone",
    title: "The outbox alone",
    idea: "Order and message in one transaction, a relay that sends; nothing else.",
    costs: "A table, a relay, and the time until it looks.",
    fails: "Before the outbox, where a request comes twice, and behind it, where a delivery does.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell::breaks("no-double-order", EVERY_STORE, "an answer that never comes", ANSWER_LOST),
        Cell::breaks(
            "no-double-order",
            EVERY_STORE,
            "a service that dies between its commit and its answer",
            DIES_BEFORE_ANSWER,
        ),
        Cell::holds("no-event-lost", EVERY_STORE, PREMISES),
        Cell::holds("no-phantom", EVERY_STORE, PREMISES),
        Cell::holds("outbox-drained", EVERY_STORE, PREMISES),
        Cell::holds("every-event-acted-upon", EVERY_STORE, "everything is acted upon, in whatever order"),
        Cell::breaks("order-kept-per-key", EVERY_STORE, "two consumers share one queue", OVERTAKEN),
        Cell::breaks(
            "no-double-effect",
            EVERY_STORE,
            "a relay that dies between the broker's acknowledgement and its own mark",
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

/// Acts upon whatever comes.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.ship(delivery).await?;
    bench.ack(delivery).await
}
