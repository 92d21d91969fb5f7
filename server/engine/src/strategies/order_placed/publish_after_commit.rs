//! Publish after commit: first the order, then the message.
//!
//! Idea: commit the order, then tell the broker; if it does not answer, try again as the retry policy says.
//! What it promises: nobody hears of an order that does not exist.
//! How it still fails: between the commit and the publish lies a gap. Whoever dies there, or gives up on a broker that
//! is down, has placed an order that nobody ever hears of. And in the gap the order is not locked: somebody else may
//! change it and publish first.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation};
use crate::strategies::Relay;

/// No relay: what is not published at once is never published.
pub const RELAY: Option<Relay> = None;

/// The order is committed, and the process dies before it can publish.
const DIES_BEFORE_PUBLISH: &[&str] = &["crash service-1/publish#1", "service-1/begin#1"];

/// The first service has committed and not published; the second changes the order and publishes.
const IS_OVERTAKEN: &[&str] = &[
    "services=2",
    "changes=1",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/commit#1",
    "service-2/begin#1",
    "service-2/order#1",
    "service-2/commit#1",
    "service-2/publish#1",
    "service-2/begin#2",
    "service-2/change#1",
    "service-2/commit#2",
    "service-2/publish#2",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "publish-after-commit",
    title: "Publish after commit",
    idea: "Commit the order, then publish the message.",
    costs: "Nothing.",
    fails: "A crash or an outage after the commit: the order is there and nobody was told.",
    retries: true,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=2", "crashes=8"],
    promises: &[
        Cell::breaks(
            "no-event-lost",
            EVERY_STORE,
            "a crash between commit and publish",
            DIES_BEFORE_PUBLISH,
        ),
        Cell::holds("no-phantom", EVERY_STORE, "the message is sent only after the commit"),
        Cell::holds("outbox-drained", EVERY_STORE, "there is no outbox"),
        Cell::breaks(
            "order-kept-per-key",
            EVERY_STORE,
            "two services handle the same order, and the first is slow to publish",
            IS_OVERTAKEN,
        ),
        Cell::holds("no-double-effect", EVERY_STORE, "the consumer has an inbox"),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    let Some(event) = bench.write_order(event).await? else {
        return Ok(Outcome::Refused(Reason::NotThere));
    };
    bench.commit().await?;
    // From here on the order is there, unlocked, and nobody has been told.
    while !bench.publish(&event).await? {
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
    Ok(Outcome::Done)
}
