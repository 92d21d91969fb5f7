//! Nobody charged for nothing: whoever paid gets a parcel.

use super::checkouts::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "nobody-charged-for-nothing",
    title: "Nobody charged for nothing",
    breach: "charged for nothing",
    rule: "When everybody is done, each payment that stands has a parcel that was sent; or it is on record that it needs a person.",
    judge,
};

fn judge(history: &History) -> Finding {
    finding(history, "a parcel for each payment", |checkout| checkout.is_paid && !checkout.is_sent)
}
