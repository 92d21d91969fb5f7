//! Idempotency key, reused: one key for everything about a payment.
//!
//! Idea: the payment's name is the key. It does not change between attempts, so that seems to be right.
//! What it promises: nobody is charged twice.
//! How it still fails: when the payment is raised, the second request has the first one's key and another body. The
//! provider refuses it with 422, because it cannot know which of the two was meant, and the rest is never charged. A
//! key is for one request, not for one customer, order or payment.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, EVERY_STORE, PROVIDER_CALL, TROUBLE_AT_PROVIDER, senseless};
use crate::bench::{Bench, Delivery, Halt};

const NOT_IN_LEDGER: &str = "a row in our own database needs no key at a provider; that is the inbox";

/// The payment is raised, under the key of the first request.
const RAISED_UNDER_THE_SAME_KEY: &[&str] = &["corrections=100", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "idempotency-key-reused",
    title: "Idempotency key, reused",
    idea: "Call with the payment's name as the key, for its correction too.",
    costs: "The provider keeps keys and answers.",
    fails: "Another request under the same key is refused, and never charged.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        senseless("no-double-charge", NOT_IN_LEDGER),
        senseless("no-missing-charge", NOT_IN_LEDGER),
    ],
};

/// What it promises where a charge is a call to the provider.
pub const AT_PROVIDER: Setting = Setting {
    knobs: PROVIDER_CALL,
    trial: TROUBLE_AT_PROVIDER,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the provider keeps the key for as long as duplicates come",
            witness: &[],
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a payment that is raised: the same key with another body is refused",
            witness: RAISED_UNDER_THE_SAME_KEY,
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    let is_taken = bench.call_provider(delivery, Some(&delivery.message.key)).await?;
    if !is_taken {
        // Repeating it would not help: the same request under the same key is refused every time.
        bench.note(format!("{} is given up: the provider refused it", delivery.message.id)).await?;
    }
    bench.ack(delivery).await
}
