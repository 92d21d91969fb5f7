//! The crash points of a run.

/// Over them.
pub const TITLE: &str = "What if it had crashed?";
/// What each of them is.
pub const ABOUT: &str = "The same run with a crash before one of its steps. Press a step, and it runs.";
