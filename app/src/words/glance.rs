//! All levels and anomalies in one table.

/// Over it.
pub const TITLE: &str = "At a glance: every level, every anomaly";
/// What a cell is.
pub const ABOUT: &str = "Each cell is a run on the real engine, and says the strongest thing that the engine did in it: in OTV and G1c the reader's snapshot alone would do, and it is the writers who wait or are refused. Press one to play it on the stage.";
/// The table.
pub const CAPTION: &str = "What each level does about each anomaly";
/// The first column.
pub const ANOMALY: &str = "Anomaly";
