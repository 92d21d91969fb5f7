//! How an order and the message about it are kept together, or are not.

use super::{About, Beside, Cell, EVERY_STORE, POSTGRES, Play, SQLITE, Strategy};

registry! {
    "order-placed" in "order_placed", place:
    publish_after_commit,
    publish_before_commit,
    outbox_last_id,
    outbox_polling,
    ; place_listening:
    outbox_notify,
    ; place:
    outbox_competing,
    outbox_competing_leases,
    outbox_competing_by_key,
    ; place_logged:
    outbox_cdc,
}
