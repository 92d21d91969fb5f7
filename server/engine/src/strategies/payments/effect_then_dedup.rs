//! Charge, then remember: two statements, each on its own.
//!
//! Idea: look whether the payment is remembered; if not, charge, and write its id into a table afterwards. Whatever is
//! remembered has really been charged.
//! What it promises: everybody pays: what was not remembered is charged when it comes again.
//! How it still fails: between the two lies a gap. Whoever dies there, or hears no answer, has charged a payment that
//! nobody remembers, and the next delivery charges it again. Two consumers with two copies of a message need not even
//! that: both look before either remembers.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, TROUBLE_AT_PROVIDER};
use crate::bench::{Bench, Delivery, Halt};

/// The payment is charged, and the process dies before it remembers.
const DIES_BEFORE_REMEMBER: &[&str] = &["crash consumer-1/remember#1", "publisher/publish#1", "consumer-1/receive#1"];
/// Two consumers have a copy each, and both look before either remembers: nobody crashes.
const BOTH_LOOK: &[&str] = &[
    "consumers=2",
    "lost-confirm publisher/publish#1",
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-1/look#1",
    "consumer-2/receive#1",
    "consumer-2/look#1",
];
/// The provider has charged, and its answer is lost.
const HEARS_NO_ANSWER: &[&str] = &["lost-answer consumer-1/call#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "effect-then-dedup",
    title: "Charge, then remember",
    idea: "Look whether the payment is remembered; if not, charge, and remember it afterwards.",
    costs: "A row for each payment, for as long as duplicates may come.",
    fails: "A crash or a lost answer between the two leaves a charge that nobody remembers; and of two consumers side by side both look, see nothing, and both charge.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "a crash between charging and remembering",
            witness: DIES_BEFORE_REMEMBER,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two consumers with two copies of the message: both look before either remembers",
            witness: BOTH_LOOK,
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

/// What it promises where a charge is a call to the provider.
pub const AT_PROVIDER: Setting = Setting {
    knobs: PROVIDER_CALL,
    trial: TROUBLE_AT_PROVIDER,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "an answer that is lost: charged, and not remembered",
            witness: HEARS_NO_ANSWER,
        },
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Breaks,
            premises: "two consumers with two copies of the message: both look before either remembers",
            witness: BOTH_LOOK,
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
    bench.prune().await?;
    if !bench.was_handled(&delivery.message).await? {
        bench.charge(delivery).await?;
        bench.remember(&delivery.message).await?;
    }
    bench.ack(delivery).await
}
