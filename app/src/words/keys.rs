//! The dialog that lists the keys.

/// Over it.
pub const TITLE: &str = "Keys";
/// Closes it.
pub const CLOSE: &str = "Close";
/// Each key, and what it does.
pub const KEYS: [(&str, &str); 11] = [
    ("Enter or r", "Start a run (workbench)"),
    ("1 to 9", "Choose who moves next, in a run by hand"),
    ("Space", "Play or pause"),
    ("Left, Right", "One entry back, one entry on"),
    ("Shift and Left, Right", "To the entry before, after it of the same actor"),
    ("Home, End", "To the first, to the last entry"),
    ("v", "To the next conflict or violation"),
    ("p", "Presentation: large type, stage and verdict only"),
    ("n, b", "To the next, to the previous stop of a talk, where one is given"),
    ("Escape", "Leave the presentation, drop the selection"),
    ("?", "This list"),
];
