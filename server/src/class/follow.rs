//! Following: every screen that is at `/follow` shows the run that was started last by whoever leads.
//!
//! In a shared lab the teacher leads, elsewhere everybody who can reach the server.

use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use lab::wire::Followed;

use super::page::page;
use crate::calls::{Answer, Call, Content};
use crate::headers::PageNonce;
use crate::problem::ApiError;
use crate::share::Guest;
use crate::state::AppState;

/// So often a screen that has nothing to show looks again, in seconds.
const LOOK_AGAIN_S: u32 = 2;

/// `GET /follow`.
pub const FOLLOW: Call = Call {
    id: "getFollowed",
    method: Method::GET,
    path: "/api/v1/follow",
    summary: "The run that screens which follow are to show",
    text: "The run that was started last by whoever leads: the teacher in a shared lab, elsewhere everybody. The page \
           `/follow` shows it, and goes along when another one is started.",
    query: &[],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The run's id, or null before the first one and when that run was forgotten.",
        headers: &[],
        content: Some(Content {
            media: "application/json",
            schema: Some("Followed"),
            example: Some(r#"{ "run": null }"#),
        }),
    }],
    refusals: &[],
    limits: &[],
    handler: || get(followed),
};

/// The run that whoever leads started last.
#[derive(Debug, Default)]
pub struct Lead {
    run: Mutex<Option<String>>,
}

impl Lead {
    fn run(&self) -> Option<String> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Takes note of a run that was started, if its starter leads.
pub fn lead(state: &AppState, headers: &HeaderMap, run: &str) {
    let leads = state.share.as_ref().is_none_or(|share| share.guest(headers) == Guest::Teacher);
    if leads {
        *state.lead.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.to_owned());
    }
}

/// The page for screens that follow.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/follow", get(go_along))
}

async fn followed(State(state): State<AppState>) -> Result<Json<Followed>, ApiError> {
    Ok(Json(Followed { run: led(&state).await? }))
}

/// The run to show; nothing when it is gone meanwhile.
async fn led(state: &AppState) -> Result<Option<String>, ApiError> {
    let Some(run) = state.lead.run() else { return Ok(None) };
    Ok(state.lab.run(&run).await?.map(|run| run.id))
}

async fn go_along(
    State(state): State<AppState>,
    Extension(PageNonce(nonce)): Extension<PageNonce>,
) -> Result<Response, ApiError> {
    if let Some(run) = led(&state).await? {
        return Ok(Redirect::to(&format!("/runs/{run}?follow=1")).into_response());
    }
    let body = "<p>Nothing has been started yet. This screen will show the next run by itself.</p>";
    Ok(page(&nonce, "Waiting for a run", Some(LOOK_AGAIN_S), body).into_response())
}
