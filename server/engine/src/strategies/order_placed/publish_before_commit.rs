//! Publish before commit: the message goes out inside the transaction.
//!
//! Idea: write the order, tell the broker, and commit only when it has taken the message.
//! What it promises: no committed order without its message.
//! How it still fails: the message cannot be taken back. Whoever dies before the commit has announced an order that
//! does not exist, and somebody ships it.

use lab::catalog::PromiseValue::{Breaks, Holds};
use lab::event::{Message, Outcome, Reason};

use super::{About, Cell, EVERY_STORE};
use crate::bench::{Bench, Halt, Isolation};
use crate::strategies::Relay;

/// No relay: what is not published at once is never published.
pub const RELAY: Option<Relay> = None;

/// The message is out, and the process dies before the commit.
const DIES_BEFORE_COMMIT: &[&str] = &["crash service-1/commit#1", "service-1/begin#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "publish-before-commit",
    title: "Publish before commit",
    idea: "Publish inside the transaction, and commit when the broker has the message.",
    costs: "The transaction stays open for as long as the broker takes.",
    fails: "A crash before the commit: others act on an order that does not exist.",
    retries: true,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &["services=2", "orders=3", "crashes=8", "outage_ms=20"],
    promises: &[
        Cell {
            invariant: "no-phantom",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between publish and commit",
            witness: DIES_BEFORE_COMMIT,
        },
        Cell {
            invariant: "no-event-lost",
            engines: EVERY_STORE,
            value: Holds,
            premises: "a broker that keeps what it took",
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
    while !bench.publish(event).await? {
        if !bench.retry().await? {
            bench.rollback().await?;
            return Ok(Outcome::Refused(Reason::GaveUp));
        }
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}
