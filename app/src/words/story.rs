//! The story of a run, around the story itself.

/// Before there is a story.
pub const EMPTY: &str =
    "When the run is over: what was promised, why it held or broke in this very run, and what to try next.";
/// While the story is on its way.
pub const COMES: &str = "The story is being told.";
/// Over what happened.
pub const HAPPENED: &str = "What happened here";
/// Over what to try.
pub const TRY_NEXT: &str = "Try next";
