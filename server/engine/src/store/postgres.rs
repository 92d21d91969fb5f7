//! PostgreSQL: every run gets a schema of its own, in a database that is marked as ours.
//!
//! Statements really wait inside the server. In scheduled runs the watch sees who waits for whom, and the deadlock
//! time-out is short, so that the victim is always the actor that closed the circle.

mod cable;
mod database;
mod listener;
mod logical;
mod pgoutput;
mod proxy;
mod session;
mod slot;
mod sql;
mod watch;

use std::sync::Arc;

use futures::future::BoxFuture;
use lab::event::Sql;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::sync::{Mutex, OwnedSemaphorePermit};

use super::cable::Cable;
use super::{Contents, Ground, Layout, Listener, LockWatch, PortError, Session};
pub use database::{Database, DatabaseError};

/// The deadlock time-out of scheduled runs, in milliseconds.
const DEADLOCK_TIMEOUT_MS: u64 = 20;
/// What a server may be set to end by its own clock.
const NO_TIMEOUTS: [&str; 3] = ["idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"];
/// What a wait must have lasted beyond the deadlock time-out before it counts as settled, in microseconds: the
/// detector runs in the waiting backend, which may be late on a busy machine.
const SETTLE_MARGIN_US: u64 = 15_000;

/// One run's schema.
pub struct PostgresGround {
    options: PgConnectOptions,
    schema: String,
    /// Whether the run has a database of its own, which bears the name of its schema.
    has_own_database: bool,
    version: String,
    deadlock_timeout_ms: u64,
    remarks: Vec<String>,
    scheduled: bool,
    /// Backend process ids, by actor number.
    pids: Arc<Mutex<Vec<i32>>>,
    /// Holds the schema's advisory lock for as long as the run lives, so that nobody takes it for a leftover.
    owner: Arc<Mutex<PgConnection>>,
    /// Where the actors' connections can be cut.
    cable: Option<Arc<cable::PostgresCable>>,
    _reserved: Reserved,
}

/// What a run has of the server for as long as it lives.
pub struct Reserved {
    /// Its connections ([`Database::reserve`]).
    pub connections: OwnedSemaphorePermit,
    /// Its slot ([`Database::reserve_slot`]), if it reads the log. Then it has a database of its own.
    pub slot: Option<OwnedSemaphorePermit>,
}

impl From<OwnedSemaphorePermit> for Reserved {
    fn from(connections: OwnedSemaphorePermit) -> Self {
        Self { connections, slot: None }
    }
}

impl PostgresGround {
    /// Makes the run's schema, in the database that is ours or in one of the run's own.
    ///
    /// # Errors
    /// When the server does not answer or refuses the schema or the database.
    pub async fn open(
        database: &Database,
        run: &str,
        reserved: impl Into<Reserved>,
        scheduled: bool,
    ) -> Result<Self, PortError> {
        let (reserved, mut options, schema) = (reserved.into(), database.options(), database::schema_of(run));
        let mut owner = PgConnection::connect_with(&options).await.map_err(session::lost)?;
        database::lock_name(&mut owner, &schema, true).await.map_err(session::lost)?;
        let has_own_database = reserved.slot.is_some();
        if has_own_database {
            logical::make_database(&mut owner, &schema, &database.name()).await.map_err(session::lost)?;
            options = options.database(&schema);
            let mut inside = PgConnection::connect_with(&options).await.map_err(session::lost)?;
            database::make_schema(&mut inside, &schema).await.map_err(session::lost)?;
        } else {
            database::make_schema(&mut owner, &schema).await.map_err(session::lost)?;
        }
        let mut ground = Self {
            options,
            schema,
            has_own_database,
            version: database.version(),
            deadlock_timeout_ms: DEADLOCK_TIMEOUT_MS,
            remarks: Vec::new(),
            scheduled,
            pids: Arc::default(),
            owner: Arc::new(Mutex::new(owner)),
            cable: None,
            _reserved: reserved,
        };
        if scheduled {
            ground.learn_deadlock_timeout().await?;
        }
        Ok(ground)
    }

    /// Setting the time-out needs a right; without it the server's own value counts, and the run says so.
    async fn learn_deadlock_timeout(&mut self) -> Result<(), PortError> {
        let mut owner = self.owner.lock().await;
        if sqlx::raw_sql(AssertSqlSafe(set_deadlock_timeout())).execute(&mut *owner).await.is_ok() {
            return Ok(());
        }
        let row =
            sqlx::query("select setting::bigint as ms from pg_settings where name = 'deadlock_timeout'")
                .fetch_one(&mut *owner)
                .await
                .map_err(session::lost)?;
        self.deadlock_timeout_ms = row.try_get::<i64, _>("ms").map_err(session::lost)?.unsigned_abs();
        self.remarks.push(format!(
            "This role may not set deadlock_timeout, so a wait settles only after the server's {} ms.",
            self.deadlock_timeout_ms
        ));
        Ok(())
    }

    /// From now on the actors' connections can be cut.
    ///
    /// # Errors
    /// When the system gives no port on loopback.
    pub async fn lay_cable(&mut self) -> Result<(), PortError> {
        let proxy = proxy::Proxy::open(&self.options).await;
        let proxy = proxy.map_err(|error| PortError::Broken(format!("no port for the proxy: {error}")))?;
        let (pids, owner) = (self.pids.clone(), self.owner.clone());
        self.cable = Some(Arc::new(cable::PostgresCable { proxy, pids, owner }));
        Ok(())
    }

    /// The options of an actor's connection.
    fn actors_way(&self) -> PgConnectOptions {
        self.cable.as_ref().map_or_else(|| self.options.clone(), |cable| cable.proxy.options(&self.options))
    }

    /// A connection of the lab's own.
    async fn connect(&self) -> Result<PgConnection, PortError> {
        self.connect_by(&self.options).await
    }

    async fn connect_by(&self, options: &PgConnectOptions) -> Result<PgConnection, PortError> {
        let mut connection = PgConnection::connect_with(options).await.map_err(session::lost)?;
        let mut settings = vec![
            format!("set search_path to {}", self.schema),
            "set plan_cache_mode to force_generic_plan".to_owned(),
            "set default_transaction_isolation to 'read committed'".to_owned(),
        ];
        if self.scheduled {
            // Whoever decides who moves next may take minutes; no clock of the server's may end a wait meanwhile.
            settings.extend(NO_TIMEOUTS.map(|name| format!("set {name} to 0")));
        }
        if self.has_own_database {
            // The log is read as far as it was written out; nobody's commit may be answered before that.
            settings.push("set synchronous_commit to on".to_owned());
        }
        if self.scheduled && self.remarks.is_empty() {
            settings.push(set_deadlock_timeout());
        }
        sqlx::raw_sql(AssertSqlSafe(settings.join("; ")))
            .execute(&mut connection)
            .await
            .map_err(session::lost)?;
        Ok(connection)
    }
}

fn set_deadlock_timeout() -> String {
    format!("set deadlock_timeout to '{DEADLOCK_TIMEOUT_MS}ms'")
}

impl Ground for PostgresGround {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn remarks(&self) -> Vec<String> {
        self.remarks.clone()
    }

    fn set_up<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Vec<Sql>, PortError>> {
        Box::pin(async move {
            let mut connection = self.connect().await?;
            let mut transaction = connection.begin().await.map_err(session::lost)?;
            let ran = sql::set_up(layout);
            for sql in &ran {
                session::query(sql).execute(&mut *transaction).await.map_err(session::lost)?;
            }
            transaction.commit().await.map_err(session::lost)?;
            if let Some(logged) = &layout.logged {
                slot::set_up(&mut connection, &self.schema, logged).await?;
            }
            Ok(ran)
        })
    }

    fn session<'a>(
        &'a self,
        number: usize,
        _actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, PortError>> {
        Box::pin(async move {
            let mut connection = self.connect_by(&self.actors_way()).await?;
            let pid = session::backend_pid(&mut connection).await?;
            let mut pids = self.pids.lock().await;
            let opened = pids.len();
            match pids.get_mut(number) {
                Some(before) => {
                    cable::end(&mut *self.owner.lock().await, before).await?;
                    *before = pid;
                }
                None if opened == number => pids.push(pid),
                None => return Err(PortError::Broken(format!("actor {number} was opened out of order"))),
            }
            let patience = (!self.scheduled).then_some(slot::PATIENCE);
            let session = session::PostgresSession::new(connection, slot::Reader::new(patience));
            Ok(Box::new(session) as Box<dyn Session>)
        })
    }

    fn listener(&self) -> BoxFuture<'_, Result<Box<dyn Listener>, PortError>> {
        Box::pin(async move {
            let channel = format!("{}.outbox", self.schema);
            let listener = listener::PostgresListener::open(self.actors_way(), &channel).await?;
            Ok(Box::new(listener) as Box<dyn Listener>)
        })
    }

    fn watch(&self) -> BoxFuture<'_, Result<Option<Box<dyn LockWatch>>, PortError>> {
        Box::pin(async move {
            let settled_after_us = self.deadlock_timeout_ms * 1_000 + SETTLE_MARGIN_US;
            let watch = watch::PostgresWatch::new(self.connect().await?, self.pids.clone(), settled_after_us);
            Ok(Some(Box::new(watch) as Box<dyn LockWatch>))
        })
    }

    fn contents<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Contents, PortError>> {
        Box::pin(async move { session::contents(&mut self.connect().await?, layout).await })
    }

    fn cable(&self) -> Option<Arc<dyn Cable>> {
        self.cable.clone().map(|cable| cable as Arc<dyn Cable>)
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            let mut owner = self.owner.lock().await;
            if self.has_own_database {
                return logical::drop_database(&mut owner, &self.schema).await;
            }
            database::drop_schema(&mut owner, &self.schema).await.map_err(session::lost)
        })
    }
}
