//! Runs experiments on real backends.
//!
//! Start reading at [`runs`] (who keeps runs), then [`runner`] (one run), [`bench`] (what an actor may touch),
//! [`schedule`] (who moves next), [`store`] (the databases), [`broker`] (the messages), [`locks`] (the lock services),
//! [`provider`] (the payment provider), [`strategies`] and [`scenarios`] (the lessons), and [`journal`] (what is kept
//! and told).

pub mod bench;
pub mod broker;
pub mod catalog;
pub mod journal;
pub mod live;
pub mod locks;
pub mod provider;
pub mod quiet;
pub mod recorder;
mod runner;
pub mod runs;
pub mod scenarios;
pub mod schedule;
pub mod store;
pub mod strategies;
pub mod turn;

use std::path::PathBuf;

pub use journal::Feed;
pub use runs::Lab;
pub use schedule::listener::{HandRefusal, Patience};

/// What the lab is opened with.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The folder of the product's own files; made if it is missing.
    pub data: PathBuf,
    /// The URL of a PostgreSQL database to experiment on.
    pub postgres: Option<String>,
    /// The addresses of a ZooKeeper ensemble to take locks from: `host:port,host:port`.
    pub zookeeper: Option<String>,
}

/// Why the lab could not be opened: one sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("{0}")]
    Data(String),
    /// An engine that was named cannot be used.
    #[error("{0}")]
    Engine(String),
}

/// Why a run was not started: one sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// This server was started without that engine.
    #[error("{0}")]
    EngineMissing(String),
    /// The engine does not answer.
    #[error("{0}")]
    EngineUnreachable(String),
    /// Too many runs wait already.
    #[error("{0}")]
    Full(String),
    /// The lab itself broke.
    #[error("{0}")]
    Broken(String),
}

/// The lab broke. A conflict, a refusal or a lost connection is never this: those are findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl Error {
    /// An error in words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        Self::Broken(error.0)
    }
}
