//! Who waits for whom inside PostgreSQL.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{PgConnection, Row};
use tokio::sync::Mutex;

use super::session::lost;
use crate::store::{LockWatch, PortError, Waiting};

/// `waitstart` is null for a moment after a wait begins; such a wait has not lasted at all yet.
/// (<https://www.postgresql.org/docs/15/view-pg-locks.html>)
const WAITING: &str = "select pid, pg_blocking_pids(pid) as by, \
     coalesce((extract(epoch from clock_timestamp() - min(waitstart)) * 1000000)::bigint, 0) as for_us \
     from pg_locks where not granted and pid = any($1) group by pid order by pid";

/// The watch of one run.
pub(super) struct PostgresWatch {
    connection: PgConnection,
    pids: Arc<Mutex<Vec<i32>>>,
    settled_after_us: u64,
}

impl PostgresWatch {
    pub(super) fn new(connection: PgConnection, pids: Arc<Mutex<Vec<i32>>>, settled_after_us: u64) -> Self {
        Self { connection, pids, settled_after_us }
    }
}

impl LockWatch for PostgresWatch {
    fn waiting(&mut self) -> BoxFuture<'_, Result<Vec<Waiting>, PortError>> {
        Box::pin(async move {
            let pids = self.pids.lock().await.clone();
            let rows =
                sqlx::query(WAITING).bind(&pids).fetch_all(&mut self.connection).await.map_err(lost)?;
            let number = |pid: i32| pids.iter().position(|&known| known == pid);
            let mut waiting = Vec::with_capacity(rows.len());
            for row in &rows {
                let by: Vec<i32> = row.try_get("by").map_err(lost)?;
                let mut by: Vec<usize> = by.into_iter().filter_map(number).collect();
                by.sort_unstable();
                by.dedup();
                let Some(actor) = number(row.try_get("pid").map_err(lost)?) else {
                    continue;
                };
                let for_us = row.try_get::<i64, _>("for_us").map_err(lost)?.max(0).unsigned_abs();
                waiting.push(Waiting { actor, by, for_us });
            }
            Ok(waiting)
        })
    }

    fn settled_after_us(&self) -> u64 {
        self.settled_after_us
    }
}
