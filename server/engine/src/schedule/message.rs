//! What actors tell the director. Each is answered when the director is ready for that actor to go on.

use tokio::sync::oneshot;

use crate::recorder::Draft;
use crate::store::Need;

/// A message from an actor.
#[derive(Debug)]
pub enum Message {
    /// The actor is there and has done nothing yet.
    Start {
        /// Its number.
        actor: usize,
        /// Go.
        reply: oneshot::Sender<()>,
    },
    /// The actor stands at the gate of a step.
    Gate {
        /// Its number.
        actor: usize,
        /// The step: `write#2`.
        step: String,
        /// What the step is about, if that is known before: `stock sku-001`.
        about: Option<String>,
        /// The lock that the step needs.
        need: Option<Need>,
        /// Whether the step asks the database.
        asks_database: bool,
        /// Granted, at this run time.
        reply: oneshot::Sender<u64>,
    },
    /// The granted step found its lock taken.
    Blocked {
        /// Its number.
        actor: usize,
        /// Ask the engine again.
        reply: oneshot::Sender<()>,
    },
    /// The granted step was answered by the engine.
    Answered {
        /// Its number.
        actor: usize,
        /// What to write down.
        draft: Box<Draft>,
        /// What it holds now.
        held: Held,
        /// Written, with this seq.
        reply: oneshot::Sender<u64>,
    },
    /// Something to write down that is no step.
    Note {
        /// What.
        draft: Box<Draft>,
        /// Written, with this seq.
        reply: oneshot::Sender<u64>,
    },
    /// The actor sleeps.
    Sleep {
        /// Its number.
        actor: usize,
        /// For this much run time.
        for_us: u64,
        /// Awake; it slept from this run time on.
        reply: oneshot::Sender<u64>,
    },
    /// The actor has nothing to do until somebody else has done something.
    Rest {
        /// Its number.
        actor: usize,
        /// Or until this run time.
        until_us: Option<u64>,
        /// Whether it only looks for work when its time has come.
        polls: bool,
        /// Whether it looks after every move, too, whether something was said to it.
        listens: bool,
        /// Look again.
        reply: oneshot::Sender<Woken>,
    },
    /// The actor is done.
    Finished {
        /// Its number.
        actor: usize,
    },
}

/// What somebody learns who rested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Woken {
    /// The run time.
    pub at_us: u64,
    /// Whether nobody else can do anything any more: what is not there now will not come.
    pub alone: bool,
}

/// What a step did to the locks that its actor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing: no lock was taken that outlives the step.
    Same,
    /// The step's declared lock is held until the transaction ends.
    Taken,
    /// The transaction is over: nothing is held.
    Nothing,
}
