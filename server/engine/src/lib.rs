//! Runs experiments on real backends.
//!
//! Start reading at [`runs`] (who keeps runs), then [`runner`] (one run), [`bench`] (what an actor may touch),
//! [`schedule`] (who moves next), [`store`] (the databases), [`broker`] (the messages), [`locks`] (the lock services),
//! [`provider`] (the payment provider), [`strategies`] and [`scenarios`] (what is tried), [`lessons`] and [`challenges`]
//! (in which order to learn it), and [`journal`] (what is kept and told).

pub mod bench;
pub mod broker;
pub mod catalog;
pub mod challenges;
mod designs;
pub mod explore;
pub mod journal;
pub mod lessons;
pub mod live;
pub mod locks;
pub mod matrix;
pub mod outages;
pub mod proofs;
pub mod provider;
pub mod quiet;
pub mod recorder;
mod runner;
pub mod runs;
pub mod scenarios;
pub mod schedule;
pub mod store;
pub mod strategies;
pub mod sweep;
pub mod turn;

use std::path::PathBuf;

pub use journal::{Feed, Lines, PINNED_BYTES_MAX};
pub use runs::Lab;
pub use schedule::listener::{HandRefusal, Patience};

/// What the lab is opened with.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The folder of the product's own files; made if it is missing.
    pub data: PathBuf,
    /// The URL of a PostgreSQL database to experiment on.
    pub postgres: Option<String>,
    /// The URL of a NATS to send messages through: `nats://host:port`.
    pub nats: Option<String>,
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
    /// The disk that holds the journal is full.
    #[error("{0}")]
    NoRoom(String),
    /// The lab itself broke.
    #[error("{0}")]
    Broken(String),
}

/// The lab broke. A conflict, a refusal or a lost connection is never this: those are findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Error {
    words: String,
    is_for_room: bool,
}

/// What SQLite calls a full disk.
const SQLITE_FULL: &str = "13";

impl Error {
    /// An error in words.
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_for_room: false }
    }

    /// What the journal's file answered.
    fn of_journal(error: &sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        if code.as_deref() == Some(SQLITE_FULL) {
            let words = "The disk that holds the journal is full; make room, then try again.".into();
            return Self { words, is_for_room: true };
        }
        Self::new(format!("the journal: {error}"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        if error.is_for_room { Self::NoRoom(error.words) } else { Self::Broken(error.words) }
    }
}
