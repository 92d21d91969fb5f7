//! The matrix of crash points and designs.

use super::units::count;

/// Over it.
pub const TITLE: &str = "Every crash point, every design";
/// What a cell is.
pub const ABOUT: &str = "Anybody can die before any step and start again from what is stored. This runs the workload of the form once for each step, for real, with a crash there, and judges each run from its journal. The small words under a step name what fails there: the send, its acknowledgement, the delivery, or the consumer's acknowledgement. Press a cell to watch its run.";
/// The button.
pub const TRY: &str = "Try every crash point";

/// While the crash points of a design are tried.
pub fn trying(design: &str) -> String {
    format!("Crashing at every point of: {design}")
}

/// The table.
pub const CAPTION: &str = "What came of a crash before each step, in each design";
/// The first column.
pub const BEFORE: &str = "Crash before";
/// In the cell of a design that does not take this step.
pub const NO_STEP: &str = "no such step";
/// In the cell of a crash that did no harm.
pub const FINE: &str = "fine";
/// In the cell of a crash of which the journal does not say enough.
pub const UNDECIDED: &str = "undecided";

/// How many of its points a design survives.
pub fn survived(design: &str, fine: usize, all: usize) -> String {
    format!("{design}: fine at {fine} of {}", count(all as u64, "point", "points"))
}
