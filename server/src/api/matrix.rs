//! The matrix of crash points over HTTP: each gap between two steps of a run is the place of a crash, in a run of its own.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::post;
use engine::matrix::MatrixError;
use lab::matrix::Matrix;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::query::Pairs;
use super::spec::SpecBody;
use super::token::Session;
use super::{examples, flood, spec};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::AppState;

/// The most crash points of one matrix: the asker waits for all of them.
const POINTS_MAX: usize = 200;
/// Those who may wait for their matrix, the one whose turn it is among them.
pub(super) const WAITING_MAX: usize = 8;

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
        takes: Takes::Text("relay"),
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
        Limit {
            name: "askers at once",
            max: WAITING_MAX as u64,
            text: "One answer that takes many runs is made at a time. One more who waits is refused: queue-full.",
        },
        Limit { name: "bytes in the body", max: spec::BYTES_MAX as u64, text: "More is refused: too-large." },
        Limit {
            name: "runs or matrices asked for at once in a session",
            max: flood::BURST as u64,
            text: "One more is refused: flood. One is given back each second.",
        },
    ],
    handler: || post(matrix),
};

/// Who makes a matrix or a sweep, and who waits for one: each one is many runs, and they must leave room for others.
#[derive(Debug)]
pub struct Turns {
    places: Semaphore,
    turn: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self { places: Semaphore::new(WAITING_MAX), turn: Semaphore::new(1) }
    }
}

impl Turns {
    /// Waits for its turn, and does something then; breaks it off when the server stops.
    ///
    /// # Errors
    /// When too many wait already, when the server stops, and what went wrong.
    pub(super) async fn take_turn<T>(
        &self,
        stop: &CancellationToken,
        work: impl Future<Output = Result<T, MatrixError>>,
    ) -> Result<T, ApiError> {
        let working = async {
            let _turn = self.take().await?;
            Ok::<T, ApiError>(work.await?)
        };
        tokio::select! {
            worked = working => worked,
            () = stop.cancelled() => Err(ApiError::Stopping),
        }
    }

    async fn take(&self) -> Result<[SemaphorePermit<'_>; 2], ApiError> {
        let full = || {
            ApiError::QueueFull(format!(
                "{WAITING_MAX} wait for a matrix, a sweep or orders already; try again when some have theirs."
            ))
        };
        let place = self.places.try_acquire().map_err(|_| full())?;
        let turn = self.turn.acquire().await.map_err(|_| ApiError::Stopping)?;
        Ok([place, turn])
    }
}

/// `POST /matrix?actor=NAME`.
async fn matrix(
    State(state): State<AppState>,
    mut query: Pairs,
    session: Session,
    SpecBody(spec): SpecBody,
) -> Result<(HeaderMap, Json<Matrix>), ApiError> {
    let actor = query.text("actor");
    query.end()?;
    let trying = state.lab.matrix(&spec, actor.as_deref(), POINTS_MAX);
    let points = state.matrices.take_turn(&state.stop, trying).await?;
    let mut headers = HeaderMap::new();
    session.give(&mut headers);
    Ok((headers, Json(Matrix { points })))
}

impl From<MatrixError> for ApiError {
    fn from(error: MatrixError) -> Self {
        match error {
            MatrixError::Unfit(faults) => Self::BadSpec(faults),
            MatrixError::Start(error) => error.into(),
        }
    }
}
