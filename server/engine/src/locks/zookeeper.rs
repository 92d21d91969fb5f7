//! ZooKeeper: who is first in line is agreed on by a majority of its servers.
//!
//! The recipe is ZooKeeper's own (<https://zookeeper.apache.org/doc/r3.8.0/recipes.html#sc_recipes_Locks>): each asker
//! makes an ephemeral, numbered node under the lock's name; the lowest number holds the lock. The nodes of a client
//! vanish with its session, which the servers end when they have not heard of it for too long. The number is the
//! fencing token: it rises with every asker of a name.

mod client;

use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zookeeper_client::{Acls, Client, CreateMode, Error as ClientError};

use super::{LockClient, LockService};
use crate::store::PortError;

/// Everything of ours lies under this node.
const ROOT: &str = "/interleave";
/// How long a server may take to answer before it counts as not there.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// The session of those who only look.
const OBSERVER_SESSION: Duration = Duration::from_secs(30);
/// An answer to `srvr` is a few hundred bytes.
const STATUS_MAX: u64 = 4096;

/// A reachable ensemble, by its addresses: `host:port,host:port`.
#[derive(Debug, Clone)]
pub struct ZooKeeper {
    cluster: String,
    version: String,
}

impl ZooKeeper {
    /// Asks the servers for their version; one of them must answer.
    ///
    /// # Errors
    /// A sentence that names the addresses.
    pub async fn reach(cluster: &str) -> Result<Self, PortError> {
        for address in cluster.split(',') {
            if let Ok(Ok(version)) = tokio::time::timeout(ANSWER_MAX, version(address)).await {
                return Ok(Self { cluster: cluster.to_owned(), version });
            }
        }
        Err(PortError::Lost(format!(
            "No ZooKeeper answers at {cluster}. Start it, or name another with --engine zookeeper=HOST:PORT."
        )))
    }

    /// Whether a server answers now.
    ///
    /// # Errors
    /// As [`ZooKeeper::reach`].
    pub async fn answers(&self) -> Result<(), PortError> {
        Self::reach(&self.cluster).await.map(drop)
    }

    /// A place of its own for one run. Sessions end after `lease`, or after the shortest time that the servers allow.
    ///
    /// # Errors
    /// When the servers do not answer.
    pub async fn open(&self, run: &str, lease: Duration) -> Result<ZooKeeperRun, PortError> {
        let connecting = Client::connector().with_session_timeout(OBSERVER_SESSION).connect(&self.cluster);
        let observer = tokio::time::timeout(ANSWER_MAX, connecting)
            .await
            .map_err(|_| PortError::Lost(format!("ZooKeeper at {} does not answer", self.cluster)))?
            .map_err(lost)?;
        let folder = format!("{ROOT}/{run}");
        let options = CreateMode::Persistent.with_acls(Acls::anyone_all());
        observer.mkdir(&folder, &options).await.map_err(lost)?;
        Ok(ZooKeeperRun { service: self.clone(), observer, folder, lease })
    }
}

/// The first line of `srvr` names the version (<https://zookeeper.apache.org/doc/r3.8.0/zookeeperAdmin.html#sc_4lw>).
async fn version(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"srvr").await?;
    let mut answer = String::new();
    stream.take(STATUS_MAX).read_to_string(&mut answer).await?;
    let version = answer.strip_prefix("Zookeeper version: ").and_then(|rest| rest.split(['-', ',']).next());
    version.map(|version| format!("ZooKeeper {version}")).ok_or_else(|| std::io::Error::other("no ZooKeeper"))
}

/// One run's place in ZooKeeper.
pub struct ZooKeeperRun {
    service: ZooKeeper,
    observer: Client,
    folder: String,
    lease: Duration,
}

impl LockService for ZooKeeperRun {
    fn version(&self) -> String {
        format!("{}; sessions end by its own clock, not by the run time", self.service.version)
    }

    fn client<'a>(
        &'a self,
        _number: usize,
        actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn LockClient>, PortError>> {
        Box::pin(async move {
            let place = client::Place {
                cluster: self.service.cluster.clone(),
                folder: self.folder.clone(),
                lease: self.lease,
            };
            let client = client::ZooKeeperClient::start(actor, place, self.observer.clone())?;
            Ok(Box::new(client) as Box<dyn LockClient>)
        })
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            for name in self.observer.list_children(&self.folder).await.map_err(lost)? {
                let lock = format!("{}/{name}", self.folder);
                for node in self.observer.list_children(&lock).await.map_err(lost)? {
                    gone_is_fine(self.observer.delete(&format!("{lock}/{node}"), None).await)?;
                }
                gone_is_fine(self.observer.delete(&lock, None).await)?;
            }
            gone_is_fine(self.observer.delete(&self.folder, None).await)
        })
    }
}

fn gone_is_fine(deleted: Result<(), ClientError>) -> Result<(), PortError> {
    match deleted {
        Ok(()) | Err(ClientError::NoNode) => Ok(()),
        Err(error) => Err(lost(error)),
    }
}

fn lost(error: ClientError) -> PortError {
    PortError::Lost(format!("ZooKeeper: {error}"))
}
