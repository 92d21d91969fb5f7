//! `GET /runs/{id}/story`: what was promised, what happened and why, and what to try next.

use app::parts::story::told::html;
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use lab::story::{SENTENCES_MAX, STEPS_MAX};

use super::query::Pairs;
use super::{RunId, runs};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::story;

/// What a story is told as.
const FORMS: [&str; 2] = ["json", "html"];

/// `GET /runs/{id}/story`.
pub const STORY: Call = Call {
    id: "getStory",
    method: Method::GET,
    path: "/api/v1/runs/{id}/story",
    summary: "The story of a run that is over",
    text: "What the strategy promised and what came of it, invariant by invariant; why it held or broke, in sentences that \
           cite their entries (`[7]` in a text stands for entry 7, and every name and figure beside it occurs in a cited \
           entry or in `counts`); and what to try next, each with an address on this server. Told from the journal alone.",
    query: &[Parameter {
        name: "as",
        text: "What it is told as: JSON, or HTML as the lab's own pages show it.",
        takes: Takes::Name(&FORMS),
    }],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The story.",
        headers: &[],
        content: Some(Content {
            media: "application/json, text/html",
            schema: Some("Story"),
            example: Some(super::examples::STORY),
        }),
    }],
    refusals: &["bad-query", "no-such-run", "not-over"],
    limits: &[
        Limit {
            name: "sentences about what happened",
            max: SENTENCES_MAX as u64,
            text: "Every broken invariant has its own; what was seen besides is left out first.",
        },
        Limit { name: "things to try next", max: STEPS_MAX as u64, text: "The most telling ones." },
    ],
    handler: || get(show),
};

async fn show(
    State(state): State<AppState>,
    RunId(id): RunId,
    mut query: Pairs,
) -> Result<Response, ApiError> {
    let form = query.name("as", &FORMS);
    query.end()?;
    let run = runs::find(&state, id).await?;
    let story = story::of(&state.lab, &run).await?.ok_or(ApiError::NotOver(run.id))?;
    Ok(if form == "html" { Html(html(&story)).into_response() } else { Json(story).into_response() })
}
