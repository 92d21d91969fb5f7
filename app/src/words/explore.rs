//! Every order of steps.

use super::units::count;

/// Over it.
pub const TITLE: &str = "Every order of steps";
/// What is tried.
pub const ABOUT: &str = "Was it luck? This plays the run of the form once for each order in which its steps can come, each in a real run of its own, and judges each from its journal. Whoever thinks or waits may be slow or quick, so its time may come at any move. It stops at 200 orders. What holds in every order of two actors has not been asked of three.";
/// The button.
pub const TRY: &str = "Try every order";
/// While they are tried.
pub const TRYING: &str = "Trying one order after the other";
/// Between two turns.
pub const THEN: &str = " · ";

/// How many orders a strategy survives.
pub fn survived(strategy: &str, store: &str, fine: usize, all: usize, is_all: bool) -> String {
    let orders = count(all as u64, "order", "orders");
    let rest = if is_all { "" } else { "; there are more" };
    format!("{strategy}, {store}: fine in {fine} of {orders}{rest}")
}
