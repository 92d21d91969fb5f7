//! The feed: frames from a websocket into the replay.

use futures::StreamExt;
use gloo_net::websocket::Message;
use gloo_net::websocket::futures::WebSocket;
use lab::wire::{Frame, State};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::reading::read;
use crate::replay::{Connection, Replay};

/// The wait before the first attempt to come back, in milliseconds; it doubles each time.
const BACKOFF_MS: u32 = 250;
/// The longest wait.
const BACKOFF_MS_MAX: u32 = 5_000;
/// After so many attempts without a single frame the page stops trying and says so: about a quarter of an hour.
const ATTEMPTS_MAX: u32 = 180;

/// How one connection ended.
enum End {
    /// The run has no more entries, or another run took its place on the screen.
    Over,
    /// The connection broke off, after at least one frame or before any.
    Lost { heard: bool },
}

/// Follows a run's feed to its end.
pub(super) async fn follow(replay: Replay, id: String) {
    replay.connection.set(Connection::Connecting);
    let mut attempts = 0;
    while attempts < ATTEMPTS_MAX {
        match listen(replay, &id).await {
            End::Over => return,
            End::Lost { heard } => attempts = if heard { 0 } else { attempts + 1 },
        }
        if !is_shown(replay, &id) {
            return;
        }
        replay.connection.set(Connection::Lost);
        sleep(BACKOFF_MS.saturating_mul(1 << attempts.min(8)).min(BACKOFF_MS_MAX)).await;
    }
    replay.connection.set(Connection::GivenUp);
}

async fn listen(replay: Replay, id: &str) -> End {
    let Some(mut socket) = address(id, replay.last_seq()).and_then(|url| WebSocket::open(&url).ok()) else {
        return End::Lost { heard: false };
    };
    let mut heard = false;
    while let Some(Ok(message)) = socket.next().await {
        if !is_shown(replay, id) {
            return End::Over;
        }
        let Message::Text(text) = message else { continue };
        // A frame that cannot be read is a broken connection: what it held will be asked for again.
        let Ok(frame) = read::<Frame>(&text) else {
            return End::Lost { heard };
        };
        heard = true;
        match frame {
            Frame::Hello { state, .. } => hello(replay, state),
            Frame::Entries { entries } => {
                if !replay.take_soon(entries) {
                    return End::Lost { heard };
                }
            }
            Frame::Offer { offer } => replay.take_offer(offer),
            Frame::Bye { reason } => return bye(replay, &reason),
        }
    }
    End::Lost { heard }
}

fn hello(replay: Replay, state: State) {
    replay.take_waiting();
    replay.connection.set(Connection::Live);
    // The verdict may be here already, from the page; a run does not go back to running.
    if !is_over(replay) {
        replay.state.set(Some(state));
    }
}

fn bye(replay: Replay, reason: &str) -> End {
    replay.take_waiting();
    if is_over(replay) {
        replay.connection.set(Connection::Over);
        return End::Over;
    }
    leptos::logging::log!("the feed ended before the run: {reason}");
    End::Lost { heard: true }
}

fn is_over(replay: Replay) -> bool {
    matches!(replay.state.get_untracked(), Some(State::Finished | State::Interrupted))
}

/// Whether this run is still the one on the screen.
fn is_shown(replay: Replay, id: &str) -> bool {
    replay.run.with_untracked(|run| run.as_ref().is_some_and(|run| run.id == id))
}

fn address(id: &str, after: u64) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/api/v1/runs/{id}/feed?after={after}", location.host().ok()?))
}

async fn sleep(ms: u32) {
    let ms = i32::try_from(ms).unwrap_or(i32::MAX);
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}
