//! NATS JetStream: a broker that keeps and hands out the messages itself, and has a clock of its own.
//!
//! Each run has a stream, and in it a subject for each partition, with one durable pull consumer. Where messages are
//! partitioned by key a consumer has one unacknowledged message at most, so that the next one waits for it. What is
//! not acknowledged within the consumer's `ack_wait` is handed out again
//! (<https://docs.nats.io/nats-concepts/jetstream/consumers>). NATS has no dead letters of its own: whoever takes a
//! message out publishes it elsewhere, here under a subject beside the partitions, and ends its delivery.
//!
//! Only what NATS 2.9 knows is used: what it does not know, it silently ignores.

mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::context::{
    CreateStreamError, CreateStreamErrorKind, DeleteStreamError, DeleteStreamErrorKind,
};
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{Client, ConnectOptions, ServerAddr, Subscriber};
use futures::TryStreamExt;
use uuid::Uuid;

use super::Terms;
use crate::store::PortError;
pub use run::NatsRun;

/// What our streams' names begin with.
const PREFIX: &str = "INTERLEAVE-";
/// What the description of our streams begins with, before the server that made them.
const MARK: &str = "made by interleave ";
/// How long the server may take to answer one request.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How long a client waits before it tries a server again that broke off.
const RECONNECT: Duration = Duration::from_millis(100);

/// A server that could not make a stream is asked so often, and so much later each time.
const CREATE_ATTEMPTS_MAX: u32 = 5;
const CREATE_AGAIN: Duration = Duration::from_millis(50);

/// A reachable NATS with JetStream.
#[derive(Clone)]
pub struct Nats {
    context: Context,
    address: String,
    version: String,
    /// This server's name among the makers of streams.
    maker: String,
    /// As long as somebody listens here, the maker is alive.
    _sign_of_life: std::sync::Arc<Subscriber>,
}

impl Nats {
    /// Connects, and removes the streams of makers that are dead.
    ///
    /// # Errors
    /// A sentence that names the address, never a password.
    pub async fn reach(url: &str) -> Result<Self, PortError> {
        let address = address(url);
        let connecting = options().connect(url);
        let client = tokio::time::timeout(ANSWER_MAX, connecting).await.ok().and_then(Result::ok);
        let missing = || {
            PortError::Lost(format!(
                "No NATS answers at {address}. Start it, or name another with --engine nats=nats://HOST:PORT."
            ))
        };
        let client = client.ok_or_else(missing)?;
        let version = format!("NATS {}", client.server_info().version);
        let maker = Uuid::now_v7().simple().to_string();
        let sign_of_life = client.subscribe(alive(&maker)).await.map_err(|error| lost(&address, error))?;
        client.flush().await.map_err(|error| lost(&address, error))?;
        let context = jetstream::new(client);
        let nats = Self { context, address, version, maker, _sign_of_life: sign_of_life.into() };
        nats.remove_left_behind().await?;
        Ok(nats)
    }

    /// Whether the server answers now.
    ///
    /// # Errors
    /// A sentence that names the address.
    pub async fn answers(&self) -> Result<(), PortError> {
        self.streams().await.map(drop)
    }

    /// A stream for one run. What is not acknowledged within `ack_wait` is handed out again.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn open(&self, run: &str, terms: Terms, ack_wait: Duration) -> Result<NatsRun, PortError> {
        NatsRun::open(self.clone(), run, terms, ack_wait).await
    }

    fn client(&self) -> Client {
        self.context.client()
    }

    fn lost(&self, error: impl std::fmt::Display) -> PortError {
        lost(&self.address, error)
    }

    /// Our streams, each with its maker.
    async fn streams(&self) -> Result<Vec<(String, String)>, PortError> {
        let listed: Result<Vec<_>, _> = self.context.streams().try_collect().await;
        let without = |error| {
            PortError::Lost(format!(
                "NATS at {} does not answer for JetStream ({error}); start it with -js.",
                self.address
            ))
        };
        let ours = listed.map_err(without)?.into_iter().filter_map(|info| {
            let maker = info.config.description?.strip_prefix(MARK)?.to_owned();
            info.config.name.starts_with(PREFIX).then_some((info.config.name, maker))
        });
        Ok(ours.collect())
    }

    /// A maker that is dead has nobody left who listens under its name, and the server says so at once.
    async fn remove_left_behind(&self) -> Result<(), PortError> {
        let mut dead = BTreeSet::new();
        let streams = self.streams().await?;
        for maker in streams.iter().map(|(_, maker)| maker).collect::<BTreeSet<_>>() {
            let client = self.client();
            let asked = client.request(alive(maker), Vec::new().into());
            let answer = tokio::time::timeout(RECONNECT, asked).await;
            let nobody =
                |error: &async_nats::RequestError| error.kind() == async_nats::RequestErrorKind::NoResponders;
            if matches!(&answer, Ok(Err(error)) if nobody(error)) {
                dead.insert(maker.clone());
            }
        }
        for (name, _) in streams.iter().filter(|(_, maker)| dead.contains(maker)) {
            self.remove(name).await?;
        }
        Ok(())
    }

    /// Makes a stream. Under load NATS 2.9 answers now and then, while it removes other streams, that it cannot create the
    /// store for this one; asked again, it can.
    async fn create(&self, config: Config) -> Result<Stream, PortError> {
        let mut attempts = 1;
        loop {
            match self.context.create_stream(config.clone()).await {
                Ok(stream) => return Ok(stream),
                Err(error) if attempts == CREATE_ATTEMPTS_MAX || !was_refused(&error) => {
                    return Err(self.lost(error));
                }
                Err(_) => tokio::time::sleep(CREATE_AGAIN).await,
            }
            attempts += 1;
        }
    }

    /// Removes a stream. That it is gone already is as good: its maker may have been removing it while it was listed, or
    /// another server that found it left behind.
    async fn remove(&self, name: &str) -> Result<(), PortError> {
        match self.context.delete_stream(name).await {
            Err(error) if !is_gone(&error) => Err(self.lost(error)),
            _ => Ok(()),
        }
    }
}

fn options() -> ConnectOptions {
    ConnectOptions::new()
        .connection_timeout(ANSWER_MAX)
        .request_timeout(Some(ANSWER_MAX))
        .reconnect_delay_callback(|_| RECONNECT)
        .name("interleave")
}

/// Whether the server tried and failed.
fn was_refused(error: &CreateStreamError) -> bool {
    matches!(error.kind(), CreateStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_CREATE)
}

fn is_gone(error: &DeleteStreamError) -> bool {
    matches!(error.kind(), DeleteStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn alive(maker: &str) -> String {
    format!("interleave.alive.{maker}")
}

/// Host and port of a URL: nothing secret.
fn address(url: &str) -> String {
    let parsed: Option<ServerAddr> = url.parse().ok();
    parsed.map_or_else(|| "the given URL".into(), |at| format!("{}:{}", at.host(), at.port()))
}

fn lost(address: &str, error: impl std::fmt::Display) -> PortError {
    PortError::Lost(format!("NATS at {address} does not answer: {error}"))
}
