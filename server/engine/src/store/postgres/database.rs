//! The database that runs are allowed to use: empty, or marked as ours.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::logical::{self, Slots};
use crate::store::PortError;

/// The mark: a schema of this name with this comment.
const MARK_SCHEMA: &str = "interleave";
const MARK: &str = "Interleave's mark: runs may make and drop schemas in this database.";
/// Every run's schema begins with this.
pub(super) const RUN_PREFIX: &str = "interleave_run_";
/// The oldest server that has what the watch reads (`pg_locks.waitstart` came with 14).
const VERSION_MIN: i64 = 140_000;
/// How long a server may take to take a connection before it counts as unreachable.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Connections that are left to others.
const CONNECTIONS_LEFT: u32 = 8;
/// The most connections that all runs together take, however many the server offers.
const CONNECTIONS_MAX: u32 = 200;
/// Connections of a run beside its actors': owner, watch, and one that sets up and reads.
const CONNECTIONS_BESIDE: u32 = 3;

/// Runs by hand may have this part of the connections, one in so many: they keep them for as long as people take.
const BY_HAND_PART: u32 = 2;

/// A PostgreSQL database that was found to be ours.
#[derive(Debug, Clone)]
pub struct Database {
    options: PgConnectOptions,
    version: String,
    connections: Arc<Semaphore>,
    connections_max: u32,
    /// Those that runs by hand may have.
    by_hand: Arc<Semaphore>,
    by_hand_max: u32,
    /// The replication slots that runs may have, or why they have none.
    slots: Result<Slots, String>,
}

/// Why a database is not used: one sentence with the remedy. No password is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be read.
    #[error("The PostgreSQL URL cannot be read ({0}); write postgres://user@host:port/database.")]
    Url(String),
    /// Nobody answers, or not us.
    #[error("PostgreSQL at {at} cannot be reached ({why}); start it or correct --engine postgres=URL.")]
    Unreachable {
        /// Host, port and database.
        at: String,
        /// The driver's words.
        why: String,
    },
    /// It holds somebody else's tables.
    #[error(
        "The database {at} is neither empty nor marked as Interleave's ({found} is there); give it an empty database of its own."
    )]
    NotOurs {
        /// Host, port and database.
        at: String,
        /// A table that was found.
        found: String,
    },
    /// It is too old.
    #[error("PostgreSQL at {at} is version {found}; Interleave needs 14 or newer.")]
    TooOld {
        /// Host, port and database.
        at: String,
        /// Its version.
        found: String,
    },
}

impl Database {
    /// Reaches a database, checks that it is ours to use, marks it, and drops what dead runs left.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn reach(url: &str) -> Result<Self, DatabaseError> {
        let options =
            PgConnectOptions::from_str(url).map_err(|error| DatabaseError::Url(error.to_string()))?;
        let options = options.application_name("interleave");
        let at = address(&options);
        let unreachable =
            |error: sqlx::Error| DatabaseError::Unreachable { at: at.clone(), why: error.to_string() };
        let mut connection = PgConnection::connect_with(&options).await.map_err(unreachable)?;
        let version = server_version(&mut connection).await.map_err(unreachable)?;
        if version.0 < VERSION_MIN {
            return Err(DatabaseError::TooOld { at, found: version.1 });
        }
        if let Some(found) = foreign_table(&mut connection).await.map_err(unreachable)? {
            return Err(DatabaseError::NotOurs { at, found });
        }
        mark(&mut connection).await.map_err(unreachable)?;
        drop_leftovers(&mut connection).await.map_err(unreachable)?;
        let slots = logical::slots(&options).await.map_err(unreachable)?;
        let connections_max = connections_max(&mut connection).await.map_err(unreachable)?;
        let by_hand_max = connections_max / BY_HAND_PART;
        Ok(Self {
            options,
            version: format!("PostgreSQL {}", version.1),
            connections: Arc::new(Semaphore::new(connections_max as usize)),
            connections_max,
            by_hand: Arc::new(Semaphore::new(by_hand_max as usize)),
            by_hand_max,
            slots,
        })
    }

    /// Why no run can read the log of this server: the end of a sentence that begins with "because".
    pub fn why_no_log(&self) -> Option<&str> {
        self.slots.as_ref().err().map(String::as_str)
    }

    /// Drops what dead runs left.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`].
    pub async fn drop_leftovers(&self) -> Result<(), DatabaseError> {
        let unreachable = |error: sqlx::Error| DatabaseError::Unreachable {
            at: address(&self.options),
            why: error.to_string(),
        };
        let mut connection = PgConnection::connect_with(&self.options).await.map_err(unreachable)?;
        drop_leftovers(&mut connection).await.map_err(unreachable)?;
        connection.close().await.map_err(unreachable)
    }

    /// Whether the server answers now.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`].
    pub async fn answers(&self) -> Result<(), DatabaseError> {
        let unreachable = |error: sqlx::Error| DatabaseError::Unreachable {
            at: address(&self.options),
            why: error.to_string(),
        };
        let silent = || DatabaseError::Unreachable {
            at: address(&self.options),
            why: format!("no answer within {} s", ANSWER_MAX.as_secs()),
        };
        let asking = PgConnection::connect_with(&self.options);
        let connection =
            tokio::time::timeout(ANSWER_MAX, asking).await.map_err(|_| silent())?.map_err(unreachable)?;
        // Not worth waiting for: the server closes it when the socket is gone.
        drop(connection);
        Ok(())
    }

    /// Waits until a run can have so many connections beside the lab's own. They are free again when the permit is
    /// dropped. `None` if the server can never have so many.
    pub async fn reserve(&self, connections: u64) -> Option<OwnedSemaphorePermit> {
        take(&self.connections, self.connections_max, connections).await
    }

    /// Waits until a run can have a replication slot. It is free again when the permit is dropped. `None` if the server
    /// has none for us.
    pub async fn reserve_slot(&self) -> Option<OwnedSemaphorePermit> {
        self.slots.as_ref().ok()?.free.clone().acquire_owned().await.ok()
    }

    /// The same, of the part that all runs by hand have together.
    pub async fn reserve_by_hand(&self, connections: u64) -> Option<OwnedSemaphorePermit> {
        take(&self.by_hand, self.by_hand_max, connections).await
    }

    /// The most connections that the actors of one run can have here.
    pub fn connections_of_actors_max(&self, is_by_hand: bool) -> u32 {
        let most = if is_by_hand { self.by_hand_max } else { self.connections_max };
        most.saturating_sub(CONNECTIONS_BESIDE)
    }

    /// The engine and its version.
    pub fn version(&self) -> String {
        self.version.clone()
    }

    /// The name of the database.
    pub(super) fn name(&self) -> String {
        self.options.get_database().unwrap_or_else(|| self.options.get_username()).to_owned()
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }
}

async fn take(connections: &Arc<Semaphore>, most: u32, of_actors: u64) -> Option<OwnedSemaphorePermit> {
    let wanted = u32::try_from(of_actors).unwrap_or(u32::MAX).saturating_add(CONNECTIONS_BESIDE);
    if wanted > most {
        return None;
    }
    connections.clone().acquire_many_owned(wanted).await.ok()
}

/// The name of a run's schema.
pub(super) fn schema_of(run: &str) -> String {
    let name: String = run.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{RUN_PREFIX}{}", name.to_ascii_lowercase())
}

/// Takes the lock of a run's name for as long as the connection lives. Whether it was taken; `waits` for it or not.
pub(super) async fn lock_name(
    connection: &mut PgConnection,
    name: &str,
    waits: bool,
) -> Result<bool, sqlx::Error> {
    if waits {
        let text = "select pg_advisory_lock(hashtextextended($1, 0))";
        return sqlx::query(text).bind(name).execute(connection).await.map(|_| true);
    }
    let text = "select pg_try_advisory_lock(hashtextextended($1, 0)) as free";
    sqlx::query(text).bind(name).fetch_one(connection).await?.try_get("free")
}

/// Makes a run's schema and marks it.
pub(super) async fn make_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let text =
        format!("create schema {schema}; comment on schema {schema} is '{}'", MARK.replace('\'', "''"));
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop)
}

/// Drops a run's schema.
pub(super) async fn drop_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let text = format!("set client_min_messages to warning; drop schema if exists {schema} cascade");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop)
}

fn address(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    format!("{}:{}/{database}", options.get_host(), options.get_port())
}

async fn server_version(connection: &mut PgConnection) -> Result<(i64, String), sqlx::Error> {
    let text = "select current_setting('server_version_num')::bigint as number, \
                split_part(current_setting('server_version'), ' ', 1) as words";
    let row = sqlx::query(text).fetch_one(connection).await?;
    Ok((row.try_get("number")?, row.try_get("words")?))
}

/// Connections that this server can give to runs.
async fn connections_max(connection: &mut PgConnection) -> Result<u32, sqlx::Error> {
    let text = "select current_setting('max_connections')::bigint \
                - current_setting('superuser_reserved_connections')::bigint as most";
    let most: i64 = sqlx::query(text).fetch_one(connection).await?.try_get("most")?;
    Ok(u32::try_from(most).unwrap_or_default().saturating_sub(CONNECTIONS_LEFT).min(CONNECTIONS_MAX))
}

/// The first table that is not ours; none in a database that carries our mark.
async fn foreign_table(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let text = "select format('%s.%s', n.nspname, c.relname) as name from pg_class c \
                join pg_namespace n on n.oid = c.relnamespace \
                where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' \
                and n.nspname <> 'information_schema' and not exists \
                (select from pg_namespace m where m.nspname = $1 and obj_description(m.oid, 'pg_namespace') = $2) \
                order by 1 limit 1";
    let row = sqlx::query(text).bind(MARK_SCHEMA).bind(MARK).fetch_optional(connection).await?;
    row.map(|row| row.try_get("name")).transpose()
}

async fn mark(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Two servers may mark the same database at once; the lock makes the second one find it done.
    let text = format!(
        "begin; set local client_min_messages to warning; \
         select pg_advisory_xact_lock(hashtextextended('{MARK_SCHEMA}', 0)); \
         create schema if not exists {MARK_SCHEMA}; comment on schema {MARK_SCHEMA} is '{}'; commit",
        MARK.replace('\'', "''")
    );
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop)
}

/// Drops run schemas and run databases whose owner is gone: its advisory lock is free.
async fn drop_leftovers(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let text = "select nspname from pg_namespace where starts_with(nspname, $1) \
                and obj_description(oid, 'pg_namespace') = $2 order by 1";
    let rows = sqlx::query(text).bind(RUN_PREFIX).bind(MARK).fetch_all(&mut *connection).await?;
    for row in rows {
        let schema: String = row.try_get("nspname")?;
        if lock_name(connection, &schema, false).await? {
            // Its owner may be dropping it at this very moment; then there is nothing left to do.
            if let Err(error) = drop_schema(connection, &schema).await {
                tracing::warn!(schema, %error, "a leftover schema was not dropped");
            }
            let text = "select pg_advisory_unlock(hashtextextended($1, 0))";
            sqlx::query(text).bind(&schema).execute(&mut *connection).await?;
        }
    }
    logical::drop_leftovers(connection).await
}

/// How often to look whether a backend is gone, and how long to wait in between.
const LOOKS_MAX: usize = 500;
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Ends a backend whose client is gone, and waits until it is: only then are its locks free.
pub(super) async fn end_backend(connection: &mut PgConnection, pid: i32) -> Result<(), PortError> {
    // Of one that is gone already the server would complain in its log.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1";
    sqlx::query(end).bind(pid).execute(&mut *connection).await.map_err(super::session::lost)?;
    for _ in 0..LOOKS_MAX {
        let still = sqlx::query("select 1 from pg_stat_activity where pid = $1")
            .bind(pid)
            .fetch_optional(&mut *connection)
            .await
            .map_err(super::session::lost)?;
        if still.is_none() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(PortError::Broken(format!("the server does not end backend {pid}")))
}
