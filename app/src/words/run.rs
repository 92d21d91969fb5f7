//! The page of one run.

/// While the page is on its way.
pub const READING: &str = "Reading the run.";
/// Where there is no run.
pub const NO_RUN: &str = "No such run";
/// Why that may be.
pub const NO_RUN_WHY: &str =
    "There is no run at this address. It may have been forgotten, or it belongs to another server.";
/// Where there may be one, but it could not be read.
pub const UNREADABLE: &str = "The run could not be read";
/// Before the moment at which it was asked for.
pub const ASKED_AT: &str = "Asked for at ";

/// To the form with this spec.
pub const WORKBENCH: &str = "Open in the workbench with this spec";
/// The run as a document.
pub const SAVE: &str = "Save as one file";

/// The run as steps for a shell.
pub fn steps(shell: &str) -> String {
    format!("Steps to type into {shell}")
}

/// Keeps the run.
pub const PIN: &str = "Pin this run";
/// Lets it go again.
pub const PINNED: &str = "Pinned: kept when older runs go";
/// What pinning does.
pub const PIN_HELP: &str = "A pinned run stays when older runs make room for new ones";
