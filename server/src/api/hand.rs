//! The user's hand: what it may do in a run now, and its moves.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method};
use axum::routing::{get, post};
use engine::Lab;
use lab::hand::{BY_HAND_OUTAGE_S_MAX, HandMove, IDLE_S_MAX, Offer, PAUSED_S_MAX};
use lab::spec::{Fault, Faults};

use super::runs::{check_owner, find};
use super::{RunId, examples, spec};
use crate::calls::{Answer, Call, Content, Limit};
use crate::problem::ApiError;
use crate::state::AppState;

/// The largest body of a move: its longest fields with room to spare.
const BYTES_MAX: usize = 4 * 1024;

/// `GET /runs/{id}/hand`.
pub const OFFER: Call = Call {
    id: "getOffer",
    method: Method::GET,
    path: "/api/v1/runs/{id}/hand",
    summary: "What the hand may do in a run now",
    text: "The latest offer: who may move and what the next step would be, who waits for whom, who sleeps until when. \
           The feed tells each new one in a frame of the kind offer. A run by hand waits for it, any other \
           scheduled run can be paused, stepped and resumed, and a live one says what may be cut off and what is.",
    query: &[],
    body: None,
    answers: &[Answer { status: 200, text: "The offer.", headers: &[], content: Some(SHOWN) }],
    refusals: &["no-such-run", "no-hand"],
    limits: &[],
    handler: || get(show),
};

/// `POST /runs/{id}/hand`.
pub const MOVE: Call = Call {
    id: "moveByHand",
    method: Method::POST,
    path: "/api/v1/runs/{id}/hand",
    summary: "Make a move in a run",
    text: "Kinds: `choose` an actor, which takes its next step; `tray`, something is done to a message on its way (`act`: \
           hold, release, put, double, drop, lose-ack; `card`; `before`); `step`, one move by the schedule; `resume`, the \
           schedule goes on by itself; `pause`; `pace`. A live run knows `inject` and `lift`: an outage of its `port`, \
           `database` or `broker`, of the manner `cut` or `stall`, for this run alone. Its journal says when it began and \
           ended; its spec does not, so the spec does not bring such a run back. A database of SQLite is a file in the \
           server's process and cannot be cut. Answered with the offer that follows, once the engine has settled. While \
           the run goes on, the same move sent twice acts once and is answered the same. An actor is chosen only in a \
           run by hand: the order of any other follows from its spec. A run by hand writes its moves into its journal \
           as a recorded schedule.",
    query: &[],
    body: Some(Content {
        media: "application/json",
        schema: Some("HandMove"),
        example: Some(examples::MOVE),
    }),
    answers: &[Answer {
        status: 200,
        text: "The move is made.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: Some("Offer"), example: None }),
    }],
    refusals: &[
        "no-such-run",
        "bad-move",
        "no-hand",
        "offer-passed",
        "move-refused",
        "move-id-taken",
        "not-yours",
        "not-json",
        "too-large",
        "broken-body",
    ],
    limits: &[
        Limit {
            name: "seconds without a move in a run by hand",
            max: IDLE_S_MAX,
            text: "Then the run is interrupted; its moves are kept in its journal.",
        },
        Limit {
            name: "seconds for a run by hand in all",
            max: Lab::BY_HAND_S_MAX,
            text: "Then it is interrupted.",
        },
        Limit {
            name: "seconds for which a run of another schedule stays paused",
            max: PAUSED_S_MAX,
            text: "Then it goes on by itself.",
        },
        Limit {
            name: "seconds that an injected outage lasts",
            max: BY_HAND_OUTAGE_S_MAX,
            text: "Then it is lifted: the run holds a turn that others wait for.",
        },
        Limit {
            name: "runs by hand at once",
            max: Lab::BY_HAND_AT_ONCE as u64,
            text: "One more waits; they take no turn from other runs.",
        },
        Limit { name: "bytes in the body", max: BYTES_MAX as u64, text: "More is refused: too-large." },
    ],
    handler: || post(make),
};

const SHOWN: Content =
    Content { media: "application/json", schema: Some("Offer"), example: Some(examples::OFFER) };

async fn show(State(state): State<AppState>, RunId(id): RunId) -> Result<Json<Offer>, ApiError> {
    let run = find(&state, id).await?;
    Ok(Json(state.lab.offer(&run.id).await?))
}

async fn make(
    State(state): State<AppState>,
    RunId(id): RunId,
    headers: HeaderMap,
    MoveBody(asked): MoveBody,
) -> Result<Json<Offer>, ApiError> {
    let run = find(&state, id).await?;
    check_owner(&state, &run.id, &headers)?;
    Ok(Json(state.lab.move_by_hand(&run.id, asked).await?))
}

/// A checked move from a request's body.
struct MoveBody(HandMove);

impl FromRequest<AppState> for MoveBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let bytes = spec::body(request, BYTES_MAX).await?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let message = format!("The move is not text in UTF-8: {error}.");
            ApiError::BadMove(Faults(vec![Fault { field: String::new(), message }]))
        })?;
        HandMove::parse(text).map(Self).map_err(ApiError::BadMove)
    }
}
