//! How a transfer between accounts is made safe, or is not.

use super::{About, Cell, EVERY_STORE, Play, Strategy};

registry! {
    "transfer" in "transfer", carry_out:
    unprotected,
    transaction_only,
    locks_request_order,
    locks_on_moved,
    locks_on_all_read,
    versions_of_moved,
    versions_of_all_read,
    repeatable_read,
    serializable,
}
