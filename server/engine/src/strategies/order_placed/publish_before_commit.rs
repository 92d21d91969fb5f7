//! Publish before commit: the message goes out inside the transaction.
//!
//! Idea: write the order, tell the broker, and commit only when it has taken the message.
//! What it promises: no committed order without its message.
//! How it still fails: the message cannot be taken back. Whoever dies before the commit has announced an order that
//! does not exist, and somebody ships it. And the messages of one order keep their order only because the order's row is
//! locked before the publish.

use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE, POSTGRES};
use crate::bench::{Bench, Halt, Isolation};
use crate::strategies::Relay;

/// No relay: what is not published at once is never published.
pub const RELAY: Option<Relay> = None;

/// The message is out, and the process dies before the commit.
const DIES_BEFORE_COMMIT: &[&str] = &["crash service-1/commit#1", "service-1/begin#1"];

/// Two services change the first order. The second to publish is the first to write its row.
const UNLOCKED: &[&str] = &[
    "services=2",
    "changes=2",
    "row_last=1",
    "service-1/begin#1",
    "service-1/publish#1",
    "service-1/order#1",
    "service-1/commit#1",
    "service-2/begin#1",
    "service-2/publish#1",
    "service-2/order#1",
    "service-2/commit#1",
    "service-2/begin#2",
    "service-2/look#1",
    "service-2/publish#2",
    "service-1/begin#2",
    "service-1/look#1",
    "service-1/publish#2",
    "service-1/change#1",
    "service-1/commit#2",
    "service-1/begin#3",
    "service-1/look#2",
    "service-1/publish#3",
    "service-1/change#2",
    "service-1/commit#3",
];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "publish-before-commit",
    title: "Publish before commit",
    idea: "Publish inside the transaction, and commit when the broker has the message.",
    costs: "The transaction stays open for as long as the broker takes.",
    fails: "A crash before the commit: others act on an order that does not exist.",
    retries: true,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=2", "crashes=8", "outage_ms=20"],
    promises: &[
        Cell::breaks(
            "no-phantom",
            EVERY_STORE,
            "a crash between publish and commit",
            DIES_BEFORE_COMMIT,
        ),
        Cell::holds("no-event-lost", EVERY_STORE, "a broker that keeps what it took"),
        Cell::holds("outbox-drained", EVERY_STORE, "there is no outbox"),
        Cell::holds(
            "order-kept-per-key",
            EVERY_STORE,
            "the order's row is written, and so locked, before the publish",
        ),
        Cell::breaks(
            "order-kept-per-key",
            POSTGRES,
            "the row is written after the publish: nothing orders the two services when they publish",
            UNLOCKED,
        ),
        Cell::holds("no-double-effect", EVERY_STORE, "the consumer has an inbox"),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    let is_row_last = bench.writes_row_last();
    let numbered =
        if is_row_last { bench.number_order(event).await? } else { bench.write_order(event).await? };
    let Some(event) = numbered else { return Ok(Outcome::Refused(Reason::NotThere)) };
    while !bench.publish(&event).await? {
        if !bench.retry().await? {
            bench.rollback().await?;
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
    if is_row_last {
        bench.write_order(&event).await?;
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}
