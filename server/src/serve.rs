//! One server, from its socket to its end.

use std::future::IntoFuture;
use std::io;
use std::pin::pin;
use std::time::Duration;

use engine::Lab;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::class::Class;
use crate::router::router;
use crate::site::Site;
use crate::state::AppState;

/// How long open answers may take to end once the server is to stop.
const ANSWERS_END: Duration = Duration::from_secs(3);
/// How long the engine may take to end its runs and to write what is open.
const RUNS_END: Duration = Duration::from_secs(5);

/// Serves until `stop` is cancelled, with what `class` says of sharing and talks; then closes the feeds, ends the runs and returns.
///
/// # Errors
/// When the socket breaks.
pub async fn serve(
    listener: TcpListener,
    lab: Lab,
    site: Site,
    class: Class,
    stop: CancellationToken,
) -> io::Result<()> {
    let state = AppState::new(lab.clone(), listener.local_addr()?, site, class, stop.clone());
    let samples = state.samples.clone();
    let making = tokio::spawn({
        let lab = lab.clone();
        async move { samples.make(&lab).await }
    });
    let stopped = stop.clone().cancelled_owned();
    let server = axum::serve(listener, router(state)).with_graceful_shutdown(stopped).into_future();
    let mut server = pin!(server);
    let served = tokio::select! {
        served = &mut server => served,
        () = deadline(&stop) => {
            tracing::warn!("some answers were cut off: they did not end within {ANSWERS_END:?}");
            Ok(())
        }
    };
    making.abort();
    if timeout(RUNS_END, lab.close()).await.is_err() {
        tracing::warn!("the runs did not end within {RUNS_END:?}; the next start marks them as interrupted");
    }
    served
}

async fn deadline(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(ANSWERS_END).await;
}
