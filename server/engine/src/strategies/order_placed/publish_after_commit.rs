//! Publish after commit: first the order, then the message.
//!
//! Idea: commit the order, then tell the broker; if it does not answer, try again as the retry policy says.
//! What it promises: nobody hears of an order that does not exist.
//! How it still fails: between the commit and the publish lies a gap. Whoever dies there, or gives up on a broker that
//! is down, has placed an order that nobody ever hears of.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation};
use crate::strategies::Relay;

/// No relay: what is not published at once is never published.
pub const RELAY: Option<Relay> = None;

/// The order is committed, and the process dies before it can publish.
const DIES_BEFORE_PUBLISH: &[&str] = &["crash service-1/publish#1", "service-1/begin#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "publish-after-commit",
    title: "Publish after commit",
    idea: "Commit the order, then publish the message.",
    costs: "Nothing.",
    fails: "A crash or an outage after the commit: the order is there and nobody was told.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["services=2", "orders=3", "crashes=8"],
    promises: &[
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between commit and publish",
            witness: DIES_BEFORE_PUBLISH,
        },
        Cell {
            invariant: "no-phantom",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the message is sent only after the commit",
            witness: &[],
        },
        Cell {
            invariant: "outbox-drained",
            engines: EVERY_STORE,
            value: Holds,
            premises: "there is no outbox",
            witness: &[],
        },
        Cell {
            invariant: "no-double-effect",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the consumer has an inbox",
            witness: &[],
        },
    ],
};

/// Places one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    bench.place_order(event).await?;
    bench.commit().await?;
    while !bench.publish(event).await? {
        if !bench.retry().await? {
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
    Ok(Outcome::Done)
}
