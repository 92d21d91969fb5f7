//! What the calls have in common that carry out many runs for one answer: who waits for whom, and what all of them refuse.

use axum::Json;
use axum::http::HeaderMap;
use engine::matrix::MatrixError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::token::Session;
use super::{flood, spec};
use crate::calls::Limit;
use crate::problem::ApiError;

/// Those who may wait for such an answer, the one whose turn it is among them.
const WAITING_MAX: usize = 8;

/// What such a call refuses that takes no query.
pub(super) const REFUSALS: [&str; 10] = [
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
];

/// Who waits.
pub(super) const AT_ONCE: Limit = Limit {
    name: "askers at once",
    max: WAITING_MAX as u64,
    text: "One answer that takes many runs is made at a time. One more who waits is refused: queue-full.",
};

/// The spec.
pub(super) const BODY: Limit =
    Limit { name: "bytes in the body", max: spec::BYTES_MAX as u64, text: "More is refused: too-large." };

/// Who asks.
pub(super) const OFTEN: Limit = Limit {
    name: "runs, matrices, sweeps or orders asked for at once in a session",
    max: flood::BURST as u64,
    text: "One more is refused: flood. One is given back each second.",
};

/// An answer, with the cookie of whoever asked.
pub(super) type Given<T> = (HeaderMap, Json<T>);

/// The answer for this session.
pub(super) fn given<T>(session: &Session, answer: T) -> Given<T> {
    let mut headers = HeaderMap::new();
    session.give(&mut headers);
    (headers, Json(answer))
}

/// Who has many runs carried out, and who waits for that: they must leave room for others.
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

impl From<MatrixError> for ApiError {
    fn from(error: MatrixError) -> Self {
        match error {
            MatrixError::Unfit(faults) => Self::BadSpec(faults),
            MatrixError::Start(error) => error.into(),
        }
    }
}
