//! The verdict.

/// Over it.
pub const TITLE: &str = "Verdict";
/// Before there is a verdict.
pub const EMPTY: &str = "The verdict comes with a run's last entry. It is computed from the journal alone.";
/// While a run waits for its turn.
pub const QUEUED: &str = "The run waits for its turn: the server is busy with others.";
/// While a run goes on.
pub const RUNNING: &str = "The run goes on. The verdict comes with its last entry.";
/// After a run that was cut off.
pub const INTERRUPTED: &str =
    "The run was cut off before its end: it can show what broke, never that something holds.";
/// What an invariant asks for.
pub const EXPECTED: &str = "Expected";
/// What there was.
pub const FOUND: &str = "Found";
/// Lights the evidence.
pub const SHOW_ME: &str = "Show me";

/// How often it is broken, to follow the ruling.
pub fn times(count: u64) -> String {
    format!(", {count} times")
}
/// In place of a verdict, until the clock has come to the end.
pub const NOT_YET: &str = "The clock has not come to the verdict yet.";
