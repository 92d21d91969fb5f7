//! Between the user's hand and the director: offers go one way, moves the other.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lab::hand::{HandMove, IDLE_S_MAX, Offer, PAUSED_S_MAX};
use tokio::sync::{mpsc, oneshot, watch};

/// How many moves may wait for the director; one more is refused. People make one at a time.
const MOVES_MAX: usize = 16;
/// The answers to so many moves are kept, so that a move that is sent again is answered the same.
const REMEMBERED_MAX: usize = 64;

/// How long a run waits for a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// A run by hand that nobody moves for this long is interrupted.
    pub idle: Duration,
    /// A run of another schedule that was paused goes on by itself after this long.
    pub paused: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { idle: Duration::from_secs(IDLE_S_MAX), paused: Duration::from_secs(PAUSED_S_MAX) }
    }
}

/// Why a move was not made: one sentence with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandRefusal {
    /// The run has no hand, or not yet.
    #[error("{0}")]
    NoHand(String),
    /// The offer that the maker saw is not the latest one.
    #[error("The move answers offer {expect}, but the run has moved on to offer {number}; look again.")]
    Passed {
        /// The offer that its maker saw.
        expect: u64,
        /// The latest one.
        number: u64,
    },
    /// There is no such actor.
    #[error("{0}")]
    NoSuchActor(String),
    /// There is no such card on the tray.
    #[error("{0}")]
    NoSuchCard(String),
    /// The actor cannot move now, or the schedule does.
    #[error("{0}")]
    NotNow(String),
    /// Another move was sent under the same id.
    #[error("The move_id {0} was used for another move of this run; draw a new one for each move.")]
    IdTaken(String),
    /// The run is over.
    #[error("The run is over; take over from one of its moments to go on.")]
    Over,
}

/// What a move is answered with.
pub type Answer = Result<Offer, HandRefusal>;

/// A move on its way to the director.
#[derive(Debug)]
pub(super) struct Asked {
    /// The move.
    pub asked: HandMove,
    /// Where its answer goes.
    pub reply: oneshot::Sender<Answer>,
}

/// The moves that were answered, for as long as either end is there.
#[derive(Debug, Clone, Default)]
struct Answered(Arc<Mutex<VecDeque<(HandMove, Answer)>>>);

impl Answered {
    fn keep(&self, asked: HandMove, answer: Answer) {
        let mut answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.len() >= REMEMBERED_MAX {
            answered.pop_front();
        }
        answered.push_back((asked, answer));
    }

    /// What a move that is sent again is answered; `None` for a new one.
    fn of(&self, asked: &HandMove) -> Option<Answer> {
        let answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (made, answer) = answered.iter().find(|(made, _)| made.move_id == asked.move_id)?;
        Some(if made == asked { answer.clone() } else { Err(HandRefusal::IdTaken(asked.move_id.clone())) })
    }
}

/// The user's end. Copies are the same hand.
#[derive(Debug, Clone)]
pub struct Hand {
    answered: Answered,
    moves: mpsc::Sender<Asked>,
    offers: watch::Receiver<Option<Offer>>,
}

impl Hand {
    /// Both ends of a new hand.
    pub fn new(patience: Patience) -> (Self, Listener) {
        let (moves, asked) = mpsc::channel(MOVES_MAX);
        let (told, offers) = watch::channel(None);
        let answered = Answered::default();
        let listener = Listener {
            asked,
            offers: told,
            patience,
            number: 0,
            pending: None,
            answered: answered.clone(),
            is_open: true,
        };
        (Self { answered, moves, offers }, listener)
    }

    /// The latest offer; `None` before the first one.
    pub fn offer(&self) -> Option<Offer> {
        self.offers.borrow().clone()
    }

    /// The offers: always the latest one, and a way to wait for the next.
    pub fn offers(&self) -> watch::Receiver<Option<Offer>> {
        self.offers.clone()
    }

    /// Makes a move. Answered with the offer that follows it, once the engine has settled. One that is sent again is
    /// answered the same, even when it was the one that ended the run.
    ///
    /// # Errors
    /// When the move is not made.
    pub async fn make(&self, asked: HandMove) -> Answer {
        match self.send(asked.clone()).await {
            Err(HandRefusal::Over) => self.answered.of(&asked).unwrap_or(Err(HandRefusal::Over)),
            answer => answer,
        }
    }

    async fn send(&self, asked: HandMove) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.moves.try_send(Asked { asked, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                HandRefusal::NotNow(format!("{MOVES_MAX} moves wait already; wait for their answers."))
            }
            mpsc::error::TrySendError::Closed(_) => HandRefusal::Over,
        })?;
        answer.await.map_err(|_| HandRefusal::Over)?
    }
}

/// The director's end.
#[derive(Debug)]
pub struct Listener {
    asked: mpsc::Receiver<Asked>,
    offers: watch::Sender<Option<Offer>>,
    pub(super) patience: Patience,
    number: u64,
    /// A move that is being made: it is answered with the offer that follows.
    pending: Option<Asked>,
    answered: Answered,
    /// Whether anybody can still move.
    is_open: bool,
}

impl Listener {
    /// The next move that is new and answers the latest offer; others are answered here. `None` when nobody can move
    /// any more. Giving the wait up loses nothing.
    pub(crate) async fn next(&mut self) -> Option<HandMove> {
        loop {
            let asked = self.asked.recv().await;
            self.is_open = asked.is_some();
            if let Some(new) = self.sift(asked?) {
                return Some(new);
            }
        }
    }

    /// Whether anybody can still move.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// The same without waiting.
    pub(super) fn next_now(&mut self) -> Option<HandMove> {
        while let Ok(asked) = self.asked.try_recv() {
            if let Some(new) = self.sift(asked) {
                return Some(new);
            }
        }
        None
    }

    fn sift(&mut self, Asked { asked, reply }: Asked) -> Option<HandMove> {
        if let Some(answer) = self.answered.of(&asked) {
            let _ = reply.send(answer);
            return None;
        }
        self.pending = Some(Asked { asked: asked.clone(), reply });
        match asked.expect {
            Some(expect) if expect != self.number => {
                self.answer(Err(HandRefusal::Passed { expect, number: self.number }));
                None
            }
            _ => Some(asked),
        }
    }

    /// Publishes an offer and answers the move that led to it.
    pub(crate) fn tell(&mut self, mut offer: Offer) {
        self.number += 1;
        offer.number = self.number;
        self.offers.send_replace(Some(offer.clone()));
        self.answer(Ok(offer));
    }

    /// Answers the move that is being made, if there is one.
    pub(crate) fn answer(&mut self, answer: Answer) {
        let Some(Asked { asked, reply }) = self.pending.take() else { return };
        self.answered.keep(asked, answer.clone());
        let _ = reply.send(answer);
    }

    /// The latest offer, for a move that changes nothing of it.
    pub(super) fn latest(&self) -> Option<Offer> {
        self.offers.borrow().clone()
    }
}
