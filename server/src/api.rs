//! The calls under `/api/v1`.

pub mod catalog;
pub mod docs;
mod examples;
pub mod explore;
pub mod export;
pub mod feed;
pub mod flood;
pub mod hand;
pub mod journal;
pub mod journal_schema;
pub mod many_runs;
pub mod matrix;
pub mod openapi;
pub mod query;
pub mod runs;
pub mod spec;
pub mod story;
pub mod sweep;
pub mod token;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, OriginalUri, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::calls;
use crate::problem::ApiError;
use crate::state::AppState;

/// No run's id is longer.
const RUN_ID_MAX: usize = 64;
/// The largest body that a call takes, unless it names a limit of its own.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Everything below it is the API's; what is beside it is the machine room's.
pub const API: &str = "/api";

/// The API, to be nested under `/api`. Every refusal in it is problem+json, the router's own too.
pub fn router(state: AppState) -> Router {
    // What is asked twice may have changed.
    let fresh =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    calls::below(API)
        .fallback(no_such_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(fresh)
        .layer(CompressionLayer::new().br(false).gzip(true))
        .with_state(state)
}

/// The calls beside `/api`: health and figures.
pub fn beside(state: AppState) -> Router {
    calls::beside(API).method_not_allowed_fallback(wrong_method).with_state(state)
}

/// The answer to a path under `/api` that leads nowhere.
pub async fn no_such_path(OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError::NoSuchPath(uri.path().to_owned())
}

async fn wrong_method(OriginalUri(uri): OriginalUri, method: Method) -> ApiError {
    ApiError::WrongMethod { method: method.to_string(), path: uri.path().to_owned() }
}

/// The path that was asked for, whole: a nested router sees its end alone.
fn path_of(parts: &Parts) -> String {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    asked.path().to_owned()
}

/// A run's id from the path. What cannot be an id is no run.
pub struct RunId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RunId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| ApiError::NoSuchPath(path_of(parts)))?;
        let fits = id.len() <= RUN_ID_MAX
            && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        if fits { Ok(Self(id)) } else { Err(ApiError::NoSuchRun(id.chars().take(RUN_ID_MAX).collect())) }
    }
}
