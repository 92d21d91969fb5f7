//! What a strategy promises.

use lab::catalog::PromiseValue;

/// Where nothing is promised.
pub const EMPTY: &str = "Nothing is promised here yet.";
/// The table.
pub const TABLE: &str = "Promises";
/// The table in words.
pub const CAPTION: &str = "What this strategy promises, per invariant, and on which engines";
/// The columns.
pub const COLUMNS: [&str; 3] = ["Invariant", "Promise", "Premises"];
/// Plays a run that shows the promise.
pub const SEE_IT: &str = "See it";
/// Plays a run that shows how it breaks.
pub const SEE_IT_BREAK: &str = "See it break";

/// The words for a promise.
pub fn promise(value: PromiseValue) -> &'static str {
    match value {
        PromiseValue::Holds => "holds",
        PromiseValue::Breaks => "breaks",
        PromiseValue::Refused => "refused by the engine",
        PromiseValue::NotOnThisEngine => "not on this engine",
    }
}

/// The words for a promise of which knobs are a premise too.
pub fn promise_with_knobs(value: PromiseValue) -> &'static str {
    match value {
        PromiseValue::NotOnThisEngine => "makes no sense here",
        other => promise(other),
    }
}
