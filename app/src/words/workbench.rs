//! The workbench of a lab.

/// While the page is on its way.
pub const LAYING_OUT: &str = "Laying out the workbench.";
/// Where the address names a lab that is not here.
pub const NO_LAB: &str = "There is no such lab here.";
/// To several strategies on the same bad luck.
pub const SIDE_BY_SIDE: &str = "Strategies side by side";
/// The form.
pub const FORM: &str = "What to run";
/// The button.
pub const RUN: &str = "Run";
/// Ends the run.
pub const STOP: &str = "Stop";
/// Where fields say what is wrong.
pub const SEE_FIELDS: &str = "Not started: see the fields.";
/// To the run's page.
pub const OWN_PAGE: &str = "This run's own page";

/// After a failure: the button that runs its cure, in the order that the run had, or on its seed alone.
pub fn try_cure(cure: &str, is_same_order: bool) -> String {
    if is_same_order {
        format!("Try {cure} on the same bad luck")
    } else {
        format!("Try {cure} on the same seed")
    }
}

/// After a run that held: the button that runs one in which the same strategy breaks an invariant.
pub fn see_break(invariant: &str) -> String {
    format!("It held this time. See it break: {invariant}")
}

/// Before the list of other strategies.
pub const SAME_MOVES: &str = "Same moves, other strategy";
/// Plays the same moves under the strategy that is chosen.
pub const PLAY_IT: &str = "Play it";
