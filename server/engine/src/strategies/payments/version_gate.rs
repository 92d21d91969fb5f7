//! Version gate: charge only if the payment stands where the message says that it stands.
//!
//! Idea: each message carries its version, and is written only over its predecessor's, in one statement. A duplicate
//! finds its own version or a later one, and writes nothing. A message that comes too early is not acknowledged, so
//! that it comes again after its predecessor.
//! What it promises: each payment is charged once, in order, through duplicates and reordering, with nothing else to
//! remember than the version in the row.
//! How it still fails: it does not, while the version travels in the message. The row must be in our own database.

use lab::catalog::PromiseValue::Holds;

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, senseless};
use crate::bench::{Bench, Delivery, Halt};

const NOT_AT_PROVIDER: &str = "a payment's version stands in our own database; the provider's charges have none";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "version-gate",
    title: "Version gate",
    idea: "Write over the predecessor's version, which follows from the message's own; whatever comes too early comes again.",
    costs: "Messages that come too early wait for their next delivery.",
    fails: "Not wrongly, while the expected version comes with the message; a message whose predecessor never comes is handed out again for ever.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: TROUBLE,
    promises: &[
        Cell {
            invariant: "no-double-charge",
            engines: EVERY_STORE,
            value: Holds,
            premises: "the expected version travels in the message",
            witness: &[],
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
    trial: &[],
    promises: &[
        senseless("no-double-charge", NOT_AT_PROVIDER),
        senseless("no-missing-charge", NOT_AT_PROVIDER),
    ],
};

/// Handles one delivery.
pub async fn handle(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    let payment = &delivery.message;
    if !bench.charge_if_version(payment, payment.number("amount"), payment.version - 1).await? {
        let (_, version) = bench.charged_so_far(payment).await?;
        if version < payment.version {
            // Its predecessor has not come yet. Without an acknowledgement this message comes again.
            return Ok(());
        }
    }
    bench.ack(delivery).await
}
