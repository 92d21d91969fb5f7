//! Throughput against contention over HTTP.

use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use lab::sweep::Sweep;

use super::many_runs::Given;
use super::spec::SpecBody;
use super::token::Session;
use super::{examples, many_runs};
use crate::calls::{Answer, Call, Content};
use crate::problem::ApiError;
use crate::state::AppState;

/// `POST /sweep`.
pub const SWEEP: Call = Call {
    id: "sweepContention",
    method: Method::POST,
    path: "/api/v1/sweep",
    summary: "Throughput under more and more contention",
    text: "Runs the workload live with 1, 2, 4, 8 and 16 who ask at the same time, one run after the other, each of them \
           with a few requests and with enough for all, and tells how many requests were carried out in a second of real \
           time. Nothing of these runs is kept. It compares strategies on this machine at this moment, and is no \
           benchmark. Whoever hangs up breaks it off.",
    query: &[],
    body: Some(Content {
        media: "application/json",
        schema: Some("SpecDraft"),
        example: Some(examples::SPEC),
    }),
    answers: &[Answer {
        status: 200,
        text: "A point for each number of askers.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: Some("Sweep"), example: None }),
    }],
    refusals: &many_runs::REFUSALS,
    limits: &[many_runs::AT_ONCE, many_runs::BODY, many_runs::OFTEN],
    handler: || post(sweep),
};

async fn sweep(
    State(state): State<AppState>,
    session: Session,
    SpecBody(spec): SpecBody,
) -> Result<Given<Sweep>, ApiError> {
    let points = state.matrices.take_turn(&state.stop, state.lab.sweep(&spec)).await?;
    Ok(many_runs::given(&session, Sweep { points }))
}
