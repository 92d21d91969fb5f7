//! The list of entries.

/// Over the list.
pub const TITLE: &str = "Entries";

/// Which of a long list are there; the last of them is `last`.
pub fn window(first: usize, last: usize, all: usize) -> String {
    format!("Entries {first} to {last} of {all}")
}
