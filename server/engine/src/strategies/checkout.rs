//! How an order that needs three services is carried out, and what becomes of it when one of them declines.

use super::{About, Cell, EVERY_STORE, Play, Strategy};

registry! {
    "checkout" in "checkout", check_out:
    no_compensation,
    compensation_in_memory,
    saga_log,
}
