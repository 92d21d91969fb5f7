//! The lock port: a service outside the database that grants a name to one client at a time.
//!
//! The lease table (`crate::bench`) needs no port of its own: it is a row in the run's database. Whatever stands behind
//! this port has a clock of its own, so a scheduled run can decide who asks when, and not how long an answer takes.

pub mod raft;
pub mod zookeeper;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::store::PortError;

/// One run's share of a lock service.
pub trait LockService: Send + Sync {
    /// The service and its version, with what a reader of the run must know.
    fn version(&self) -> String;
    /// A client for one actor; `number` is the actor's, from 0.
    fn client<'a>(
        &'a self,
        number: usize,
        actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn LockClient>, PortError>>;
    /// The links between the service's nodes, where the lab stands between them.
    fn links(&self) -> Option<&dyn Links> {
        None
    }
    /// Removes everything that belongs to the run.
    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>>;
}

/// One actor's own connection to a lock service.
pub trait LockClient: Send {
    /// Asks for a name. Whoever asked stays in line.
    fn ask<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<Asked, PortError>>;
    /// Gives the name back, or leaves the line.
    fn give_back(&mut self) -> BoxFuture<'_, Result<GivenBack, PortError>>;
    /// Stops the client as a suspended process stops: it sends nothing, not even that it is alive. Returns when the
    /// service has taken away what the client held.
    fn stand_still(&mut self) -> BoxFuture<'_, Result<(), PortError>>;
    /// Lets the client go on. It learns by itself what it has lost.
    fn go_on(&mut self);
}

/// What became of a client's asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It has the name, by a fencing token that is higher than every earlier one of this name.
    Granted(i64),
    /// Somebody else is in front.
    InLine,
    /// The client's node, by its number, reaches no majority: nothing is granted there.
    NoMajority(u64),
}

/// What became of a client's giving back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// It had the name until now.
    Held,
    /// The service had taken it away before, or there was nothing.
    Gone,
    /// The client's node, by its number, reaches no majority: nobody has heard of it.
    NoMajority(u64),
}

/// What stands between the nodes of a service: links that the lab can cut.
pub trait Links: Send + Sync {
    /// How long a lease lasts there, in real time.
    fn lease(&self) -> Duration;
    /// Cuts a node off from all others.
    fn cut(&self, node: u64);
    /// Links it to the others again.
    fn heal(&self, node: u64);
    /// Waits until a majority has a leader that all of it follow, and has taken away what nobody keeps alive any more.
    /// Where there is no majority there is nothing to wait for. Returns what is true now and may differ from run to run.
    fn settle(&self) -> BoxFuture<'_, Result<BTreeMap<String, String>, PortError>>;
}
