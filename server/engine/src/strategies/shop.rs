//! How the way of an order is protected: nowhere, at one stage, at every stage, or as the spec chooses.

use super::{About, Cell, EVERY_STORE, POSTGRES, Play, SQLITE, Setting, Strategy};

/// Trouble at every stage.
const TROUBLE: &[&str] = &[
    "customers=2",
    "orders=2",
    "changes=1",
    "services=2",
    "consumers=2",
    "lost_answers=30",
    "lost_confirms=20",
    "held_back=30",
    "lost_acks=30",
    "crashes=4",
    "outage_at_ms=100",
    "outage_ms=200",
];
/// The answer is lost, and the customer asks again.
const ANSWER_LOST: &[&str] = &["lost-answer customer-1/request#1"];
/// Whoever acted dies before it can say so.
const DIES_BEFORE_ACK: &[&str] = &["crash consumer-1/ack#1"];

registry! {
    "shop" in "shop", serve:
    no_stage,
    outbox_alone,
    every_stage,
    ; serve_as_chosen:
    stage_by_stage,
}
