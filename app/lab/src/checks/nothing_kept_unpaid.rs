//! Nothing kept unpaid: goods that are kept or sent were paid for.

use super::checkouts::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "nothing-kept-unpaid",
    title: "Nothing kept unpaid",
    breach: "kept unpaid",
    rule: "When everybody is done, whatever is kept or sent for an order is paid; or it is on record that it needs a person.",
    judge,
};

fn judge(history: &History) -> Finding {
    finding(history, "nothing kept or sent that was not paid", |checkout| {
        (checkout.is_kept || checkout.is_sent) && !checkout.is_paid
    })
}
