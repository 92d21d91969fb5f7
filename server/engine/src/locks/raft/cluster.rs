//! The three nodes of one run, from their start to their end, and the way of a command to the leader.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openraft::error::{CheckIsLeaderError, RaftError};
use openraft::{Config, EmptyNode, SnapshotPolicy};
use tokio::time::Instant;

use super::log::{Log, Machine};
use super::network::{Ends, Wires};
use super::table::{Answer, Command, Deed};
use super::{NODES, Node};
use crate::store::PortError;

/// How often a leader tells the others that it leads.
const HEARTBEAT_MS: u64 = 50;
/// A node that hears of no leader for so long, at least and at most, wants to lead itself.
const ELECTION_MS: [u64; 2] = [200, 400];
/// After so many commands a node makes a snapshot of its table.
const SNAPSHOT_EVERY: u64 = 1_000;
/// So many commands stay in the log that a snapshot holds: whoever was away for no longer needs no snapshot.
const LOG_KEPT: u64 = 500;
/// How long one try to have a command committed may take.
const TRY_MAX: Duration = Duration::from_millis(500);
/// How long a node tries before it says that it reaches no majority: much longer than an election lasts.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How long it waits before it tries again, while nobody leads.
const TRY_AGAIN: Duration = Duration::from_millis(10);
/// How long a majority may take to choose a leader and to let leases end.
const SETTLE_MAX: Duration = Duration::from_secs(60);
/// So many nodes are a majority.
const MAJORITY: usize = NODES.len() / 2 + 1;

/// The nodes, and what their clients want.
pub(super) struct Cluster {
    nodes: Vec<Node>,
    pub wires: Arc<Wires>,
    /// How long a lease lasts.
    pub lease: Duration,
    /// The nodes' clocks are one: they are in one process.
    began: Instant,
    clients: Mutex<BTreeMap<String, Presence>>,
    is_shut_down: AtomicBool,
}

/// What a client does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Presence {
    /// The node that it talks to.
    pub node: u64,
    /// Whether it stands in line or has something, and says so.
    pub wants: bool,
    /// Whether it goes on at all.
    pub goes_on: bool,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoMajority;

/// What came of one try.
enum Tried {
    Answered(Answer),
    /// Nobody leads, or nobody knows, or it took too long.
    NotNow,
}

impl Cluster {
    /// Starts the nodes and makes them one cluster.
    pub(super) async fn start(lease: Duration) -> Result<Self, PortError> {
        let config = Config {
            cluster_name: "locks".into(),
            heartbeat_interval: HEARTBEAT_MS,
            election_timeout_min: ELECTION_MS[0],
            election_timeout_max: ELECTION_MS[1],
            snapshot_policy: SnapshotPolicy::LogsSinceLast(SNAPSHOT_EVERY),
            max_in_snapshot_log_to_keep: LOG_KEPT,
            ..Config::default()
        };
        let config = Arc::new(config.validate().map_err(|error| broken(&error))?);
        let wires = Arc::new(Wires::default());
        let mut cluster = Self {
            nodes: Vec::new(),
            wires,
            lease,
            began: Instant::now(),
            clients: Mutex::default(),
            is_shut_down: AtomicBool::new(false),
        };
        for from in NODES {
            let ends = Ends { from, wires: cluster.wires.clone() };
            let node = Node::new(from, config.clone(), ends, Log::default(), Machine::default()).await;
            // Kept at once: whatever comes now, it is shut down in the end.
            cluster.nodes.push(node.map_err(|error| broken(&error))?);
        }
        cluster.wires.join(cluster.nodes.clone());
        let members: BTreeMap<u64, EmptyNode> = NODES.map(|node| (node, EmptyNode {})).into();
        cluster.nodes[0].initialize(members).await.map_err(|error| broken(&error))?;
        Ok(cluster)
    }

    /// Ends the nodes, and waits until they have ended.
    pub(super) async fn shut_down(&self) -> Result<(), PortError> {
        for node in &self.nodes {
            node.shutdown().await.map_err(|error| broken(&error))?;
        }
        self.wires.join(Vec::new());
        self.is_shut_down.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Notes what a client does.
    pub(super) fn note(&self, client: &str, presence: Presence) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).insert(client.to_owned(), presence);
    }

    /// Whether this client is heard of by those who are together.
    fn is_heard(&self, client: &str) -> bool {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let presence = clients.get(client);
        presence.is_some_and(|it| it.wants && it.goes_on && self.wires.together().contains(&it.node))
    }

    /// Has a command committed by way of this node. Also returns how many tries it took: one that was not answered may
    /// have been carried out all the same.
    pub(super) async fn propose(&self, node: u64, deed: &Deed) -> Result<(Answer, u32), NoMajority> {
        let deadline = Instant::now() + ANSWER_MAX;
        let mut tries = 0;
        loop {
            tries += 1;
            if let Tried::Answered(answer) = self.try_once(node, deed).await {
                return Ok((answer, tries));
            }
            if self.wires.is_alone(node) || Instant::now() >= deadline {
                return Err(NoMajority);
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    async fn try_once(&self, node: u64, deed: &Deed) -> Tried {
        let trying = async {
            match self.commit(node, deed).await {
                Ok(answer) => Tried::Answered(answer),
                // What openraft answers everybody who asks another than the leader, with the leader if it knows one.
                Err(Some(leader)) if leader != node => {
                    let passed_on =
                        self.wires.call([node, leader], async |_| self.commit(leader, deed).await);
                    match passed_on.await {
                        Ok(Ok(answer)) => Tried::Answered(answer),
                        _ => Tried::NotNow,
                    }
                }
                Err(_) => Tried::NotNow,
            }
        };
        tokio::time::timeout(TRY_MAX, trying).await.unwrap_or(Tried::NotNow)
    }

    /// Has a command committed by this node; or who leads, as far as it knows.
    async fn commit(&self, number: u64, deed: &Deed) -> Result<Answer, Option<u64>> {
        let node = self.wires.node(number).ok_or(None)?;
        // A leader that has lost its majority does not know it, and would keep the command for later. So it first asks
        // the others whether it still leads.
        node.ensure_linearizable().await.map_err(|error| match error {
            RaftError::APIError(CheckIsLeaderError::ForwardToLeader(to)) => to.leader_id,
            _ => None,
        })?;
        let command = Command {
            now_ms: milliseconds(self.began.elapsed()),
            lease_ms: milliseconds(self.lease),
            deed: deed.clone(),
        };
        let written = node.client_write(command).await;
        written.map(|written| written.data).map_err(|error| {
            error
                .forward_to_leader()
                .and_then(|to: &openraft::error::ForwardToLeader<u64, EmptyNode>| to.leader_id)
        })
    }

    /// Waits until all nodes that are together follow one leader, and nobody stands in line whom they do not hear of.
    /// Returns at once when they are no majority.
    pub(super) async fn settle(&self) -> Result<BTreeMap<String, String>, PortError> {
        let together = self.wires.together();
        if together.len() < MAJORITY {
            return Ok(BTreeMap::from([("leader".to_owned(), "none: there is no majority".to_owned())]));
        }
        let settling = async {
            loop {
                if let Some((leader, term)) = self.leader_of(&together)
                    && let Tried::Answered(Answer::Askers(askers)) = self.try_once(leader, &Deed::Look).await
                    && askers.iter().all(|client| self.is_heard(client))
                {
                    return [("leader", leader), ("term", term)];
                }
                tokio::time::sleep(TRY_AGAIN).await;
            }
        };
        let settled = tokio::time::timeout(SETTLE_MAX, settling).await.map_err(|_| {
            PortError::Lost(format!("the Raft nodes did not settle in {} s", SETTLE_MAX.as_secs()))
        })?;
        Ok(settled.into_iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect())
    }

    /// Whom all of these follow, if it is one of them, and in which term.
    fn leader_of(&self, together: &[u64]) -> Option<(u64, u64)> {
        let told: Option<Vec<(u64, u64)>> = together
            .iter()
            .map(|&node| {
                let node = self.wires.node(node)?;
                let metrics = node.metrics().borrow().clone();
                Some((metrics.current_leader?, metrics.current_term))
            })
            .collect();
        let told = told?;
        let first = *told.first().filter(|(leader, _)| together.contains(leader))?;
        told.iter().all(|other| *other == first).then_some(first)
    }
}

/// A run that is stopped while it is set up never comes to its end, so its nodes are ended when nobody has them any more.
impl Drop for Cluster {
    fn drop(&mut self) {
        let nodes = std::mem::take(&mut self.nodes);
        if !self.is_shut_down.load(Ordering::Relaxed)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                for node in nodes {
                    let _ = node.shutdown().await;
                }
            });
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn broken(error: &dyn std::fmt::Display) -> PortError {
    PortError::Broken(format!("Raft: {error}"))
}
