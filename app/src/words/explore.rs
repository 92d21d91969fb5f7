//! Every order of steps.

use super::units::count;

/// Over it.
pub const TITLE: &str = "Every order of steps";
/// What is tried.
pub const ABOUT: &str = "Was it luck? This plays the run of the form once for each order in which its steps can come, each for real, and judges each from its journal. Whoever thinks or waits to try again may be slow or quick; whoever looks for messages or leases looks when its time comes. Crashes stay where form and seed put them. It stops after 250 runs, and what holds in every order of two actors has not been asked of three.";
/// The button.
pub const TRY: &str = "Try every order";
/// While they are tried.
pub const TRYING: &str = "Trying one order after the other, when it is your turn";
/// Between two settings of a run.
pub const AND: &str = ", ";
/// Between two turns.
pub const THEN: &str = " · ";

/// How many orders a run survives: its strategy, database, and what else is not as usual.
pub fn survived(run: &str, fine: usize, all: usize, is_all: bool) -> String {
    let orders = count(all as u64, "order", "orders");
    let rest = if is_all { "" } else { "; there are more" };
    format!("{run}: fine in {fine} of {orders}{rest}")
}

/// Under a list that ends before its end, before the command that lists them.
pub const MORE: &str = "and more, listed by ";
/// The command.
pub const MORE_COMMAND: &str = "interleave explore SPEC.json";
