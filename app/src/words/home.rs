//! The home page.

use super::NAME;

/// The page's title, for its tab.
pub fn titled() -> String {
    format!("{NAME}: break data on purpose")
}

/// The product in one sentence.
pub const PRODUCT: &str = "Break data on purpose, on a real database. See exactly how it happened. Then give the cure the same bad luck.";
/// The product in one paragraph.
pub const PRODUCT_MORE: &str = "Interleave starts real concurrent writers on real connections, writes down every step with the SQL that ran, and judges the outcome from that record alone. Every run has a seed and an address, so you can share it, replay it, and try another strategy on it.";
/// To the lessons.
pub const LESSONS: &str = "Learn it step by step: say what will happen, and see it happen";
/// To the challenges.
pub const CHALLENGES: &str = "Take the challenges: break it yourself, then keep it whole";
/// While the page is on its way.
pub const READING: &str = "Reading the labs.";

/// The button that plays the classic failure.
pub const BREAK_IT: &str = "Break it";
/// The same, once it is pressed.
pub const STARTING: &str = "Starting";
/// Beside the button.
pub const CLASSIC: &str = "Plays the classic failure on a real database, slowly enough to follow.";
/// Before the cure's title.
pub const SAME_ORDER: &str = "Same order, other strategy: ";
/// Plays it by hand.
pub const BY_HAND: &str = "You choose the order: say who moves next";
/// Before the number of actors in a crowd.
pub const LIVE_WITH: &str = "Live with ";
/// Before another scenario's title.
pub const OTHER_SITUATION: &str = "Another situation: ";
/// To the lab.
pub const WORKBENCH: &str = "All about it: the workbench";

/// What stands beneath the picture of the server's own run.
pub const SAMPLE: &str =
    "A real run, played by this server when it started. Press the button, and watch your own.";
/// What stands beneath the picture of somebody's run.
pub const LATEST: &str = "The latest run of it.";
/// Where a picture will be, once there is a run to draw.
pub const NO_PICTURE: &str = "Press the button: the picture here will be your run.";
