//! The calls of the API: each is declared beside its handler, and here all of them are listed.
//!
//! One declaration makes the route and its documentation, so neither can be missing where the other is.

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;

use crate::api::{
    catalog, docs, explore, export, feed, hand, journal, journal_schema, matrix, openapi, runs, story, sweep,
};
use crate::class::follow;
use crate::state::AppState;
use crate::{health, metrics};

/// All calls, in the order in which the documentation shows them.
pub const ALL: [&Call; 24] = [
    &catalog::CATALOG,
    &runs::CREATE,
    &matrix::MATRIX,
    &explore::EXPLORE,
    &sweep::SWEEP,
    &runs::LIST,
    &runs::SHOW,
    &runs::CANCEL,
    &runs::FORGET,
    &runs::PIN,
    &runs::UNPIN,
    &hand::OFFER,
    &hand::MOVE,
    &journal::JOURNAL,
    &story::STORY,
    &export::EXPORT,
    &feed::FEED,
    &follow::FOLLOW,
    &journal_schema::JOURNAL_SCHEMA,
    &openapi::OPENAPI,
    &docs::DOCS,
    &health::ALIVE,
    &health::READY,
    &metrics::METRICS,
];

/// One call: its route, and all that a caller must know.
pub struct Call {
    /// The operation's name in the documentation.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The whole path, as axum and OpenAPI both write it.
    pub path: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What else there is to know.
    pub text: &'static str,
    /// The keys of its query.
    pub query: &'static [Parameter],
    /// What it must be sent.
    pub body: Option<Content>,
    /// The answers when all went well.
    pub answers: &'static [Answer],
    /// The names of the refusals that it has of its own; [`crate::problem::examples`] shows each.
    pub refusals: &'static [&'static str],
    /// The bounds that a caller can meet.
    pub limits: &'static [Limit],
    /// The handler, bound to the method.
    pub handler: fn() -> MethodRouter<AppState>,
}

/// A key of a query.
pub struct Parameter {
    /// The key.
    pub name: &'static str,
    /// What it means.
    pub text: &'static str,
    /// What may stand there.
    pub takes: Takes,
}

/// What may stand in a parameter.
pub enum Takes {
    /// A whole number.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What counts when it is left out.
        default: u64,
    },
    /// One of these; the first counts when it is left out.
    Name(&'static [&'static str]),
    /// Any text; an example of it.
    Text(&'static str),
}

/// An answer that is not a refusal.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What it means.
    pub text: &'static str,
    /// Headers that come with it, and what they say.
    pub headers: &'static [(&'static str, &'static str)],
    /// Its body, if it has one.
    pub content: Option<Content>,
}

/// What a body holds.
pub struct Content {
    /// The media type; with commas between, where the asker chooses one of several.
    pub media: &'static str,
    /// The name of its schema in the document.
    pub schema: Option<&'static str>,
    /// A body, as it is sent. Nothing when it would be longer than the document.
    pub example: Option<&'static str>,
}

/// A bound.
pub struct Limit {
    /// What is bounded, with its unit.
    pub name: &'static str,
    /// The bound.
    pub max: u64,
    /// What happens beyond it.
    pub text: &'static str,
}

impl Call {
    /// Whether it changes something, or opens a websocket: then the Origin header counts.
    pub fn minds_origin(&self) -> bool {
        self.method != Method::GET || self.answers.iter().any(|answer| answer.status == 101)
    }
}

/// The routes of the calls below `prefix`, with the prefix taken off.
pub fn below(prefix: &str) -> Router<AppState> {
    let calls = ALL.iter().filter_map(|call| Some((call, call.path.strip_prefix(prefix)?)));
    calls.fold(Router::new(), |router, (call, path)| router.route(path, (call.handler)()))
}

/// The routes of all other calls.
pub fn beside(prefix: &str) -> Router<AppState> {
    let calls = ALL.iter().filter(|call| !call.path.starts_with(prefix));
    calls.fold(Router::new(), |router, call| router.route(call.path, (call.handler)()))
}
