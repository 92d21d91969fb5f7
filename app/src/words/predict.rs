//! What the reader says before a run, and what is said to it afterwards.

/// The question.
pub const QUESTION: &str = "What will happen?";
/// The question while a run that is over stands on the screen.
pub const NEXT_QUESTION: &str = "What will happen in the next run?";
/// The question and its buttons.
pub const BUTTONS: &str = "What will happen? Say it before you run.";
/// A guess: every invariant holds.
pub const HOLDS: &str = "It holds";
/// A guess: something breaks.
pub const BREAKS: &str = "It breaks";
/// No guess.
pub const UNKNOWN: &str = "Don't know";

/// What happened, to follow a colon: something broke.
pub fn it_broke(found: &str) -> String {
    format!("it broke: {found}.")
}

/// What happened, to follow a colon: everything held.
pub const IT_HELD: &str = "every invariant held, in this run.";
/// What happened, to follow a colon: nobody knows.
pub const NOBODY_CAN_TELL: &str = "the journal does not say enough, so nobody can tell.";

/// To whom made no guess.
pub fn did_not_know(happened: &str) -> String {
    format!("You did not know: {happened}")
}

/// To whom made a guess that came true.
pub fn was_right(happened: &str) -> String {
    format!("You were right: {happened}")
}

/// To whom made a guess that nobody can judge.
pub fn undecided(happened: &str) -> String {
    format!("Undecided: {happened}")
}

/// To whom said in vain that it holds.
pub fn said_holds(happened: &str) -> String {
    format!("You said that it holds, but {happened}")
}

/// To whom said in vain that it breaks.
pub fn said_breaks(happened: &str) -> String {
    format!("You said that it breaks, but {happened}")
}

/// The entry that settles it.
pub fn settles(seq: u64, sentence: &str) -> String {
    format!("Entry {seq} settles it: {sentence}")
}
