//! Hears the notifications of a run.

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::session::lost;
use crate::store::{Listener, PortError};

/// A server sends what it has to tell with the answer to a query, or just after it: two answers, and it was told.
const QUERIES: usize = 2;

/// One listener, on a connection of its own.
pub(super) struct PostgresListener {
    listener: PgListener,
}

impl PostgresListener {
    /// Listens to a channel from now on.
    pub(super) async fn open(options: PgConnectOptions, channel: &str) -> Result<Self, PortError> {
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&pool).await.map_err(lost)?;
        listener.listen(channel).await.map_err(lost)?;
        Ok(Self { listener })
    }
}

impl Listener for PostgresListener {
    fn heard(&mut self) -> BoxFuture<'_, Result<bool, PortError>> {
        Box::pin(async move {
            for _ in 0..QUERIES {
                sqlx::query("select 1").execute(&mut self.listener).await.map_err(lost)?;
            }
            let mut heard = false;
            while self.listener.next_buffered().is_some() {
                heard = true;
            }
            Ok(heard)
        })
    }

    fn wait(&mut self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move { self.listener.recv().await.map(drop).map_err(lost) })
    }
}
