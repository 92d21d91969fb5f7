//! The links between the nodes of one run: function calls that fail where a link is cut.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openraft::EmptyNode;
use openraft::error::{InstallSnapshotError, RPCError, RaftError, RemoteError, Unreachable};
use openraft::network::{Backoff, RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
    VoteRequest, VoteResponse,
};

use super::{Node, Types};

/// How long a node waits before it calls one again that it could not reach.
const CALL_AGAIN: Duration = Duration::from_millis(20);

/// All links. A link is up while neither of its ends is cut off.
#[derive(Default)]
pub(super) struct Wires {
    nodes: Mutex<Vec<Node>>,
    cut_off: Mutex<BTreeSet<u64>>,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
#[error("the link is cut")]
pub(super) struct Cut;

impl Wires {
    /// Joins the nodes, in the order of their numbers from 1.
    pub(super) fn join(&self, nodes: Vec<Node>) {
        *self.nodes.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }

    pub(super) fn cut(&self, node: u64) {
        self.cut_off.lock().unwrap_or_else(PoisonError::into_inner).insert(node);
    }

    pub(super) fn heal(&self, node: u64) {
        self.cut_off.lock().unwrap_or_else(PoisonError::into_inner).remove(&node);
    }

    /// Those that are not cut off.
    pub(super) fn together(&self) -> Vec<u64> {
        let cut_off = self.cut_off.lock().unwrap_or_else(PoisonError::into_inner);
        super::NODES.into_iter().filter(|node| !cut_off.contains(node)).collect()
    }

    pub(super) fn is_up(&self, from: u64, to: u64) -> bool {
        let cut_off = self.cut_off.lock().unwrap_or_else(PoisonError::into_inner);
        !cut_off.contains(&from) && !cut_off.contains(&to)
    }

    /// Whether no call of this node to any other gets through.
    pub(super) fn is_alone(&self, node: u64) -> bool {
        super::NODES.into_iter().all(|other| other == node || !self.is_up(node, other))
    }

    /// The node of this number.
    pub(super) fn node(&self, node: u64) -> Option<Node> {
        let place = usize::try_from(node.checked_sub(1)?).ok()?;
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    }

    /// A call from one node to another. If the link is cut meanwhile, its answer is lost.
    pub(super) async fn call<T>(
        &self,
        [from, to]: [u64; 2],
        call: impl AsyncFnOnce(Node) -> T,
    ) -> Result<T, Cut> {
        let node = self.node(to).filter(|_| self.is_up(from, to)).ok_or(Cut)?;
        let answer = call(node).await;
        if self.is_up(from, to) { Ok(answer) } else { Err(Cut) }
    }
}

/// One node's ends of the links.
pub(super) struct Ends {
    pub from: u64,
    pub wires: Arc<Wires>,
}

/// One node's end of the link to another.
pub(super) struct End {
    ends: [u64; 2],
    wires: Arc<Wires>,
}

impl RaftNetworkFactory<Types> for Ends {
    type Network = End;

    async fn new_client(&mut self, target: u64, _node: &EmptyNode) -> End {
        End { ends: [self.from, target], wires: self.wires.clone() }
    }
}

type CallError<E> = RPCError<u64, EmptyNode, RaftError<u64, E>>;

impl End {
    #[expect(clippy::result_large_err, reason = "openraft asks for this error")]
    fn heard<T, E: std::error::Error>(
        &self,
        answer: Result<Result<T, RaftError<u64, E>>, Cut>,
    ) -> Result<T, CallError<E>> {
        match answer {
            Ok(answer) => {
                answer.map_err(|error| RPCError::RemoteError(RemoteError::new(self.ends[1], error)))
            }
            Err(cut) => Err(RPCError::Unreachable(Unreachable::new(&cut))),
        }
    }
}

impl RaftNetwork<Types> for End {
    async fn append_entries(
        &mut self,
        rpc: AppendEntriesRequest<Types>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, RPCError<u64, EmptyNode, RaftError<u64>>> {
        let answer = self.wires.call(self.ends, async |node| node.append_entries(rpc).await).await;
        self.heard(answer)
    }

    async fn install_snapshot(
        &mut self,
        rpc: InstallSnapshotRequest<Types>,
        _option: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, CallError<InstallSnapshotError>> {
        let answer = self.wires.call(self.ends, async |node| node.install_snapshot(rpc).await).await;
        self.heard(answer)
    }

    async fn vote(
        &mut self,
        rpc: VoteRequest<u64>,
        _option: RPCOption,
    ) -> Result<VoteResponse<u64>, RPCError<u64, EmptyNode, RaftError<u64>>> {
        let answer = self.wires.call(self.ends, async |node| node.vote(rpc).await).await;
        self.heard(answer)
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(std::iter::repeat(CALL_AGAIN))
    }
}
