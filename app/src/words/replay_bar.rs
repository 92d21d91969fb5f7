//! The replay's controls.

/// The bar.
pub const TITLE: &str = "Replay";
/// Plays on.
pub const PLAY: &str = "Play";
/// One entry back.
pub const BACK: &str = "One entry back";
/// One entry on.
pub const ON: &str = "One entry on";
/// To the next trouble.
pub const NEXT_TROUBLE: &str = "Next conflict or violation";
/// The slider.
pub const SHOWN: &str = "Entries shown";

/// How many entries are shown.
pub fn place(shown: usize, all: usize) -> String {
    format!("{shown} of {all} entries")
}

/// Starts a run by hand from the moment that is shown.
pub const TAKE_OVER: &str = "Take over from here";

/// What taking over does.
pub fn take_over(is_live: bool) -> &'static str {
    if is_live {
        "A fresh run on a fresh database: the steps up to here in the order of their answers, as far as they can be \
         repeated from a live run; then you say who moves next"
    } else {
        "A fresh run on a fresh database: the moves up to here are replayed, then you say who moves next"
    }
}

/// Why nobody takes over after more moves than this.
pub const TOO_MANY_MOVES: &str =
    "There are too many moves before this moment to put them into an address; go to an earlier one.";
