//! Runs: started, listed, shown, cancelled, forgotten.

mod calls;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lab::wire::{RunSummary, State as RunState};
use serde::Serialize;

use super::query::Pairs;
use super::spec::SpecBody;
use super::token::Session;
use super::{RunId, token};
use crate::class::follow;
use crate::problem::ApiError;
use crate::state::AppState;

pub use self::calls::{CANCEL, CREATE, FORGET, LIST, PIN, SHOW, UNPIN};

/// The longest page of a list of runs.
pub const PAGE_MAX: u64 = 100;
/// The page when nobody says how long.
const PAGE_DEFAULT: u64 = 20;

/// One page of the list of runs, newest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "RunsPage")]
pub struct Page {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// What to ask for as `before` to get the next page; nothing on the last one.
    pub next: Option<String>,
}

/// `POST /runs`: 201 when the run goes on, 202 while it waits.
pub async fn create(
    State(state): State<AppState>,
    session: Session,
    shown: HeaderMap,
    SpecBody(spec): SpecBody,
) -> Result<Response, ApiError> {
    let summary = state.lab.start(spec).await?;
    follow::lead(&state, &shown, &summary.id);
    let status = if summary.state == RunState::Queued { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let mut headers = HeaderMap::new();
    if let Ok(location) = format!("/api/v1/runs/{}", summary.id).try_into() {
        headers.insert(header::LOCATION, location);
    }
    let token = token::give(&mut headers, &summary.id);
    if let Some(share) = &state.share {
        share.remember(&summary.id, &token);
    }
    session.give(&mut headers);
    Ok((status, headers, Json(summary)).into_response())
}

/// `GET /runs?before=ID&limit=N`.
pub async fn list(State(state): State<AppState>, mut query: Pairs) -> Result<Json<Page>, ApiError> {
    let before = query.run_id("before");
    let limit = query.number("limit", 1..=PAGE_MAX, PAGE_DEFAULT);
    query.end()?;
    let runs = state.lab.runs(before.as_deref(), limit as usize).await?;
    let next = match runs.last() {
        Some(last) if state.lab.has_older(&last.id).await? => Some(last.id.clone()),
        _ => None,
    };
    Ok(Json(Page { runs, next }))
}

/// `GET /runs/{id}`.
pub async fn show(State(state): State<AppState>, RunId(id): RunId) -> Result<Json<RunSummary>, ApiError> {
    find(&state, id).await.map(Json)
}

/// `POST /runs/{id}/cancel`: the run as it stands after the cancel was taken.
pub async fn cancel(
    State(state): State<AppState>,
    RunId(id): RunId,
    headers: HeaderMap,
) -> Result<Json<RunSummary>, ApiError> {
    find(&state, id.clone()).await?;
    check_owner(&state, &id, &headers)?;
    if state.lab.cancel(&id).await? {
        find(&state, id).await.map(Json)
    } else {
        Err(ApiError::AlreadyOver(id))
    }
}

/// `DELETE /runs/{id}`.
pub async fn forget(
    State(state): State<AppState>,
    RunId(id): RunId,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    find(&state, id.clone()).await?;
    check_owner(&state, &id, &headers)?;
    if state.lab.forget(&id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::StillRunning(id)) }
}

/// `PUT /runs/{id}/pin`.
pub async fn pin(
    state: State<AppState>,
    id: RunId,
    headers: HeaderMap,
) -> Result<Json<RunSummary>, ApiError> {
    set_pin(state, id, headers, true).await
}

/// `DELETE /runs/{id}/pin`.
pub async fn unpin(
    state: State<AppState>,
    id: RunId,
    headers: HeaderMap,
) -> Result<Json<RunSummary>, ApiError> {
    set_pin(state, id, headers, false).await
}

async fn set_pin(
    State(state): State<AppState>,
    RunId(id): RunId,
    headers: HeaderMap,
    pinned: bool,
) -> Result<Json<RunSummary>, ApiError> {
    find(&state, id.clone()).await?;
    check_owner(&state, &id, &headers)?;
    if state.lab.pin(&id, pinned).await? {
        find(&state, id).await.map(Json)
    } else {
        Err(ApiError::PinsFull { max: engine::PINNED_BYTES_MAX })
    }
}

/// In a shared lab a run is its starter's and the teacher's.
pub(super) fn check_owner(state: &AppState, id: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    match &state.share {
        Some(share) if !share.owns(id, headers) => Err(ApiError::NotYours(id.to_owned())),
        _ => Ok(()),
    }
}

/// The run of this id.
pub(super) async fn find(state: &AppState, id: String) -> Result<RunSummary, ApiError> {
    state.lab.run(&id).await?.ok_or(ApiError::NoSuchRun(id))
}

/// Refuses an `after` that the journal has not reached: the asker's journal is of another run, or another server.
pub(super) async fn check_after(state: &AppState, run: &RunSummary, after: u64) -> Result<(), ApiError> {
    // The list's count may lag behind the journal, so the journal itself is asked.
    if after == 0 || !state.lab.entries(&run.id, after - 1, 1).await?.is_empty() {
        return Ok(());
    }
    Err(ApiError::AfterEnd { after, end: run.entries })
}
