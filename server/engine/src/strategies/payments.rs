//! How a payment is charged once, however often it is delivered, or is not.

use lab::catalog::PromiseValue::NotOnThisEngine;

use super::{About, Cell, EVERY_STORE, Play, Setting, Strategy};

/// The setting in which a charge is a row of the ledger.
const LEDGER_ROW: &[&str] = &["effect=0"];
/// The setting in which a charge is a call to the provider.
const PROVIDER_CALL: &[&str] = &["effect=1"];
/// The trouble in which promises about the ledger are tried.
const TROUBLE: &[&str] = &[
    "consumers=2",
    "payments=3",
    "corrections=50",
    "lost_acks=30",
    "lost_confirms=30",
    "held_back=30",
    "crashes=8",
];
/// The trouble in which promises about the provider are tried.
const TROUBLE_AT_PROVIDER: &[&str] = &[
    "consumers=2",
    "payments=3",
    "corrections=50",
    "lost_acks=30",
    "lost_confirms=30",
    "held_back=30",
    "crashes=8",
    "lost_answers=30",
    "late_answers=20",
];
/// Why everybody pays in the end.
const COMES_AGAIN: &str = "the broker hands out again what was not acknowledged";

/// A cell of a strategy that would mean nothing in a setting.
const fn senseless(invariant: &'static str, why: &'static str) -> Cell {
    Cell { invariant, engines: EVERY_STORE, value: NotOnThisEngine, premises: why, witness: &[] }
}

registry! {
    "payments" in "payments", charge:
    none,
    memory_cache,
    ; charge_windowed:
    broker_window,
    ; charge:
    dedup_then_effect,
    effect_then_dedup,
    inbox,
    inbox_select_first,
    natural,
    version_gate,
    version_gate_reread,
    idempotency_key,
    idempotency_key_attempt,
    idempotency_key_reused,
}
