//! The way to the server that can be cut: a proxy on loopback, for one run alone, between its actors and PostgreSQL.
//!
//! It carries bytes and understands none of them. Cut, it closes every connection and turns new ones away; stalled, it
//! carries nothing and closes nothing.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// How many bytes are under way in each direction of a connection: what one read of a socket gives.
const BYTES_MAX: usize = 16 * 1024;
/// How long it waits before it takes connections again when the system gave it none.
const AFTER_AN_ERROR: Duration = Duration::from_millis(10);

/// What the proxy does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It carries them.
    Open,
    /// It has closed every connection, and closes new ones at once.
    Cut,
    /// It carries nothing.
    Stalled,
}

/// One run's proxy; it ends when it is dropped, and every connection with it.
pub(super) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    task: AbortHandle,
}

/// Where the server listens.
#[derive(Debug, Clone)]
enum Server {
    Tcp(String, u16),
    Socket(PathBuf),
}

impl Proxy {
    /// A proxy before the server of these options.
    pub(super) async fn open(options: &PgConnectOptions) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (mode, seen) = watch::channel(Mode::Open);
        let task = tokio::spawn(serve(listener, server(options), seen)).abort_handle();
        Ok(Self { address, mode, task })
    }

    /// The options of a connection through the proxy.
    pub(super) fn options(&self, options: &PgConnectOptions) -> PgConnectOptions {
        options.clone().host(&self.address.ip().to_string()).port(self.address.port())
    }

    /// From now on it does this.
    pub(super) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The server's socket is named by its folder, as the driver's options do.
fn server(options: &PgConnectOptions) -> Server {
    let port = options.get_port();
    let folder = options.get_socket().map(PathBuf::as_path);
    let folder = folder.or_else(|| Some(Path::new(options.get_host())).filter(|host| host.is_absolute()));
    match folder {
        Some(folder) => Server::Socket(folder.join(format!(".s.PGSQL.{port}"))),
        None => Server::Tcp(options.get_host().to_owned(), port),
    }
}

/// Takes connections for as long as the proxy is there; they end with it.
async fn serve(listener: TcpListener, server: Server, mode: watch::Receiver<Mode>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((client, _)) => drop(connections.spawn(carry(client, server.clone(), mode.clone()))),
                // Too many open files, for instance; whoever asked tries again.
                Err(_) => tokio::time::sleep(AFTER_AN_ERROR).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

/// One connection, until either side closes it or it is cut.
async fn carry(client: TcpStream, server: Server, mut mode: watch::Receiver<Mode>) {
    let (mut here, mut there) = (mode.clone(), mode.clone());
    let carried = async move {
        client.set_nodelay(true)?;
        match server {
            Server::Tcp(host, port) => {
                let upstream = TcpStream::connect((host, port)).await?;
                upstream.set_nodelay(true)?;
                both_ways(client, upstream, &mut here, &mut there).await
            }
            Server::Socket(path) => {
                both_ways(client, UnixStream::connect(path).await?, &mut here, &mut there).await
            }
        }
    };
    // Dropped in the middle: both sockets are closed without a word.
    let ended: std::io::Result<()> = tokio::select! {
        biased;
        _ = mode.wait_for(|mode| *mode == Mode::Cut) => Ok(()),
        ended = carried => ended,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a proxied connection ended");
    }
}

async fn both_ways<S>(
    client: TcpStream,
    upstream: S,
    here: &mut watch::Receiver<Mode>,
    there: &mut watch::Receiver<Mode>,
) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite,
{
    let (client_reads, client_writes) = tokio::io::split(client);
    let (server_reads, server_writes) = tokio::io::split(upstream);
    tokio::select! {
        ended = one_way(client_reads, server_writes, here) => ended,
        ended = one_way(server_reads, client_writes, there) => ended,
    }
}

/// Carries bytes one way, as long as that is allowed; to the end of what is read.
async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mode: &mut watch::Receiver<Mode>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; BYTES_MAX];
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        if mode.wait_for(|mode| *mode != Mode::Stalled).await.is_err() {
            return Ok(());
        }
        to.write_all(&bytes[..count]).await?;
    }
}
