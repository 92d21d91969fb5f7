//! The user's hand at the runs that go on: offers out, moves in.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use lab::event::Port;
use lab::hand::{HandMove, Offer};
use lab::spec::Spec;
use tokio::sync::{Semaphore, watch};

use super::Lab;
use crate::outages::may_be_cut;
use crate::schedule::listener::{Hand, HandRefusal};

/// The hands of so many runs that are over stay, so that the move that ended a run can be sent again: whoever sends it
/// again does so at once, or has given up.
const OVER_MAX: usize = 64;

/// The hands of runs that are over, by the run's id, oldest first.
#[derive(Debug, Default)]
pub(super) struct Over(VecDeque<(String, Hand)>);

impl Over {
    pub(super) fn keep(&mut self, id: &str, hand: Hand) {
        if self.0.len() >= OVER_MAX {
            self.0.pop_front();
        }
        self.0.push_back((id.to_owned(), hand));
    }

    fn of(&self, id: &str) -> Option<Hand> {
        self.0.iter().find(|(over, _)| over == id).map(|(_, hand)| hand.clone())
    }
}

impl Lab {
    /// How many runs by hand go on at the same time: they have turns of their own, because people take theirs.
    pub const BY_HAND_AT_ONCE: usize = 8;
    /// The longest that a run by hand may take, in seconds.
    pub const BY_HAND_S_MAX: u64 = crate::runner::BY_HAND_MAX.as_secs();

    /// The user's hand makes a move in a run. Answered with the offer that follows it.
    ///
    /// # Errors
    /// When the run has no hand, or the move is not made.
    pub async fn move_by_hand(&self, id: &str, asked: HandMove) -> Result<Offer, HandRefusal> {
        let over = self.inner.over.lock().unwrap_or_else(PoisonError::into_inner).of(id);
        if let Some(hand) = over {
            return hand.make(asked).await;
        }
        self.hand(id).await?.make(asked).await
    }

    /// What the hand may do in a run now.
    ///
    /// # Errors
    /// When the run has no hand.
    pub async fn offer(&self, id: &str) -> Result<Offer, HandRefusal> {
        self.hand(id).await?.offer().ok_or(HandRefusal::Over)
    }

    /// A run's offers, the latest one at any time; `None` if it is over or unknown.
    pub fn offers(&self, id: &str) -> Option<watch::Receiver<Option<Offer>>> {
        self.lock_open().get(id).map(|open| open.hand.offers())
    }

    async fn hand(&self, id: &str) -> Result<Hand, HandRefusal> {
        let hand = self.lock_open().get(id).map(|open| open.hand.clone()).ok_or(HandRefusal::Over)?;
        let no_hand = |why: &str| Err(HandRefusal::NoHand(why.to_owned()));
        match self.run(id).await {
            Ok(Some(run))
                if !run.spec.is_scheduled() && !Port::ALL.iter().any(|port| may_be_cut(&run.spec, *port)) =>
            {
                no_hand(
                    "This run is live: nobody decides who moves next, and there is nothing here that a hand may cut off.",
                )
            }
            Ok(Some(_)) if hand.offer().is_none() => {
                no_hand("The run has not come to its first move: it waits for its turn, or is set up.")
            }
            Ok(Some(_)) => Ok(hand),
            _ => Err(HandRefusal::Over),
        }
    }

    /// The turns that a run of this spec waits for.
    pub(super) fn turns(&self, spec: &Spec) -> &Arc<Semaphore> {
        if spec.schedule.is_by_hand() { &self.inner.by_hand_at_once } else { &self.inner.at_once }
    }
}
