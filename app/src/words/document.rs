//! A run as one document.

/// Which run it is, when it was asked for, and where it stands.
pub fn run(id: &str, created: &str, state: &str) -> String {
    format!("Run {id}, asked for at {created}, {state}.")
}

/// Before the verdict in a few words.
pub const VERDICT: &str = "Verdict: ";

/// What was expected of an invariant, and what was found.
pub fn found(expected: &str, found: &str) -> String {
    format!("Expected: {expected}. Found: {found}.")
}

/// Under the story's heading.
pub const CITED: &str = "The numbers in the sentences are entries.";
/// Over the picture.
pub const PICTURE: &str = "The picture";
/// Over the entries.
pub const HAPPENED: &str = "What happened";

/// Of a journal that is too long.
pub fn left_out(held: usize, left_out: usize) -> String {
    format!("The document holds the first {held} entries; {left_out} more are in the journal alone.")
}
