//! Where each actor of a scheduled run stands.

use lab::event::Lock;
use tokio::sync::oneshot;

use super::message::Held;
use crate::recorder::Draft;

/// One actor as the director sees it.
#[derive(Debug)]
pub(super) struct Actor {
    /// Its name: `buyer-1`.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The step it takes or wants to take.
    pub step: String,
    /// The lock that this step needs.
    pub lock: Option<Lock>,
    /// Whether the step waits for that lock when it is taken.
    pub waits: bool,
    /// When the step was granted.
    pub began_us: u64,
    /// The operation it works on, as its latest entry said.
    pub operation: Option<String>,
    /// The attempt it is at, as its latest entry said.
    pub attempt: Option<u64>,
}

/// Where an actor stands.
#[derive(Debug)]
pub(super) enum Place {
    /// Not heard of yet.
    Away,
    /// Ready to begin.
    Ready(oneshot::Sender<()>),
    /// Computing between two steps; the only one that may write notes.
    Running,
    /// At the gate: may be chosen.
    Gate(oneshot::Sender<u64>),
    /// Chosen, but kept at the gate because somebody waits inside the engine for the same lock.
    Queued(oneshot::Sender<u64>),
    /// Inside the engine, not answered yet.
    InEngine,
    /// Inside the engine, seen waiting for a lock.
    Waiting,
    /// Its engine does not let it wait inside; it asks again when the lock is free.
    Parked(oneshot::Sender<()>),
    /// Answered; what it says is not written down yet.
    Answered(Box<Draft>, Held, oneshot::Sender<u64>),
    /// Asleep until this run time; since when; how to wake it.
    Asleep(u64, u64, oneshot::Sender<u64>),
    /// Done.
    Finished,
}

impl Actor {
    /// An actor that was not heard of yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            place: Place::Away,
            step: String::new(),
            lock: None,
            waits: false,
            began_us: 0,
            operation: None,
            attempt: None,
        }
    }

    /// Whether a choice may fall on it.
    pub fn may_move(&self) -> bool {
        matches!(self.place, Place::Gate(_))
    }

    /// Whether its statement is with the engine and unanswered.
    pub fn in_engine(&self) -> bool {
        matches!(self.place, Place::InEngine | Place::Waiting)
    }

    /// Whether it waits for a lock inside the engine, or would if the engine let it.
    pub fn is_blocked(&self) -> bool {
        matches!(self.place, Place::Waiting | Place::Parked(_))
    }

    /// Takes the place out, leaving `Running`.
    pub fn leave(&mut self) -> Place {
        std::mem::replace(&mut self.place, Place::Running)
    }
}
