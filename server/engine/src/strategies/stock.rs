//! How a purchase is made safe, or is not.

use super::{About, Cell, EVERY_STORE, Play, Strategy};

registry! {
    "stock" in "stock", buy:
    unprotected,
    relative_update,
    check_constraint,
    atomic_update,
    transaction_only,
    repeatable_read,
    serializable,
    row_lock,
    advisory_lock,
    optimistic,
    distributed_lock,
    distributed_lock_fenced_late,
    distributed_lock_fenced,
    ; carry:
    single_writer,
    single_writer_fenced,
    ; buy_units:
    units_unprotected,
    units_unconfirmed,
    units_skip_locked,
}
