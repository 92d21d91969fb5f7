//! One actor's client: it asks its node, and while it wants anything it says every now and then that it is alive.

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::cluster::{Cluster, Presence};
use super::table::{Answer, Deed};
use crate::locks::{Asked, GivenBack, LockClient};
use crate::store::PortError;

/// So often in a lease a client says that it is alive: two signs may be lost.
const SIGNS: u32 = 4;

/// The client.
pub(super) struct RaftClient {
    cluster: Arc<Cluster>,
    actor: String,
    /// The name that it asked for last and has not given back.
    name: Option<String>,
    /// What it does, for the task that tells that it is alive.
    presence: watch::Sender<Presence>,
    _alive: AbortOnDropHandle<()>,
}

impl RaftClient {
    pub(super) fn start(cluster: Arc<Cluster>, node: u64, actor: &str) -> Self {
        let (presence, seen) = watch::channel(Presence { node, wants: false, goes_on: true });
        let alive = stay_alive(cluster.clone(), actor.to_owned(), seen);
        let alive = AbortOnDropHandle::new(tokio::spawn(alive));
        Self { cluster, actor: actor.to_owned(), name: None, presence, _alive: alive }
    }

    fn node(&self) -> u64 {
        self.presence.borrow().node
    }

    fn change(&self, change: impl FnOnce(&mut Presence)) {
        self.presence.send_modify(change);
        self.cluster.note(&self.actor, *self.presence.borrow());
    }
}

/// Tells that the client is alive, while it goes on and wants anything.
async fn stay_alive(cluster: Arc<Cluster>, client: String, mut presence: watch::Receiver<Presence>) {
    let deed = Deed::StayAlive { client };
    loop {
        let is_heard = |presence: &Presence| presence.wants && presence.goes_on;
        let Ok(now) = presence.wait_for(is_heard).await.map(|presence| *presence) else { return };
        // A node that reaches no majority hears it in vain; so it is told again.
        let _ = cluster.propose(now.node, &deed).await;
        tokio::time::sleep(cluster.lease / SIGNS).await;
    }
}

/// Whoever is gone is not heard of any more.
impl Drop for RaftClient {
    fn drop(&mut self) {
        self.change(|presence| presence.goes_on = false);
    }
}

impl LockClient for RaftClient {
    fn ask<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<Asked, PortError>> {
        Box::pin(async move {
            self.name = Some(name.to_owned());
            self.change(|presence| presence.wants = true);
            let deed = Deed::Ask { name: name.to_owned(), client: self.actor.clone() };
            match self.cluster.propose(self.node(), &deed).await {
                Ok((Answer::Granted(token), _)) => Ok(Asked::Granted(token)),
                Ok((Answer::InLine, _)) => Ok(Asked::InLine),
                Ok((other, _)) => {
                    Err(PortError::Broken(format!("Raft: asked for {name}, and told {other:?}")))
                }
                Err(_) => Ok(Asked::NoMajority(self.node())),
            }
        })
    }

    fn give_back(&mut self) -> BoxFuture<'_, Result<GivenBack, PortError>> {
        Box::pin(async move {
            self.change(|presence| presence.wants = false);
            let Some(name) = self.name.take() else { return Ok(GivenBack::Gone) };
            let deed = Deed::GiveBack { name, client: self.actor.clone() };
            match self.cluster.propose(self.node(), &deed).await {
                // The answer to an earlier try may have been lost.
                Ok((Answer::GivenBack(was_held), tries)) if was_held || tries > 1 => Ok(GivenBack::Held),
                Ok(_) => Ok(GivenBack::Gone),
                Err(_) => Ok(GivenBack::NoMajority(self.node())),
            }
        })
    }

    fn stand_still(&mut self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move {
            self.change(|presence| presence.goes_on = false);
            if self.name.is_some() { self.cluster.settle().await.map(drop) } else { Ok(()) }
        })
    }

    fn go_on(&mut self) {
        self.change(|presence| presence.goes_on = true);
    }
}
