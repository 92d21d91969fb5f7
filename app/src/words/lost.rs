//! Where there is nothing.

/// The picture.
pub const PICTURE: &str = "Two lanes; one of them breaks off.";
/// The way on.
pub const ALL_LABS: &str = "All labs";
/// An address that no route knows.
pub const NO_PAGE: &str = "No such page";
/// Why that may be.
pub const NO_PAGE_WHY: &str = "This address leads nowhere. It may have been cut when it was copied.";
