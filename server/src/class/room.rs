//! The teacher's page of a shared lab: the join code in large letters and as a picture that telephones read, the address
//! that screens follow, and the way to clear the room.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Extension, Router};
use engine::Lab;
use lab::wire::State as RunState;
use qrcode::QrCode;
use qrcode::render::svg;
use tokio::time::sleep;

use super::page::{escaped, page};
use crate::headers::PageNonce;
use crate::problem::ApiError;
use crate::share::{Guest, Share};
use crate::state::AppState;

/// So many pages of runs are looked at in one clearing; what is older stays.
const PAGES_CLEARED_MAX: usize = 10_000;
/// So many are read at once.
const PAGE: usize = 100;
/// A run that was cancelled ends soon; it is waited for so often, for so long each time.
const WAITS_MAX: usize = 100;
const WAIT: Duration = Duration::from_millis(50);
/// The least width of the picture, in modules of its own drawing.
const QR_WIDTH: u32 = 240;

/// The routes; without a shared lab they lead nowhere.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/room", get(room)).route("/room/clear", post(clear))
}

async fn room(
    State(state): State<AppState>,
    Extension(PageNonce(nonce)): Extension<PageNonce>,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let share = teachers(&state, &headers)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.map_or_else(|| state.address.to_string(), str::to_owned);
    let address = format!("http://{host}/join?code={}", share.code());
    let (shown, code) = (escaped(&host), escaped(share.code()));
    let body = format!(
        "<p>Open <strong>http://{shown}</strong> and type</p><p class=\"code\">{code}</p>\
         <div class=\"qr\" role=\"img\" aria-label=\"The address with the code, for a telephone's camera\">{}</div>\
         <p>A screen that is to show whatever you start: <a href=\"/follow\">http://{shown}/follow</a></p>\
         <nav><a class=\"button\" href=\"/\">To the labs</a><a class=\"button\" href=\"/talk\">The talk</a></nav>\
         <form method=\"post\" action=\"/room/clear\"><button>Clear the room: end and forget every run that is not pinned</button></form>",
        picture(&address)
    );
    Ok(page(&nonce, "The room", None, &body))
}

/// The address as a QR code; nothing where it is too long for one.
fn picture(address: &str) -> String {
    let Ok(code) = QrCode::new(address.as_bytes()) else { return String::new() };
    let drawn = code.render::<svg::Color>().min_dimensions(QR_WIDTH, QR_WIDTH).build();
    // What stands before the picture is for files of its own.
    drawn.find("<svg").map_or_else(String::new, |start| drawn[start..].to_owned())
}

async fn clear(State(state): State<AppState>, headers: HeaderMap) -> Result<Redirect, ApiError> {
    teachers(&state, &headers)?;
    clear_all(&state.lab).await?;
    Ok(Redirect::to("/room"))
}

/// Ends every run that goes on, and forgets all that are not pinned.
async fn clear_all(lab: &Lab) -> Result<(), engine::Error> {
    let mut before: Option<String> = None;
    for _ in 0..PAGES_CLEARED_MAX {
        let runs = lab.runs(before.as_deref(), PAGE).await?;
        let Some(last) = runs.last() else { return Ok(()) };
        before = Some(last.id.clone());
        for run in &runs {
            if matches!(run.state, RunState::Queued | RunState::Running) {
                lab.cancel(&run.id).await?;
            }
            if !run.pinned {
                forget(lab, &run.id).await?;
            }
        }
    }
    Ok(())
}

async fn forget(lab: &Lab, id: &str) -> Result<(), engine::Error> {
    for _ in 0..WAITS_MAX {
        if lab.forget(id).await? {
            return Ok(());
        }
        sleep(WAIT).await;
    }
    Ok(())
}

/// The keys, for the teacher alone.
fn teachers<'a>(state: &'a AppState, headers: &HeaderMap) -> Result<&'a Share, ApiError> {
    match &state.share {
        None => {
            Err(ApiError::NoSuchPath("/room, because this lab is not shared; start it with --share".into()))
        }
        Some(share) if share.guest(headers) == Guest::Teacher => Ok(share),
        Some(_) => Err(ApiError::NotToldHere),
    }
}
