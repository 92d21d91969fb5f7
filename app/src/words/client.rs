//! The way to the server.

/// The title of what kept an answer from coming.
pub const NO_ANSWER: &str = "The server did not answer";

/// What kept it from coming, and what to look at.
pub fn no_answer(why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    format!("The server did not answer{why}. Is it still running?")
}

/// An answer that says nothing but its status.
pub fn status(status: u16) -> String {
    format!("status {status}")
}

/// Where a page is rendered there is nobody to ask a server.
pub const NO_BROWSER: &str = "no browser";

/// The same, and for what the server would be asked.
pub fn no_browser(for_what: &str) -> String {
    format!("no browser for {for_what}")
}
