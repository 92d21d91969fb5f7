//! Whether the server lives, and whether it can take work.

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;

use crate::calls::{Answer, Call, Content};
use crate::problem::ApiError;
use crate::state::AppState;

/// `GET /healthz`.
pub const ALIVE: Call = Call {
    id: "isAlive",
    method: Method::GET,
    path: "/healthz",
    summary: "Whether the server lives",
    text: "Asks nothing of the engines.",
    query: &[],
    body: None,
    answers: &[Answer { status: 200, text: "It lives.", headers: &[], content: Some(text("ok\n")) }],
    refusals: &[],
    limits: &[],
    handler: || get(alive),
};

/// `GET /readyz`.
pub const READY: Call = Call {
    id: "isReady",
    method: Method::GET,
    path: "/readyz",
    summary: "Whether the server can take work",
    text: "Ready means that the journal can be read: without it no run can be kept.",
    query: &[],
    body: None,
    answers: &[Answer { status: 200, text: "It can.", headers: &[], content: Some(text("ready\n")) }],
    refusals: &["stopping"],
    limits: &[],
    handler: || get(ready),
};

const fn text(example: &'static str) -> Content {
    Content { media: "text/plain; charset=utf-8", schema: None, example: Some(example) }
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    if state.stop.is_cancelled() {
        return Err(ApiError::Stopping);
    }
    state.lab.runs(None, 1).await?;
    Ok("ready\n")
}
