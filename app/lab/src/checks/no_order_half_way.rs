//! No order half way: in the end each order is whole, or nothing is left of it.

use super::checkouts::finding;
use super::history::History;
use super::{Check, Finding};

/// The check.
pub const CHECK: Check = Check {
    name: "no-order-half-way",
    title: "No order half way",
    breach: "half way",
    rule: "When everybody is done, an order is confirmed with goods, payment and parcel, or none of the three stands; or it is on record that it needs a person.",
    judge,
};

fn judge(history: &History) -> Finding {
    finding(history, "each order whole, or nothing left of it", |checkout| checkout.is_half_way())
}
