//! The lock port: a service outside the database that grants a name to one client at a time.
//!
//! The lease table (`crate::bench`) needs no port of its own: it is a row in the run's database. Whatever stands behind
//! this port has a clock of its own, so a scheduled run can decide who asks when, and not how long an answer takes.

pub mod zookeeper;

use futures::future::BoxFuture;

use crate::store::PortError;

/// One run's share of a lock service.
pub trait LockService: Send + Sync {
    /// The service and its version, with what a reader of the run must know.
    fn version(&self) -> String;
    /// A client for one actor.
    fn client<'a>(&'a self, actor: &'a str) -> BoxFuture<'a, Result<Box<dyn LockClient>, PortError>>;
    /// Removes everything that belongs to the run.
    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>>;
}

/// One actor's own connection to a lock service.
pub trait LockClient: Send {
    /// Asks for a name. A fencing token when it is granted, higher than every earlier one of this name; `None` when
    /// somebody else is in front. Whoever asked stays in line.
    fn ask<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<Option<i64>, PortError>>;
    /// Gives the name back, or leaves the line. False when the service had taken it away before.
    fn give_back(&mut self) -> BoxFuture<'_, Result<bool, PortError>>;
    /// Stops the client as a suspended process stops: it sends nothing, not even that it is alive. Returns when the
    /// service has taken away what the client held.
    fn stand_still(&mut self) -> BoxFuture<'_, Result<(), PortError>>;
    /// Lets the client go on. It learns by itself what it has lost.
    fn go_on(&mut self);
}
