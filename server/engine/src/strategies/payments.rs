//! How a payment is charged once, however often it is delivered, or is not.

use super::{About, Cell, EVERY_STORE, Play, Strategy};

registry! {
    "payments" in "payments", handle:
    none,
    dedup_then_effect,
    effect_then_dedup,
    inbox,
}
