//! The door of a shared lab: a page that asks for the join code, and the teacher's link.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;

use super::{Guest, JOIN, Share, TEACHER};
use crate::headers::PageNonce;
use crate::problem::ApiError;
use crate::state::AppState;

/// How long a browser keeps a key: a day of classes.
const KEEP_S: u64 = 86_400;
/// What everybody may see: the door itself, and what tells that the server is alive.
pub const OPEN: [&str; 3] = ["/join", "/healthz", "/readyz"];
/// No more of a code in the address is put into the field.
const CODE_SHOWN_MAX: usize = 20;
/// Where the teacher's link begins.
const TEACH: &str = "/teach/";

/// What the door's address may say.
#[derive(Debug, Deserialize)]
struct Known {
    #[serde(default)]
    code: String,
}

/// What is typed at the door.
#[derive(Debug, Deserialize)]
struct Typed {
    code: String,
}

/// The door's own routes; none where nothing is shared.
pub fn routes(share: Option<&Arc<Share>>) -> Router {
    let Some(share) = share else { return Router::new() };
    Router::new()
        .route("/join", get(ask).post(join))
        .route("/teach/{key}", get(teach))
        .with_state(Arc::clone(share))
}

/// Lets in who has a key. A browser without one is led to the door, a program is told what to send.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(share) = &state.share else { return next.run(request).await };
    let path = request.uri().path();
    let is_open = OPEN.contains(&path) || path.starts_with(TEACH);
    if is_open || share.guest(request.headers()) != Guest::Stranger {
        return next.run(request).await;
    }
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return Redirect::to("/join").into_response();
    }
    ApiError::NotJoined.into_response()
}

/// A telephone that has read the code from the teacher's screen need not have it typed.
async fn ask(Extension(PageNonce(nonce)): Extension<PageNonce>, Query(known): Query<Known>) -> Html<String> {
    page(&nonce.to_string(), "", &known.code)
}

async fn join(
    State(share): State<Arc<Share>>,
    Extension(PageNonce(nonce)): Extension<PageNonce>,
    Form(typed): Form<Typed>,
) -> Response {
    let refused =
        |status: StatusCode, sentence: &str| (status, page(&nonce.to_string(), sentence, "")).into_response();
    match share.is_code(&typed.code) {
        Some(true) => admit(JOIN, share.code(), "/"),
        Some(false) => {
            refused(StatusCode::FORBIDDEN, "That is not the join code. It stands on the teacher's screen.")
        }
        None => {
            refused(StatusCode::TOO_MANY_REQUESTS, "Too many wrong codes were typed; try again in a minute.")
        }
    }
}

async fn teach(State(share): State<Arc<Share>>, Path(key): Path<String>) -> Response {
    if share.is_teacher(&key) { admit(TEACHER, &key, "/room") } else { Redirect::to("/join").into_response() }
}

/// Gives the key as a cookie, and opens the lab at a page.
fn admit(name: &str, key: &str, at: &str) -> Response {
    let cookie = format!("{name}={key}; Path=/; Max-Age={KEEP_S}; HttpOnly; SameSite=Lax");
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.insert(header::SET_COOKIE, value);
    }
    (headers, Redirect::to(at)).into_response()
}

/// The page at the door. It brings its own few lines of style: strangers get no files.
fn page(nonce: &str, problem: &str, code: &str) -> Html<String> {
    // Nothing but letters and figures gets into the page.
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(CODE_SHOWN_MAX).collect();
    let problem = if problem.is_empty() { String::new() } else { format!("<p role=\"alert\">{problem}</p>") };
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Join Interleave</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main><h1>Interleave</h1><p>This lab is shared with a room. Type the join code to come in.</p>{problem}\
         <form method=\"post\" action=\"/join\"><label for=\"code\">Join code</label>\
         <input id=\"code\" name=\"code\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" \
         maxlength=\"20\" value=\"{code}\" required><button>Join</button></form></main></body></html>"
    ))
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#f6f5f0,#15171a);color:light-dark(#1b1f24,#eceae4)}\
main{padding:1.5rem;max-width:26rem}\
form{display:grid;gap:.6rem}\
input,button{font:inherit;padding:.6rem .8rem;border-radius:.4rem;border:1px solid light-dark(#767676,#8a8f98)}\
input{letter-spacing:.15em;text-transform:uppercase}\
button{background:#0b5394;color:#fff;border-color:#0b5394;font-weight:700}\
[role=alert]{color:light-dark(#a32a00,#ff9d73)}";
