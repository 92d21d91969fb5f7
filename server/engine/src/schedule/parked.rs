//! Where each actor of a scheduled run stands.

use lab::event::Lock;
use tokio::sync::oneshot;

use super::message::{Held, Woken};
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
    /// What this step is about, if that is known before.
    pub about: Option<String>,
    /// Whom it waits for, as was told last.
    pub waits_for: Vec<String>,
    /// The lock that this step needs.
    pub lock: Option<Lock>,
    /// Whether the step waits for that lock when it is taken.
    pub waits: bool,
    /// Whether the step asks the database.
    pub asks_database: bool,
    /// Whether the database does not answer now.
    pub is_stalled: bool,
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
    /// Without anything to do until somebody else has done something, or until this run time.
    Resting(Rest),
    /// Done.
    Finished,
}

/// How an actor rests.
#[derive(Debug)]
pub(super) struct Rest {
    /// It wakes by itself at this run time.
    pub until_us: Option<u64>,
    /// Whether it only looks for work when its time has come.
    pub polls: bool,
    /// Whether it looks after every move, too, whether something was said to it.
    pub listens: bool,
    /// How to wake it.
    pub wake: oneshot::Sender<Woken>,
}

impl Actor {
    /// An actor that was not heard of yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            place: Place::Away,
            step: String::new(),
            about: None,
            waits_for: Vec::new(),
            lock: None,
            waits: false,
            asks_database: false,
            is_stalled: false,
            began_us: 0,
            operation: None,
            attempt: None,
        }
    }

    /// Whether a choice may fall on it.
    pub fn may_move(&self) -> bool {
        matches!(self.place, Place::Gate(_)) && !self.is_held_up()
    }

    /// Whether it stands at a step that asks a database that does not answer.
    pub fn is_held_up(&self) -> bool {
        self.is_stalled && self.asks_database && matches!(self.place, Place::Gate(_))
    }

    /// Whether its statement is with the engine and unanswered.
    pub fn in_engine(&self) -> bool {
        matches!(self.place, Place::InEngine | Place::Waiting)
    }

    /// Whether it waits for a lock inside the engine, or would if the engine let it.
    pub fn is_blocked(&self) -> bool {
        matches!(self.place, Place::Waiting | Place::Parked(_))
    }

    /// When it wakes by itself, if it sleeps or rests until some time.
    pub fn wakes_at(&self) -> Option<u64> {
        match &self.place {
            Place::Asleep(until_us, ..) => Some(*until_us),
            Place::Resting(rest) => rest.until_us,
            _ => None,
        }
    }

    /// Whether it can do nothing unless somebody else does; for one who polls, others who poll count as such too.
    pub fn is_at_rest(&self, seen_by_a_poller: bool) -> bool {
        match &self.place {
            Place::Finished => true,
            Place::Resting(rest) => rest.until_us.is_none() || seen_by_a_poller && rest.polls,
            _ => false,
        }
    }

    /// Takes the place out, leaving `Running`.
    pub fn leave(&mut self) -> Place {
        std::mem::replace(&mut self.place, Place::Running)
    }
}
