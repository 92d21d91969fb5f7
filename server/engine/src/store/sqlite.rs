//! SQLite: every run gets a file of its own.
//!
//! SQLite has one write lock for the whole database. In scheduled runs nothing waits inside it: a statement that
//! may wait is answered at once, and the schedule parks its actor until the lock is free.

mod session;
mod sql;

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::BoxFuture;
use lab::event::Sql;
use lab::spec::Pace;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::Mutex;

use super::{Contents, Ground, Layout, Listener, LockWatch, PortError, Session};

/// How long a live statement waits for the write lock before SQLite gives up with code 5, at instant pace. A slower
/// pace makes holders slower and stretches this too, so that the pace does not decide who is turned away. Set-up and
/// final reads wait as long in every run.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One run's SQLite file.
pub struct SqliteGround {
    path: PathBuf,
    version: String,
    scheduled: bool,
    stretch: u32,
    /// Open for as long as the run lives: SQLite cleans up behind the last connection of a file, and that would
    /// meet the next one.
    owner: Mutex<SqliteConnection>,
}

impl SqliteGround {
    /// Makes the file. In scheduled runs no statement waits inside SQLite.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub async fn open(path: PathBuf, scheduled: bool, pace: Pace) -> Result<Self, PortError> {
        let stretch = u32::try_from(pace.stretch()).unwrap_or(1);
        let options = options(&path, stretch).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
        let mut owner = SqliteConnection::connect_with(&options).await.map_err(session::lost)?;
        let row =
            sqlx::query("select sqlite_version()").fetch_one(&mut owner).await.map_err(session::lost)?;
        let version = format!("SQLite {}", row.try_get::<String, _>(0).map_err(session::lost)?);
        Ok(Self { path, version, scheduled, stretch, owner: Mutex::new(owner) })
    }
}

fn options(path: &Path, stretch: u32) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT * stretch)
        .foreign_keys(true)
}

impl Ground for SqliteGround {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    fn set_up<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Vec<Sql>, PortError>> {
        Box::pin(async move {
            let mut connection = self.owner.lock().await;
            let mut transaction = connection.begin().await.map_err(session::lost)?;
            let ran = sql::set_up(layout);
            for sql in &ran {
                session::query(sql).execute(&mut *transaction).await.map_err(session::lost)?;
            }
            transaction.commit().await.map_err(session::lost)?;
            Ok(ran)
        })
    }

    fn session<'a>(
        &'a self,
        _number: usize,
        _actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, PortError>> {
        Box::pin(async move {
            let connected = SqliteConnection::connect_with(&options(&self.path, self.stretch)).await;
            let mut connection = connected.map_err(session::lost)?;
            if self.scheduled {
                sqlx::query("pragma busy_timeout = 0")
                    .execute(&mut connection)
                    .await
                    .map_err(session::lost)?;
            }
            Ok(Box::new(session::SqliteSession::new(connection)) as Box<dyn Session>)
        })
    }

    fn listener(&self) -> BoxFuture<'_, Result<Box<dyn Listener>, PortError>> {
        Box::pin(async { Err(PortError::Broken("SQLite has no notifications".into())) })
    }

    fn watch(&self) -> BoxFuture<'_, Result<Option<Box<dyn LockWatch>>, PortError>> {
        Box::pin(async { Ok(None) })
    }

    fn contents<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Contents, PortError>> {
        Box::pin(async move { session::contents(&mut *self.owner.lock().await, layout).await })
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            for suffix in ["", "-wal", "-shm"] {
                let mut name = self.path.clone().into_os_string();
                name.push(suffix);
                match std::fs::remove_file(&name) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(PortError::Broken(format!(
                            "{} was not removed: {error}",
                            name.display()
                        )));
                    }
                    _ => {}
                }
            }
            Ok(())
        })
    }
}
