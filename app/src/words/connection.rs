//! Where the connection stands.

/// Before the first answer.
pub const CONNECTING: &str = "Connecting";
/// While entries come of a run that is over.
pub const RECEIVING: &str = "Receiving";
/// While entries come of a run that goes on.
pub const LIVE: &str = "Following";

/// The banner of a lost connection.
pub fn lost(last_seq: u64) -> String {
    format!("Connection lost. Trying again from entry {}. Nothing is missed.", last_seq + 1)
}

/// When nobody tries any more.
pub const GIVEN_UP: &str = "Connection lost. Reload the page to try again; nothing is missed.";
/// When a run that was cut off is here.
pub const CUT: &str = "All entries up to the cut are here.";
/// When a run is here.
pub const OVER: &str = "All entries are here.";

/// When a run is here with its verdict: that is what the reader waits for.
pub fn judged(verdict: &str) -> String {
    format!("{verdict}.")
}
