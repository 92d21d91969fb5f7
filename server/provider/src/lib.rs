//! A payment provider: an HTTP service of our own on loopback, which a run's consumers call as they would a stranger's.
//!
//! It charges, keeps an answer for each `Idempotency-Key` for as long as the account says, and shows its ledger. It
//! knows nothing of runs, labs or strategies: whoever opens an account has a ledger of his own. Its clock is the time
//! that a request carries, and whatever trouble it makes is asked for in a header, so that all draws of a run come from
//! one seed. A lost answer really does not come: the connection is closed after the charge.

mod account;
mod desk;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use desk::Desk;

pub use desk::{ACCOUNT, AT_US, KEY, LATE_US, LOSE_ANSWER, REPLAYED};

/// How many connections are served at the same time: several runs with all their actors.
const CONNECTIONS_MAX: usize = 256;
/// A connection that is open for longer is closed: no answer is that late.
const CONNECTION_MAX: Duration = Duration::from_secs(120);
/// How long to wait when a connection could not be accepted, for lack of file handles.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// A running provider. It ends when it is dropped.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Provider {
    /// Starts a provider on a free port of the loopback interface.
    ///
    /// # Errors
    /// When the machine has no port to give.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, Arc::default()));
        Ok(Self { address, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes connections until the provider is dropped. Each is served by a task that ends with its connection.
async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let desk = desk.clone();
                tokio::spawn(async move {
                    let _place = place;
                    let served = tokio::time::timeout(CONNECTION_MAX, serve(stream, desk));
                    drop(served.await);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the payment provider could not accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Serves one connection. An error of the desk means that the answer is lost: the connection ends without one.
async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(|request| {
        let desk = desk.clone();
        async move { desk.handle(request).await }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the payment provider ended");
    }
}
