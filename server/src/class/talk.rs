//! A talk: a file of links with notes, walked through with two keys.
//!
//! The place in the talk is the browser's, in a cookie: two teachers may be at different ones.

use std::path::Path as FilePath;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;

use super::page::{escaped, page};
use crate::headers::PageNonce;
use crate::share::Guest;
use crate::state::AppState;

/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 256 * 1024;
/// The most stops of a talk.
pub const STOPS_MAX: usize = 200;
/// The cookie that holds the number of the stop, from 1.
const PLACE: &str = "interleave-talk";
/// How long a browser keeps it: a day of classes.
const KEEP_S: u64 = 86_400;

/// A talk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Its title.
    pub title: String,
    /// Where it stops, in order.
    pub stops: Vec<Stop>,
}

/// One stop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Its title.
    pub title: String,
    /// A page of this lab: `/labs/concurrency?strategy=optimistic`.
    pub link: String,
    /// What to say there.
    #[serde(default)]
    pub notes: String,
}

impl Talk {
    /// Reads a talk's file.
    ///
    /// # Errors
    /// A sentence that names the file, and the stop that is wrong.
    pub fn read(file: &FilePath) -> Result<Self, String> {
        let about = |what: String| format!("--playlist {}: {what}", file.display());
        let length = std::fs::metadata(file).map_err(|error| about(format!("{error}.")))?.len();
        if length > BYTES_MAX {
            return Err(about(format!("it has {length} bytes; a talk has at most {BYTES_MAX}.")));
        }
        let text = std::fs::read_to_string(file).map_err(|error| about(format!("{error}.")))?;
        Self::parse(&text).map_err(about)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let talk: Self = serde_json::from_str(text).map_err(|error| format!("it is no talk: {error}."))?;
        if talk.stops.is_empty() || talk.stops.len() > STOPS_MAX {
            return Err(format!("it has {} stops; a talk has from 1 to {STOPS_MAX}.", talk.stops.len()));
        }
        // A second slash would lead to another machine.
        let is_ours = |link: &str| {
            link.starts_with('/') && !link.starts_with("//") && !link.contains(['\\', '\n', '\r'])
        };
        match talk.stops.iter().enumerate().find(|(_, stop)| !is_ours(&stop.link)) {
            Some((place, stop)) => Err(format!(
                "stops[{place}].link is {:?}; it must be a page of this lab and begin with one slash.",
                stop.link
            )),
            None => Ok(talk),
        }
    }
}

/// The talk's pages.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/talk", get(list)).route("/talk/{to}", get(go))
}

async fn list(
    State(state): State<AppState>,
    Extension(PageNonce(nonce)): Extension<PageNonce>,
    headers: HeaderMap,
) -> Response {
    let Some(talk) = told(&state, &headers) else { return Redirect::to("/").into_response() };
    let here = place(&headers);
    let items = talk.stops.iter().enumerate().map(|(number, stop)| {
        let number = number + 1;
        let current = if number == here { " aria-current=\"step\"" } else { "" };
        let (title, notes) = (escaped(&stop.title), escaped(&stop.notes));
        format!("<li{current}><a href=\"/talk/{number}\">{title}</a><div class=\"notes\">{notes}</div></li>")
    });
    let items: String = items.collect();
    let body = format!(
        "<p>On every page of the lab <kbd>n</kbd> goes to the next stop and <kbd>b</kbd> back to the one before.</p>\
         <nav><a class=\"button\" href=\"/talk/back\">Back</a><a class=\"button\" href=\"/talk/next\">Next</a></nav>\
         <ol>{items}</ol>"
    );
    page(&nonce, &talk.title, None, &body).into_response()
}

/// Goes to a stop: the next one, the one before, or one by its number.
async fn go(State(state): State<AppState>, Path(to): Path<String>, headers: HeaderMap) -> Response {
    // A browser that gets nothing stays where it is.
    let Some(talk) = told(&state, &headers) else { return StatusCode::NO_CONTENT.into_response() };
    let here = place(&headers);
    let wanted = match to.as_str() {
        "next" => here + 1,
        "back" => here.saturating_sub(1),
        number => number.parse().unwrap_or(here),
    };
    let number = wanted.clamp(1, talk.stops.len());
    let cookie = format!("{PLACE}={number}; Path=/talk; Max-Age={KEEP_S}; HttpOnly; SameSite=Lax");
    let mut kept = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        kept.insert(header::SET_COOKIE, value);
    }
    (kept, Redirect::to(&talk.stops[number - 1].link)).into_response()
}

/// The talk, for whoever gives it.
fn told<'a>(state: &'a AppState, headers: &HeaderMap) -> Option<&'a Talk> {
    let gives = state.share.as_ref().is_none_or(|share| share.guest(headers) == Guest::Teacher);
    state.talk.as_deref().filter(|_| gives)
}

/// The number of the stop at which this browser is; 0 before the first.
fn place(headers: &HeaderMap) -> usize {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let found = pairs.find_map(|(name, value)| (name == PLACE).then(|| value.parse().ok()).flatten());
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talk_is_read_and_what_is_wrong_with_one_is_named() {
        let talk = r#"{ "title": "T", "stops": [{ "title": "One", "link": "/labs/outbox", "notes": "Say hello." }] }"#;
        assert_eq!(Talk::parse(talk).map(|talk| talk.stops.len()), Ok(1));
        for (text, words) in [
            ("[]", "no talk"),
            (r#"{ "title": "T", "stops": [] }"#, "from 1 to 200"),
            (
                r#"{ "title": "T", "stops": [{ "title": "One", "link": "https://evil.example" }] }"#,
                "stops[0].link",
            ),
            (r#"{ "title": "T", "stops": [{ "title": "One", "link": "//evil.example" }] }"#, "stops[0].link"),
            (r#"{ "title": "T", "stops": [{ "title": "One", "lnk": "/" }] }"#, "lnk"),
        ] {
            let error = Talk::parse(text).expect_err(text);
            assert!(error.contains(words), "{error}");
        }
    }
}
