//! The matrix of crash points over HTTP: each gap between two steps of a run is the place of a crash, in a run of its own.

use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use lab::matrix::Matrix;

use super::many_runs::Given;
use super::query::Pairs;
use super::spec::SpecBody;
use super::token::Session;
use super::{examples, many_runs};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::AppState;

/// The most crash points of one matrix: the asker waits for all of them.
const POINTS_MAX: usize = 200;

/// `POST /matrix`.
pub const MATRIX: Call = Call {
    id: "tryCrashPoints",
    method: Method::POST,
    path: "/api/v1/matrix",
    summary: "Crash at every point of a run",
    text: "A calm run of the spec says which steps there are; then each of them is the place of a crash in a real run \
           of its own, and the answer says what broke in it. Every point brings its spec, so any of them can be \
           started and watched. Nothing of these runs is kept. Whoever hangs up breaks them off.",
    query: &[Parameter {
        name: "actor",
        text: "Whose steps count; those of everybody when it is left out.",
        takes: Takes::Text("service-1"),
    }],
    body: Some(Content {
        media: "application/json",
        schema: Some("SpecDraft"),
        example: Some(examples::CRASHING),
    }),
    answers: &[Answer {
        status: 200,
        text: "What came of a crash at each point, in the order of the calm run.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: Some("Matrix"), example: None }),
    }],
    refusals: &[
        "bad-spec",
        "bad-query",
        "engine-missing",
        "engine-unreachable",
        "no-room",
        "not-json",
        "too-large",
        "broken-body",
        "flood",
        "queue-full",
        "stopping",
    ],
    limits: &[
        Limit {
            name: "crash points",
            max: POINTS_MAX as u64,
            text: "A run with more steps is refused: bad-spec.",
        },
        many_runs::AT_ONCE,
        many_runs::BODY,
        many_runs::OFTEN,
    ],
    handler: || post(matrix),
};

/// `POST /matrix?actor=NAME`.
async fn matrix(
    State(state): State<AppState>,
    mut query: Pairs,
    session: Session,
    SpecBody(spec): SpecBody,
) -> Result<Given<Matrix>, ApiError> {
    let actor = query.text("actor");
    query.end()?;
    let trying = state.lab.matrix(&spec, actor.as_deref(), POINTS_MAX);
    let points = state.matrices.take_turn(&state.stop, trying).await?;
    Ok(many_runs::given(&session, Matrix { points }))
}
