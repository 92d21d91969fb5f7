//! What stands around every page.

/// For the keyboard, past the header.
pub const SKIP: &str = "Skip to the page";
/// Opens the list of keys.
pub const KEYS: &str = "Keys";
/// Changes the theme.
pub const THEME: &str = "Light or dark";
/// At the foot, before the link.
pub const FOOT: &str =
    "Every run happens on a real database on this server. Nothing on this page comes from another machine. ";
/// The link to the API's own pages.
pub const API: &str = "API";
/// When the page's program did not come, or has stopped.
pub const FALLEN: &str = "This page\u{2019}s program has stopped. Reload the page to go on; runs on the server are not touched by it.";
