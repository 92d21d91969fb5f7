//! How a status event is brought into the view.

use super::{About, Cell, EVERY_STORE, Play, Strategy};

registry! {
    "order-status" in "order_status", handle:
    arrival_order,
    newest_timestamp,
    version_ignore_stale,
    version_buffer,
    version_requeue,
    partitioned,
    partitioned_versioned,
}
