//! Idempotency key: the provider knows what it has charged.
//!
//! Idea: each call carries a key that is the same however often the payment is delivered: the id of the request itself.
//! The provider charges once for a key, keeps its answer, and gives it again to whoever repeats the call.
//! What it promises: each payment is charged once, through crashes in the middle of a call, lost answers, and consumers
//! side by side. There is nothing to remember on our side.
//! How it still fails: when the provider forgets the key before the last repetition has come.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, EVERY_STORE, PROVIDER_CALL, TROUBLE_AT_PROVIDER, senseless};
use crate::bench::{Bench, Delivery, Halt};

const NOT_IN_LEDGER: &str = "a row in our own database needs no key at a provider; that is the inbox";

const PREMISES: &str = "the key is the request's own, and the provider keeps it for as long as duplicates come";
/// The answer is lost, and the call is repeated after the provider forgot the key.
const COMES_AFTER_ITS_KEY: &[&str] = &["kept_ms=100", "lost-answer consumer-1/call#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "idempotency-key",
    title: "Idempotency key",
    idea: "Call with a key that belongs to the request; the provider charges once for a key and repeats its answer.",
    costs: "The provider keeps keys and answers.",
    fails: "When a repetition comes after the provider has forgotten the key.",
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
            premises: PREMISES,
            witness: &[],
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "the provider forgets the key before the call is repeated",
            witness: COMES_AFTER_ITS_KEY,
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: PREMISES,
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.call_provider(delivery, Some(&delivery.message.id)).await?;
    bench.ack(delivery).await
}
