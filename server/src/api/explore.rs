//! Every order of steps over HTTP.

use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use lab::explore::Explored;

use super::many_runs::Given;
use super::spec::SpecBody;
use super::token::Session;
use super::{examples, many_runs};
use crate::calls::{Answer, Call, Content, Limit};
use crate::problem::ApiError;
use crate::state::AppState;

/// The most runs for one answer: the asker waits for all of them.
const ORDERS_MAX: usize = 250;

/// `POST /explore`.
pub const EXPLORE: Call = Call {
    id: "exploreOrders",
    method: Method::POST,
    path: "/api/v1/explore",
    summary: "Play a run in every order of its steps",
    text: "Plays the spec once for each order in which its steps can come, each in a real run of its own, and says what \
           broke in it. Whoever thinks or waits for its next attempt may be quick or slow, so its time may come at any \
           move; whoever looks for messages or leases again and again looks when its time comes, and then these are not \
           all orders. The schedule of the spec is not asked. Every order brings its spec, so any of them can be started and watched. Nothing of these runs is kept. \
           Whoever hangs up breaks them off.",
    query: &[],
    body: Some(Content {
        media: "application/json",
        schema: Some("SpecDraft"),
        example: Some(examples::UNPROTECTED),
    }),
    answers: &[Answer {
        status: 200,
        text: "What came of each order, and whether these are all.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: Some("Explored"), example: None }),
    }],
    refusals: &many_runs::REFUSALS,
    limits: &[
        Limit {
            name: "runs",
            max: ORDERS_MAX as u64,
            text: "Where there are more orders, the answer has those that were tried and says that they are not all; so it \
                   does where an order takes too many moves.",
        },
        many_runs::AT_ONCE,
        many_runs::BODY,
        many_runs::OFTEN,
    ],
    handler: || post(explore),
};

async fn explore(
    State(state): State<AppState>,
    session: Session,
    SpecBody(spec): SpecBody,
) -> Result<Given<Explored>, ApiError> {
    let exploring = state.lab.explore(&spec, ORDERS_MAX);
    let explored = state.matrices.take_turn(&state.stop, exploring).await?;
    Ok(many_runs::given(&session, explored))
}
