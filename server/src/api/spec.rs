//! The body of `POST /runs`: a spec, or everything that is wrong with it.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use futures::StreamExt;
use lab::spec::{Fault, Faults, Spec};
use tokio::time::timeout;

use crate::problem::ApiError;
use crate::state::AppState;

/// The largest spec that is read: room for the longest recorded schedule, at some forty bytes a choice.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// A body that takes longer to arrive is given up.
const READ_FOR: Duration = Duration::from_secs(20);
/// So much of a body that is too large is still taken and thrown away.
const DRAINED_MAX: usize = 32 * 1024 * 1024;
/// And for no longer than this.
const DRAINED_FOR: Duration = Duration::from_secs(5);
/// No refusal repeats more of a header than this, in characters.
const ECHO_MAX: usize = 60;

/// A checked spec from a request's body.
pub struct SpecBody(pub Spec);

impl FromRequest<AppState> for SpecBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let bytes = body(request, BYTES_MAX).await?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let message = format!("The spec is not text in UTF-8: {error}.");
            ApiError::BadSpec(Faults(vec![Fault { field: String::new(), message }]))
        })?;
        Spec::parse(text, &state.lab.catalog()).map(Self).map_err(ApiError::BadSpec)
    }
}

/// A body of JSON, not yet read, of at most so many bytes.
pub(super) async fn body(request: Request, bytes_max: usize) -> Result<Bytes, ApiError> {
    check_content_type(&request)?;
    let late = |_| ApiError::BrokenBody(format!("it did not arrive within {} s", READ_FOR.as_secs()));
    timeout(READ_FOR, read(request.into_body(), bytes_max)).await.map_err(late)?
}

fn check_content_type(request: &Request) -> Result<(), ApiError> {
    let value = request.headers().get(header::CONTENT_TYPE);
    let Some(value) = value else {
        return Err(ApiError::NotJson("of no declared type".into()));
    };
    let value = String::from_utf8_lossy(value.as_bytes());
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::NotJson(essence.chars().take(ECHO_MAX).collect()))
}

async fn read(body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| ApiError::BrokenBody(error.to_string()))?;
        if read.len() + chunk.len() > bytes_max {
            // A client that still sends when the connection closes sees a broken pipe instead of the refusal.
            let _ = timeout(DRAINED_FOR, drain(chunks)).await;
            return Err(ApiError::TooLarge { max: bytes_max });
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.into())
}

async fn drain(mut chunks: axum::body::BodyDataStream) {
    let mut drained = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        drained += chunk.len();
        if drained > DRAINED_MAX {
            return;
        }
    }
}
