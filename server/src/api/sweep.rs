//! Throughput against contention over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::post;
use lab::sweep::Sweep;

use super::spec::SpecBody;
use super::token::Session;
use super::{examples, flood, spec};
use crate::calls::{Answer, Call, Content, Limit};
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
    refusals: &[
        "bad-spec",
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
        Limit { name: "bytes in the body", max: spec::BYTES_MAX as u64, text: "More is refused: too-large." },
        Limit {
            name: "runs, matrices or sweeps asked for at once in a session",
            max: flood::BURST as u64,
            text: "One more is refused: flood. One is given back each second.",
        },
    ],
    handler: || post(sweep),
};

async fn sweep(
    State(state): State<AppState>,
    session: Session,
    SpecBody(spec): SpecBody,
) -> Result<(HeaderMap, Json<Sweep>), ApiError> {
    let points = state.matrices.take_turn(&state.stop, state.lab.sweep(&spec)).await?;
    let mut headers = HeaderMap::new();
    session.give(&mut headers);
    Ok((headers, Json(Sweep { points })))
}
