//! What is told about a strategy.

/// Over it.
pub const TITLE: &str = "What the strategy does";
/// How it works.
pub const IDEA: &str = "How it works";
/// What it costs.
pub const COSTS: &str = "What it costs";
/// How it still fails.
pub const FAILS: &str = "How it still fails";
/// Before the path of its source.
pub const SOURCE: &str = "The code that ran: ";
