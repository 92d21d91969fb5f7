//! What dead runs left at a server.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::postgres::Database;

/// How often to look for what dead runs left at a server.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Drops every minute what dead runs left at a server: a slot that nobody reads fills its disk.
pub(super) async fn sweep(database: Arc<Database>, closing: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = closing.cancelled() => return,
        }
        if let Err(error) = database.drop_leftovers().await {
            tracing::warn!(%error, "what dead runs left was not looked for");
        }
    }
}
