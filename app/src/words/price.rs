//! What a run cost.

use lab::spec::Pace;

use super::units::count;

/// Over it.
pub const TITLE: &str = "Price";
/// While the run goes on.
pub const EMPTY: &str = "Counted when the run is over.";

/// A figure: what was asked.
pub const OPERATIONS: &str = "Operations";
/// A figure: what was carried out.
pub const DONE: &str = "Done";
/// A figure: what was turned away because there was not enough.
pub const SOLD_OUT: &str = "Too little left";
/// A figure: whose attempts ran out.
pub const GAVE_UP: &str = "Gave up";
/// A figure: what was published.
pub const PUBLISHED: &str = "Messages published";
/// A figure: what was handed to a consumer.
pub const DELIVERIES: &str = "Deliveries";
/// A figure: how much of that not for the first time.
pub const REDELIVERIES: &str = "Of these, again";
/// A figure: the most rows that waited.
pub const OUTBOX_PEAK: &str = "Outbox, deepest";
/// A figure: the longest wait of a row.
pub const OUTBOX_WAIT: &str = "Oldest unsent row";
/// A figure: how often the provider was called.
pub const CALLS: &str = "Calls";
/// A figure: the most ids that somebody remembered.
pub const REMEMBERED: &str = "Ids remembered, at most";
/// A figure: the ids that were removed again.
pub const FORGOTTEN: &str = "Ids removed for their age";
/// A figure: what the engine refused.
pub const REFUSALS: &str = "Refusals by the engine";
/// A figure: within which time half of them were answered.
pub const P50: &str = "Answered within, p50";
/// A figure: the same for nineteen of twenty.
pub const P95: &str = "p95";
/// A figure: the same for ninety-nine of a hundred.
pub const P99: &str = "p99";

/// A figure: what is carried out in a second.
pub fn throughput(is_scheduled: bool) -> &'static str {
    if is_scheduled { "Throughput, virtual" } else { "Throughput" }
}

/// A figure: what leaves the outbox in a second.
pub fn drain(is_scheduled: bool) -> &'static str {
    if is_scheduled { "Drain rate, virtual" } else { "Drain rate" }
}

/// So many rows.
pub fn rows(rows: u64) -> String {
    count(rows, "row", "rows")
}

/// So many operations in a second. In virtual time it compares strategies on one schedule; it is no speed of the engine.
pub fn operations_per_second(rate: f64) -> String {
    format!("{rate:.1} operations/s")
}

/// So many rows in a second.
pub fn rows_per_second(rate: f64) -> String {
    format!("{rate:.1} rows/s")
}

/// What the durations are.
pub fn time(is_scheduled: bool, pace: Pace) -> &'static str {
    match (is_scheduled, pace) {
        (true, _) => "Durations are in virtual time: the schedule let one actor move at a time.",
        (false, Pace::Instant) => "Durations are real time.",
        (false, _) => {
            "Durations and rates are no speed of the engine: at this pace every wait is made longer, so that it can be seen. Run at the pace \u{201c}instant\u{201d} to measure."
        }
    }
}
