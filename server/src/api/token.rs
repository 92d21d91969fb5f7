//! The run token: whoever creates a run gets it, and later proves with it that the run is theirs.
//!
//! Where only this machine can reach the server, nobody asks for it; a shared lab does.

use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use uuid::Uuid;

use crate::problem::ApiError;
use crate::state::AppState;

/// The header that carries a new run's token, for programs.
pub const TOKEN_HEADER: HeaderName = HeaderName::from_static("interleave-run-token");
/// The cookie that tells sessions apart.
const SESSION_COOKIE: &str = "interleave-session";
/// How long a browser keeps a cookie: a day of classes.
const KEEP_S: u64 = 86_400;

/// Gives a new run's token, as a cookie that only this run's calls carry, and as a header. Returns it.
pub fn give(headers: &mut HeaderMap, run: &str) -> String {
    let token = draw();
    let path = format!("/api/v1/runs/{run}");
    set_cookie(headers, TOKEN_HEADER.as_str(), &token, &path);
    if let Ok(value) = HeaderValue::from_str(&token) {
        headers.insert(TOKEN_HEADER, value);
    }
    token
}

/// The session in which a run is asked for. Taking it out of a request takes one run out of its bucket.
pub struct Session {
    id: Uuid,
    is_new: bool,
}

impl FromRequestParts<AppState> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let known = known(&parts.headers);
        let session = Self { id: known.unwrap_or_else(Uuid::new_v4), is_new: known.is_none() };
        let taken = state.flood.take(session.id, Instant::now());
        // A second more, because Retry-After counts whole ones.
        taken.map_err(|wait| ApiError::Flood { retry_s: wait.as_secs() + 1 })?;
        Ok(session)
    }
}

impl Session {
    /// Gives the session's cookie to one who has none yet.
    pub fn give(&self, headers: &mut HeaderMap) {
        if self.is_new {
            set_cookie(headers, SESSION_COOKIE, &self.id.simple().to_string(), "/api/v1/runs");
        }
    }
}

fn known(headers: &HeaderMap) -> Option<Uuid> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == SESSION_COOKIE).then(|| value.parse().ok()).flatten())
}

/// 122 bits from the operating system: nobody guesses them.
fn draw() -> String {
    Uuid::new_v4().simple().to_string()
}

fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str, path: &str) {
    let cookie = format!("{name}={value}; Path={path}; Max-Age={KEEP_S}; HttpOnly; SameSite=Strict");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}
