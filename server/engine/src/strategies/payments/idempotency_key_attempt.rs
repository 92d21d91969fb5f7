//! Idempotency key, from the attempt: each call makes up its own key.
//!
//! Idea: a key for each call, made where the call is made. The provider asks for one, so it gets one.
//! What it promises: everybody pays.
//! How it still fails: a repetition has another key, and to the provider it is another charge. The key must say what is
//! asked for, never who asks or how often.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE_AT_PROVIDER, senseless};
use crate::bench::{Bench, Delivery, Halt, attempt_of};

const NOT_IN_LEDGER: &str = "a row in our own database needs no key at a provider; that is the inbox";

/// The answer is lost, and the call is repeated under another key.
const ASKS_AGAIN_UNDER_ANOTHER_KEY: &[&str] = &["lost-answer consumer-1/call#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "idempotency-key-attempt",
    title: "Idempotency key, from the attempt",
    idea: "Call with a key that is new for each delivery.",
    costs: "The provider keeps keys that never come again.",
    fails: "A repetition has another key and is another charge.",
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
            value: Breaks,
            premises: "an answer that is lost: the call is repeated under another key",
            witness: ASKS_AGAIN_UNDER_ANOTHER_KEY,
        },
        Cell {
            invariant: "no-missing-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: COMES_AGAIN,
            witness: &[],
        },
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.call_provider(delivery, Some(&attempt_of(delivery))).await?;
    bench.ack(delivery).await
}
