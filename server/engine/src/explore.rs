//! Every order of steps, carried out: a hand of ours moves one run after another, and where more than one actor may move it
//! comes back for the others in a run of its own.

use std::collections::VecDeque;

use futures::future::try_join_all;
use lab::event::Entry;
use lab::explore::{self, Explored, Order};
use lab::hand::{Deed, HandMove, Mover, Offer, Stand, Standing};
use lab::schedule::{self, Schedule};
use lab::spec::{Fault, Faults, Spec};

use crate::matrix::MatrixError;
use crate::runs::Lab;
use crate::schedule::listener::Hand;

/// Runs at the same time.
const AT_ONCE: usize = 4;
/// The most moves of one order: the orders of a longer run are more than anybody waits for.
const MOVES_MAX: usize = 100;

/// Who may move first, up to a place where somebody else may: the beginning of an order.
type Beginning = Vec<String>;

/// A move of one order.
struct Move {
    /// Who made it.
    mover: String,
    /// Who else could have made one.
    others: Vec<String>,
}

/// One order, as it was walked through.
#[derive(Default)]
struct Walk {
    moves: Vec<Move>,
    /// Whether somebody could have moved who was not let: whoever looks for something to do again and again.
    left_out: bool,
}

impl Lab {
    /// Plays a spec once for each order in which its steps can come, in at most so many runs. Who sleeps or waits for its
    /// next attempt may be slow or quick, so its time may come at any move; whoever looks for something to do again and again
    /// looks when its time comes by itself, and then these are not all orders. Nothing is kept. Whoever drops the future
    /// breaks its runs off.
    ///
    /// # Errors
    /// When each run is too long, and as [`Lab::start`].
    pub async fn explore(&self, spec: &Spec, runs_max: usize) -> Result<Explored, MatrixError> {
        let mut open: VecDeque<Beginning> = VecDeque::from([Vec::new()]);
        let (mut orders, mut tried, mut is_all) = (Vec::new(), 0, true);
        while !open.is_empty() {
            let wave = open.len().min(AT_ONCE);
            tried += wave;
            let played = open.drain(..wave).map(|beginning| self.play_order(spec, beginning));
            for (order, walk, beginning) in try_join_all(played.collect::<Vec<_>>()).await? {
                is_all &= order.is_some() && !walk.left_out;
                orders.extend(order);
                open.extend(branches(&walk.moves, beginning));
            }
            // What would never be tried is not kept either.
            let room = runs_max.saturating_sub(tried);
            is_all &= open.len() <= room;
            open.truncate(room);
        }
        if orders.is_empty() {
            return Err(too_long());
        }
        orders.sort_by(|one, other| one.steps.cmp(&other.steps));
        Ok(Explored { orders, is_all })
    }

    /// The order that begins like this and goes on with the first who may move, how it was walked through, and how long its
    /// beginning is. No order where the run is too long.
    async fn play_order(
        &self,
        spec: &Spec,
        beginning: Beginning,
    ) -> Result<(Option<Order>, Walk, usize), MatrixError> {
        let (spec, mut walked) = (explore::by_hand(spec), Walk::default());
        let entries: Vec<Entry> =
            self.run_moved(spec.clone(), |_| (), |hand| walk(hand, &beginning, &mut walked)).await?;
        if walked.moves.len() > MOVES_MAX {
            return Ok((None, walked, beginning.len()));
        }
        let choices = schedule::of_journal(&entries);
        let steps = choices.iter().map(ToString::to_string).collect();
        let recorded = Spec { schedule: Schedule::Recorded { choices }, ..spec };
        let order = Order::of(steps, recorded, &lab::checks::judge(&entries));
        Ok((Some(order), walked, beginning.len()))
    }
}

/// Moves a run to its end: as the beginning says, then always the first who may move.
async fn walk(hand: Hand, beginning: &[String], walked: &mut Walk) {
    let mut offers = hand.offers();
    let is_still = |offer: &Option<Offer>| offer.as_ref().is_some_and(|offer| offer.mover != Mover::Schedule);
    let Some(mut offer) = offers.wait_for(is_still).await.ok().and_then(|offer| offer.clone()) else {
        return;
    };
    // One more than there may be tells that it was too long.
    while offer.mover == Mover::Hand && walked.moves.len() <= MOVES_MAX {
        let (mut able, left_out) = able(&offer);
        walked.left_out |= left_out;
        let place = walked.moves.len();
        let Some(mover) = beginning.get(place).or(able.first()).cloned() else { return };
        able.retain(|other| *other != mover);
        let asked = HandMove {
            move_id: place.to_string(),
            expect: Some(offer.number),
            deed: Deed::Choose { actor: mover.clone() },
        };
        walked.moves.push(Move { mover, others: able });
        match hand.make(asked).await {
            Ok(next) => offer = next,
            Err(_) => return,
        }
    }
}

/// Who may move: those before a step and those who sleep; and whether that leaves somebody out. Whoever has nothing to do and
/// looks again in a while is let look when nobody else can move: it could be chosen for ever.
fn able(offer: &Offer) -> (Vec<String>, bool) {
    let all: Vec<&Standing> = offer.actors.iter().filter(|standing| standing.stand.may_be_chosen()).collect();
    let moves = |standing: &&&Standing| !matches!(standing.stand, Stand::Resting { .. });
    let able: Vec<String> = all.iter().filter(moves).map(|standing| standing.actor.clone()).collect();
    if able.is_empty() {
        return (all.first().map(|standing| standing.actor.clone()).into_iter().collect(), all.len() > 1);
    }
    let left_out = able.len() < all.len();
    (able, left_out)
}

/// The beginnings that part from an order behind its own beginning.
fn branches(moves: &[Move], beginning: usize) -> Vec<Beginning> {
    let behind = moves.iter().enumerate().skip(beginning);
    let parted = behind.flat_map(|(place, made)| {
        let before = moves[..place].iter().map(|made| made.mover.clone());
        made.others.iter().map(move |other| before.clone().chain([other.clone()]).collect())
    });
    parted.collect()
}

fn too_long() -> MatrixError {
    let message = format!(
        "The run takes more than {MOVES_MAX} moves, the most of a run whose orders are tried (to sleep is a move, too); make \
         the workload smaller, or attempt less often."
    );
    MatrixError::Unfit(Faults(vec![Fault { field: "workload".into(), message }]))
}
