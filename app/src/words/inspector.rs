//! The inspector.

/// Over it.
pub const TITLE: &str = "Inspector";
/// Before anything was picked.
pub const EMPTY: &str =
    "Pick an entry in the list, or a mark on the stage, to see what it is and which SQL ran.";
/// Before the number of the entry that is picked.
pub const ENTRY: &str = "Entry ";
/// Before the number of an entry that a link leads to.
pub const LINK: &str = "entry ";
/// Before the entries that it follows from.
pub const FOLLOWS: &str = "Follows from ";
/// Before the entries that follow from it.
pub const LED_TO: &str = "Led to ";
/// To the entry before this one of the same actor.
pub fn earlier_by(actor: &str) -> String {
    format!("Earlier by {actor}")
}
/// To the one after it.
pub fn later_by(actor: &str) -> String {
    format!("Later by {actor}")
}

/// Over what depends on the machine and the moment.
pub const RAW: &str = "What two runs need not share";
/// Where no statement was sent.
pub const NO_SQL: &str = "No SQL ran in this step.";
/// Before a statement's values.
pub const VALUES: &str = "Values ";

/// A fact: who.
pub const ACTOR: &str = "Actor";
/// A fact: which of its steps.
pub const STEP: &str = "Step";
/// A fact: for which operation.
pub const OPERATION: &str = "Operation";
/// A fact: in which attempt.
pub const ATTEMPT: &str = "Attempt";
/// A fact: when the schedule let it.
pub const GRANTED_AT: &str = "Granted at";
/// A fact: when it was over.
pub const ENDED_AT: &str = "Ended at, run time";
/// A fact: when it was over by the clock on the wall.
pub const REAL_TIME: &str = "Real time";
