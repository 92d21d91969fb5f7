//! How an actor gets its turn: at once in a live run, from the director in a scheduled one.
//!
//! A strategy never sees this; a new kind of schedule needs no change to any strategy.

use std::time::Duration;

use lab::event::Lock;
use lab::spec::Pace;
use tokio::sync::{mpsc, oneshot};

use crate::Error;
use crate::live::Flights;
use crate::quiet::Quiet;
use crate::recorder::{Draft, Recorder};
use crate::schedule::message::{Held, Message, Woken};
use crate::store::{Listener, Need};

/// One actor's way to its turns.
#[derive(Debug)]
pub enum Turn {
    /// Granted at once; waits are real and stretched by the pace.
    Live {
        /// The actor's number.
        actor: usize,
        /// Where entries go.
        recorder: Recorder,
        /// The statements that are with the engine.
        flights: Flights,
        /// How fast the run is played.
        pace: Pace,
        /// Who rests.
        quiet: Quiet,
    },
    /// Granted by the director; waits are virtual.
    Directed {
        /// The actor's number.
        actor: usize,
        /// To the director.
        director: mpsc::Sender<Message>,
    },
}

impl Turn {
    /// Waits until the actor may begin at all.
    pub async fn start(&self) -> Result<(), Error> {
        match self {
            Self::Live { .. } => Ok(()),
            Self::Directed { actor, director } => {
                request(director, |reply| Message::Start { actor: *actor, reply }).await
            }
        }
    }

    /// Asks for the turn to take a step. Returns the run time at which it was granted.
    pub async fn ask(
        &self,
        step: &str,
        about: Option<String>,
        need: Option<Need>,
        asks_database: bool,
    ) -> Result<u64, Error> {
        match self {
            Self::Live { recorder, pace, .. } => {
                sleep_ms(pace.step_ms()).await;
                Ok(recorder.elapsed_us())
            }
            Self::Directed { actor, director } => {
                let step = step.to_owned();
                let actor = *actor;
                let gate = |reply| Message::Gate { actor, step, about, need, asks_database, reply };
                request(director, gate).await
            }
        }
    }

    /// Tells that a statement that may wait for this lock goes to the engine now. The director knows without.
    pub fn sent(&self, draft: impl FnOnce() -> Draft, lock: Option<&Lock>) {
        if let (Self::Live { actor, flights, .. }, Some(lock)) = (self, lock) {
            flights.take_off(*actor, draft(), lock.clone());
        }
    }

    /// Tells that the step found its lock taken, and waits until it is worth asking the engine again.
    pub async fn wait_for_lock(&self) -> Result<(), Error> {
        match self {
            Self::Live { .. } => Err(Error::new("a live statement waits inside the engine, never outside")),
            Self::Directed { actor, director } => {
                request(director, |reply| Message::Blocked { actor: *actor, reply }).await
            }
        }
    }

    /// Hands in the answered step's entry and returns its seq, once the director has taken it.
    pub async fn answered(&self, draft: Draft, held: Held) -> Result<u64, Error> {
        match self {
            Self::Live { actor, recorder, flights, .. } => {
                flights.land(*actor);
                recorder.write(draft).await
            }
            Self::Directed { actor, director } => {
                let draft = Box::new(draft);
                request(director, |reply| Message::Answered { actor: *actor, draft, held, reply }).await
            }
        }
    }

    /// Writes an entry that is no step.
    pub async fn note(&self, draft: Draft) -> Result<u64, Error> {
        match self {
            Self::Live { recorder, .. } => recorder.write(draft).await,
            Self::Directed { director, .. } => {
                let draft = Box::new(draft);
                request(director, |reply| Message::Note { draft, reply }).await
            }
        }
    }

    /// Whether a director says who moves, and time is virtual.
    pub fn is_directed(&self) -> bool {
        matches!(self, Self::Directed { .. })
    }

    /// By how much waits are stretched: the pace of a live run, whose time is real. Virtual time needs no stretching.
    pub fn stretch(&self) -> u64 {
        match self {
            Self::Live { pace, .. } => pace.stretch(),
            Self::Directed { .. } => 1,
        }
    }

    /// Sleeps for this much run time. Returns when it began, in run time.
    pub async fn sleep(&self, for_us: u64) -> Result<u64, Error> {
        match self {
            Self::Live { recorder, .. } => {
                let began_us = recorder.elapsed_us();
                tokio::time::sleep(Duration::from_micros(for_us)).await;
                Ok(began_us)
            }
            Self::Directed { actor, director } => {
                request(director, |reply| Message::Sleep { actor: *actor, for_us, reply }).await
            }
        }
    }

    /// Waits until somebody else has done something, or until this run time. `now_us` is where the actor stands;
    /// `has_work` says whether something has come in the meantime.
    pub async fn wait(
        &self,
        now_us: u64,
        until_us: Option<u64>,
        has_work: impl Fn() -> bool + Send,
    ) -> Result<Woken, Error> {
        match self {
            Self::Live { actor, recorder, quiet, .. } => {
                let at_most =
                    until_us.map(|until_us| Duration::from_micros(until_us.saturating_sub(now_us).max(1)));
                let alone = quiet.wait(*actor, at_most, has_work).await;
                Ok(Woken { at_us: recorder.elapsed_us(), alone })
            }
            Self::Directed { actor, director } => {
                let actor = *actor;
                let rest = |reply| Message::Rest { actor, until_us, polls: false, listens: false, reply };
                request(director, rest).await
            }
        }
    }

    /// Waits for so much run time before it looks for work again.
    pub async fn poll(&self, now_us: u64, every_us: u64) -> Result<Woken, Error> {
        match self {
            Self::Live { actor, recorder, quiet, .. } => {
                let alone = quiet.poll(*actor, Duration::from_micros(every_us)).await;
                Ok(Woken { at_us: recorder.elapsed_us(), alone })
            }
            Self::Directed { actor, director } => {
                let (actor, until_us) = (*actor, Some(now_us + every_us));
                let rest = |reply| Message::Rest { actor, until_us, polls: true, listens: false, reply };
                request(director, rest).await
            }
        }
    }

    /// Waits until this run time before it looks for work again, or until something may have been said to it.
    pub async fn poll_or_hear(
        &self,
        now_us: u64,
        until_us: u64,
        listener: &mut dyn Listener,
    ) -> Result<Woken, Error> {
        match self {
            Self::Live { actor, recorder, quiet, .. } => {
                let every = Duration::from_micros(until_us.saturating_sub(now_us));
                let alone = quiet.poll_or(*actor, every, listener.wait()).await?;
                Ok(Woken { at_us: recorder.elapsed_us(), alone })
            }
            Self::Directed { actor, director } => {
                let (actor, until_us) = (*actor, Some(until_us));
                let rest = |reply| Message::Rest { actor, until_us, polls: true, listens: true, reply };
                request(director, rest).await
            }
        }
    }

    /// Tells those who wait that something happened. The director knows without.
    pub fn changed(&self) {
        if let Self::Live { quiet, .. } = self {
            quiet.changed();
        }
    }

    /// Tells that the actor is done.
    pub async fn finish(&self) -> Result<(), Error> {
        match self {
            Self::Live { actor, quiet, .. } => {
                quiet.finish(*actor);
                quiet.changed();
                Ok(())
            }
            Self::Directed { actor, director } => {
                director.send(Message::Finished { actor: *actor }).await.map_err(|_| gone())
            }
        }
    }
}

async fn sleep_ms(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

async fn request<T>(
    director: &mpsc::Sender<Message>,
    message: impl FnOnce(oneshot::Sender<T>) -> Message,
) -> Result<T, Error> {
    let (reply, answer) = oneshot::channel();
    director.send(message(reply)).await.map_err(|_| gone())?;
    answer.await.map_err(|_| gone())
}

fn gone() -> Error {
    Error::new("the run is over")
}
