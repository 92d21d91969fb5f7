//! `GET /runs/{id}/feed`: the journal over a websocket, entry by entry, while the run goes on.
//!
//! Hello, then entries in order without gaps or repeats, then bye. A client that was cut off comes back with the
//! last seq that it has. A run that is over is fed the same way.

mod batch;
mod offers;
mod tether;

use std::pin::pin;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use engine::{Feed, Lines};
use futures::{Stream, StreamExt, stream};
use lab::wire::{Frame, PROTOCOL};
use tokio_util::sync::CancellationToken;

use self::batch::Batch;
use self::offers::Offers;
use self::tether::{Cut, Tether};
use super::journal::{AFTER, SEQ_MAX};
use super::query::Pairs;
use super::{RunId, runs};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::{AppState, FEEDS_MAX};

/// The largest message that is taken from a client, in bytes: it has nothing to say but that it is there.
const HEARD_BYTES_MAX: usize = 1_024;
/// How frames can be written.
const FORMATS: &[&str] = &["json"];

/// `GET /runs/{id}/feed`.
pub const FEED: Call = Call {
    id: "openFeed",
    method: Method::GET,
    path: "/api/v1/runs/{id}/feed",
    summary: "The journal, live, over a websocket",
    text: "Text frames: hello, then entries in order without gaps or repeats, then bye. The verdict is the last \
           entry. In a scheduled run that goes on there are frames of the kind offer as well: what the hand may do now, \
           always the latest one, behind the entries that led to it. A client that was cut off opens it again with the last seq that it has. A run that is over is fed \
           the same way.",
    query: &[
        AFTER,
        Parameter { name: "format", text: "How frames are written.", takes: Takes::Name(FORMATS) },
    ],
    body: None,
    answers: &[Answer {
        status: 101,
        text: "The websocket is open; each message is a frame.",
        headers: &[],
        content: Some(Content {
            media: "application/json",
            schema: Some("Frame"),
            example: Some(super::examples::FRAME),
        }),
    }],
    refusals: &["bad-query", "no-such-run", "after-end", "not-a-websocket", "feeds-taken"],
    limits: &[
        Limit { name: "open feeds", max: FEEDS_MAX as u64, text: "One more is refused: feeds-taken." },
        Limit {
            name: "bytes in a message from the client",
            max: HEARD_BYTES_MAX as u64,
            text: "A longer one ends the feed; nothing that a client says has a meaning.",
        },
    ],
    handler: || get(open),
};

/// Opens the feed behind `after`.
pub async fn open(
    State(state): State<AppState>,
    RunId(id): RunId,
    mut query: Pairs,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let after = query.number("after", 0..=SEQ_MAX, 0);
    query.name("format", FORMATS);
    query.end()?;
    let upgrade = upgrade.map_err(|rejection| ApiError::NotAWebsocket(rejection.body_text()))?;
    let run = runs::find(&state, id).await?;
    runs::check_after(&state, &run, after).await?;
    let permit = Arc::clone(&state.feeds).try_acquire_owned().map_err(|_| ApiError::FeedsTaken(FEEDS_MAX))?;
    let feed = state.lab.feed(&run.id, after).await?.ok_or_else(|| ApiError::NoSuchRun(run.id.clone()))?;
    let offers = Offers::new(state.lab.offers(&run.id));
    let (stop, metrics) = (state.stop.clone(), Arc::clone(&state.metrics));
    Ok(upgrade.max_message_size(HEARD_BYTES_MAX).on_upgrade(async move |socket| {
        let _permit = permit;
        let mut tether = Tether::new(socket, metrics);
        if let Err(cut) = speak(&mut tether, run.id, Told { feed, offers, seq: after }, stop).await {
            tracing::debug!("a feed was cut: {cut:?}");
        }
    }))
}

/// What one client is told: entries behind `seq`, and offers.
struct Told {
    feed: Feed,
    offers: Offers,
    seq: u64,
}

async fn speak(tether: &mut Tether, run: String, told: Told, stop: CancellationToken) -> Result<(), Cut> {
    tether.tell(&Frame::Hello { protocol: PROTOCOL, run, state: told.feed.state() }).await?;
    let Told { feed, offers, seq } = told;
    let reason = tokio::select! {
        reason = relay(tether, batches(feed), offers, seq) => reason?,
        () = stop.cancelled() => "the server stops",
    };
    tether.tell(&Frame::Bye { reason: reason.into() }).await?;
    tether.close().await
}

/// Passes entries on until there are no more; says why it ended.
async fn relay(
    tether: &mut Tether,
    batches: impl Stream<Item = Result<Lines, engine::Error>>,
    mut offers: Offers,
    mut seq: u64,
) -> Result<&'static str, Cut> {
    let mut batches = pin!(batches);
    let mut batch = Batch::default();
    loop {
        tokio::select! {
            // What is due goes first, else a stream that never pauses would keep the display waiting.
            biased;
            () = batch.due() => tether.send(batch.take()).await?,
            heard = tether.listen() => heard?,
            offer = offers.next(seq), if batch.is_empty() => tether.tell(&Frame::Offer { offer }).await?,
            next = batches.next() => match next {
                Some(Ok(entries)) => {
                    for entry in entries.iter() {
                        batch.push(entry);
                        if batch.is_full() {
                            tether.send(batch.take()).await?;
                        }
                    }
                    seq = entries.last_seq();
                }
                Some(Err(error)) => {
                    tracing::error!("a feed cannot go on: {error}");
                    return Ok("the journal cannot be read; the server's log says why");
                }
                None if batch.is_empty() => return Ok("the run is over"),
                None => {
                    tether.send(batch.take()).await?;
                    return Ok("the run is over");
                }
            }
        }
    }
}

/// The feed as a stream, because a stream's next item may be given up and asked for again without loss.
fn batches(feed: Feed) -> impl Stream<Item = Result<Lines, engine::Error>> {
    stream::unfold(feed, |mut feed| async move { feed.next().await.transpose().map(|batch| (batch, feed)) })
}
