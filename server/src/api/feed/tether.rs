//! One websocket that is pinged, listened to, and given up when nobody is there.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use lab::wire::Frame;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

use crate::metrics::Metrics;

/// How often the client is asked whether it is there; a quiet connection is cut by what lies between.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A client that was not heard for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(50);
/// A client that takes one frame for longer than this is gone; it resumes when it comes back.
const SEND_MAX: Duration = Duration::from_secs(20);
/// How long the client may take to close after the last frame.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// Why a connection was given up.
#[derive(Debug)]
pub(super) enum Cut {
    /// The client closed it, or it broke.
    Gone,
    /// The client does not read.
    Slow,
    /// The client does not answer.
    Silent,
}

/// The connection.
pub(super) struct Tether {
    socket: WebSocket,
    pings: Interval,
    heard_at: Instant,
    metrics: Arc<Metrics>,
}

impl Tether {
    /// Takes a fresh connection.
    pub(super) fn new(socket: WebSocket, metrics: Arc<Metrics>) -> Self {
        let now = Instant::now();
        let mut pings = interval_at(now + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, pings, heard_at: now, metrics }
    }

    /// Sends a frame.
    pub(super) async fn tell(&mut self, frame: &Frame) -> Result<(), Cut> {
        let text = serde_json::to_string(frame).map_err(|_| Cut::Gone)?;
        self.send(text).await
    }

    /// Sends a frame that is written already.
    pub(super) async fn send(&mut self, text: String) -> Result<(), Cut> {
        let bytes = text.len();
        self.post(Message::Text(text.into())).await?;
        self.metrics.frame_sent(bytes);
        Ok(())
    }

    /// Keeps the connection alive until one thing was heard or asked. Giving it up loses nothing.
    pub(super) async fn listen(&mut self) -> Result<(), Cut> {
        tokio::select! {
            message = self.socket.recv() => match message {
                // What a client says has no meaning here, but that it speaks does. Pings are answered below us.
                Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Cut::Gone),
                Some(Ok(_)) => {
                    self.heard_at = Instant::now();
                    Ok(())
                }
            },
            _ = self.pings.tick() => {
                if self.heard_at.elapsed() > SILENCE_MAX {
                    return Err(Cut::Silent);
                }
                self.post(Message::Ping(Default::default())).await
            }
        }
    }

    /// Says that this was all, and waits for the client to hang up, so that it surely has the last frame.
    pub(super) async fn close(&mut self) -> Result<(), Cut> {
        let frame = CloseFrame { code: close_code::NORMAL, reason: Default::default() };
        self.post(Message::Close(Some(frame))).await?;
        let hung_up = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        timeout(CLOSE_MAX, hung_up).await.map_err(|_| Cut::Slow)
    }

    async fn post(&mut self, message: Message) -> Result<(), Cut> {
        match timeout(SEND_MAX, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Cut::Gone),
            Err(_) => Err(Cut::Slow),
        }
    }
}
