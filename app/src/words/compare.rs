//! Runs side by side.

use super::units::duration;
use super::{CONFLICTS, FIRST_TO_LAST, LOCK_WAITS, NAME, RETRIES};

/// While the page is on its way.
pub const LAYING_OUT: &str = "Laying out the runs.";

/// Where the address names a lab that is not here.
pub fn no_lab(lab: &str) -> String {
    format!("There is no lab \"{lab}\" here.")
}

/// The page's title, for its tab.
pub fn titled(lab: &str) -> String {
    format!("{lab}, side by side \u{b7} {NAME}")
}

/// Ends the heading, which begins with the lab's title.
pub const SIDE_BY_SIDE: &str = ", side by side";
/// What is meant by side by side.
pub const ABOUT: &str = "The same rows, the same seed, the same hardships: only the strategy differs. Each is a real run of its own, on a database of its own; one clock moves all pictures.";
/// The form.
pub const FORM: &str = "What to compare";
/// To where the rest of the form is.
pub const CHANGE_WORKLOAD: &str = "Change the workload in the workbench";
/// Over the strategies, before the most of them that can be chosen.
pub const STRATEGIES_AT_MOST: &str = "Strategies, at most ";
/// The button.
pub const RUN_ALL: &str = "Run all on this seed";
/// Where no strategy is chosen.
pub const CHOOSE_ONE: &str = "Not started. Choose at least one strategy.";

/// The clock and its buttons.
pub const CLOCK: &str = "One clock for all runs";
/// The button that plays all runs.
pub const PLAY_ALL: &str = "Play all";
/// The slider.
pub const MOMENT: &str = "Moment of the run time";

/// All of it at once.
pub const SHOW_END: &str = "Show the end";

/// Where the clock stands.
pub fn clock(at_us: u64, end_us: u64) -> String {
    format!("{} of {}", duration(at_us), duration(end_us))
}

/// Before anything was compared.
pub const EMPTY: &str = "Choose strategies and press \u{201c}Run all on this seed\u{201d}: each gets a picture here, and one clock moves them together.";
/// To the page of one of the runs.
pub const OWN_PAGE: &str = "Its own page";

/// Over the table of outcomes.
pub const CAME_OUT: &str = "What came out";
/// The table.
pub const CAME_OUT_TABLE: &str = "What came out, as a table";
/// Its figures, after the invariants.
pub const FIGURES: [&str; 6] = ["Answered", CONFLICTS, "Refusals", RETRIES, LOCK_WAITS, FIRST_TO_LAST];
/// In the cell of an invariant that the run was not judged by.
pub const NOT_JUDGED: &str = "not judged";

/// How many were answered, of all.
pub fn answered(answered: u64, all: u64) -> String {
    format!("{answered} of {all}")
}

/// Under the table of outcomes.
pub const PRICE: &str = "In a scheduled run time is virtual: it compares the strategies on one schedule and is no speed of the engine. A strategy that waits or tries again meets the same draws, but takes more steps, so the order of steps is the same only for as long as the steps are.";

/// Over the plot of throughput.
pub const SWEEP: &str = "Throughput against contention";
/// What is measured, and what it is worth.
pub const SWEEP_ABOUT: &str = "Runs each strategy above live, with 1, 2, 4, 8 and 16 who ask at the same time, a few requests each, and with enough for all. Real time on this machine at this moment, beside whatever else it does: a comparison, no benchmark. Only requests that were carried out count: who gives up is answered fast. A line that broke an invariant says so.";
/// The button.
pub const MEASURE: &str = "Measure";
/// What the plot counts upwards.
pub const SWEEP_UP: &str = "carried out in a second";

/// What the plot counts to the right; `who` are those who ask.
pub fn sweep_along(who: &str) -> String {
    format!("{who} at the same time")
}

/// The name of a line whose runs broke an invariant.
pub fn broke(strategy: &str) -> String {
    format!("{strategy} (broke)")
}
