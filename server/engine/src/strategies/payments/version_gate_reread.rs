//! Version gate, re-read: the expected version is read from the row, just before the write.
//!
//! Idea: read the payment's row, add to it, and write only if its version is still the one that was read. It looks like
//! the version gate, and like optimistic concurrency it is.
//! What it promises: no write is lost between consumers, so everybody pays.
//! How it still fails: against duplicates it does nothing. A second delivery reads the version that the first one left,
//! finds it unchanged, and adds again. Who asks the row where it stands can only learn that it stands there.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{About, Cell, Setting, COMES_AGAIN, EVERY_STORE, PROVIDER_CALL, TROUBLE, senseless};
use crate::bench::{Bench, Delivery, Halt};

const NOT_AT_PROVIDER: &str = "a payment's version stands in our own database; the provider's charges have none";

/// The charge is added, and the process dies before it acknowledges.
const DIES_BEFORE_ACK: &[&str] = &["crash consumer-1/ack#1", "publisher/publish#1", "consumer-1/receive#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "version-gate-reread",
    title: "Version gate, re-read",
    idea: "Read the row's version, add to the amount, write if the version is unchanged.",
    costs: "A read for each delivery, and repetitions under contention.",
    fails: "A duplicate reads the newest version and passes the gate.",
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
            premises: "a crash between the charge and the acknowledgement",
            witness: DIES_BEFORE_ACK,
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
    let (charged, version) = bench.charged_so_far(payment).await?;
    if !bench.charge_if_version(payment, charged + payment.number("adds"), version).await? {
        // Somebody else wrote in between. Without an acknowledgement the message comes again.
        return Ok(());
    }
    bench.ack(delivery).await
}
