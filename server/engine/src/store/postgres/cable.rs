//! The connections of a run's actors, all through one proxy.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use tokio::sync::Mutex;

use super::database;
use super::proxy::{Mode, Proxy};
use crate::store::PortError;
use crate::store::cable::Cable;

/// Where there is no backend.
pub(super) const NOBODY: i32 = 0;

/// One run's way to its schema.
pub(super) struct PostgresCable {
    /// What it goes through.
    pub proxy: Proxy,
    /// Backend process ids, by actor number.
    pub pids: Arc<Mutex<Vec<i32>>>,
    /// A connection that does not go this way.
    pub owner: Arc<Mutex<PgConnection>>,
}

impl Cable for PostgresCable {
    /// The server would notice in its own time, and one that waits for a lock only later; it is told.
    fn cut(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            self.proxy.set(Mode::Cut);
            let mut pids = self.pids.lock().await;
            let mut owner = self.owner.lock().await;
            for pid in pids.iter_mut() {
                end(&mut owner, pid).await?;
            }
            Ok(())
        })
    }

    fn stall(&self) {
        self.proxy.set(Mode::Stalled);
    }

    fn lift(&self) {
        self.proxy.set(Mode::Open);
    }

    fn let_go(&self, actor: usize) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            let mut pids = self.pids.lock().await;
            match pids.get_mut(actor) {
                Some(pid) => end(&mut *self.owner.lock().await, pid).await,
                None => Ok(()),
            }
        })
    }
}

/// Ends the backend, if there is one.
pub(super) async fn end(owner: &mut PgConnection, pid: &mut i32) -> Result<(), PortError> {
    match std::mem::replace(pid, NOBODY) {
        NOBODY => Ok(()),
        dead => database::end_backend(owner, dead).await,
    }
}
