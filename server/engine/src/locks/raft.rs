//! Raft in this process: three nodes of openraft, a lock service for one run alone.
//!
//! Who leads, what is committed and that nothing is without a majority is openraft's own doing
//! (<https://docs.rs/openraft/0.9.25>). The nodes live in this process, keep their logs in memory, and end with the run;
//! their links are function calls, which the lab can cut. Each actor's client talks to one node, which passes on to the
//! leader what it is asked, if it can reach it. Whoever asks stands in a line that all nodes agree on (`table`); the
//! first has the name, for as long as it is heard of. The token counts the grants of a name.

mod client;
mod cluster;
mod log;
mod network;
mod table;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::{Links, LockClient, LockService};
use crate::store::PortError;
use cluster::Cluster;

/// openraft, as Cargo.lock has it.
const VERSION: &str = "0.9.25";
/// The nodes' numbers.
const NODES: [u64; 3] = [1, 2, 3];
/// No lease is shorter: on a busy machine a shorter one might end while its holder is alive.
const LEASE_MIN: Duration = Duration::from_secs(1);

openraft::declare_raft_types!(
    /// What openraft is told of this service.
    Types: D = table::Command, R = table::Answer, Node = openraft::EmptyNode
);

/// One node.
type Node = openraft::Raft<Types>;

/// One run's nodes.
pub struct RaftRun {
    cluster: Arc<Cluster>,
}

impl RaftRun {
    /// Starts three nodes and waits until one of them leads. Leases last for `lease`, but at least a second.
    ///
    /// # Errors
    /// When they agree on no leader.
    pub async fn open(lease: Duration) -> Result<Self, PortError> {
        let cluster = Arc::new(Cluster::start(lease.max(LEASE_MIN)).await?);
        cluster.settle().await?;
        Ok(Self { cluster })
    }
}

/// The node that an actor's client talks to: the first actor to node 1, the second to node 2, and so on in turn.
pub(crate) fn node_of(actor: usize) -> u64 {
    NODES[actor % NODES.len()]
}

impl LockService for RaftRun {
    fn version(&self) -> String {
        format!(
            "openraft {VERSION}, three nodes in this process, in memory, their links simulated; the first actor asks \
             node 1, the second node 2, and so on in turn; leases end by its own clock, not by the run time"
        )
    }

    fn client<'a>(
        &'a self,
        number: usize,
        actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn LockClient>, PortError>> {
        let client = client::RaftClient::start(self.cluster.clone(), node_of(number), actor);
        Box::pin(std::future::ready(Ok(Box::new(client) as Box<dyn LockClient>)))
    }

    fn links(&self) -> Option<&dyn Links> {
        Some(self)
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(self.cluster.shut_down())
    }
}

impl Links for RaftRun {
    fn lease(&self) -> Duration {
        self.cluster.lease
    }

    fn cut(&self, node: u64) {
        self.cluster.wires.cut(node);
    }

    fn heal(&self, node: u64) {
        self.cluster.wires.heal(node);
    }

    fn settle(&self) -> BoxFuture<'_, Result<BTreeMap<String, String>, PortError>> {
        Box::pin(self.cluster.settle())
    }
}

#[cfg(test)]
mod tests;
