//! No stage protected: the way of an order as it is written first.
//!
//! Idea: carry out what is asked for, commit, publish, act upon what comes. Each line is right while nothing goes wrong
//! between it and the next one.
//! What it promises: nothing is announced that was not committed before.
//! How it still fails: at every stage. A customer that got no answer orders twice; a service that dies after its commit
//! tells nobody; two consumers of one queue overtake each other; a delivery that comes again is acted upon again.

use lab::event::{Message, Outcome, Reason};

use super::{ANSWER_LOST, About, Cell, DIES_BEFORE_ACK, EVERY_STORE, TROUBLE};
use crate::bench::{Bench, Delivery, Halt, Isolation};
use crate::strategies::Relay;

/// Nothing is left to a relay.
pub const RELAY: Option<Relay> = None;

/// The order is there, nobody was told, and the customer, who has no answer either, orders again.
const DIES_BEFORE_PUBLISH: &[&str] = &["lost-answer customer-1/request#1", "crash service-1/publish#1"];

/// Both consumers have an event of the order in hand, and the second one is quicker.
const OVERTAKEN: &[&str] = &[
    "changes=1",
    "consumers=2",
    "customer-1/request#1",
    "service-1/accept#1",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/commit#1",
    "service-1/publish#1",
    "service-1/respond#1",
    "customer-1/answer#1",
    "customer-1/request#2",
    "service-1/accept#2",
    "service-1/begin#2",
    "service-1/change#1",
    "service-1/commit#2",
    "service-1/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/ship#1",
    "consumer-1/ship#1",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "no-stage",
    title: "No stage protected",
    idea: "Carry out what is asked for, commit, publish, act upon what comes.",
    costs: "Nothing, while nothing goes wrong.",
    fails: "At every stage: a request, an event and a delivery that come twice or not at all.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell::breaks(
            "no-event-lost",
            EVERY_STORE,
            "a service that dies between its commit and its publication",
            DIES_BEFORE_PUBLISH,
        ),
        Cell::breaks("no-double-order", EVERY_STORE, "an answer that never comes", ANSWER_LOST),
        Cell::holds("no-phantom", EVERY_STORE, "the message is sent only after the commit"),
        Cell::holds("outbox-drained", EVERY_STORE, "there is no outbox"),
        Cell::holds("every-event-acted-upon", EVERY_STORE, "everything is acted upon, in whatever order"),
        Cell::breaks("order-kept-per-key", EVERY_STORE, "two consumers share one queue", OVERTAKEN),
        Cell::breaks(
            "no-double-effect",
            EVERY_STORE,
            "a consumer that dies before its acknowledgement",
            DIES_BEFORE_ACK,
        ),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    let Some(event) = bench.write_order(event).await? else {
        return Ok(Outcome::Refused(Reason::NotThere));
    };
    bench.commit().await?;
    while !bench.publish(&event).await? {
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
    Ok(Outcome::Done)
}

/// Acts upon whatever comes.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.ship(delivery).await?;
    bench.ack(delivery).await
}
