//! Every order of steps, carried out: a hand of ours moves one run after another, and where more than one actor may move it
//! comes back for the others in a run of its own.

use std::collections::VecDeque;

use futures::future::try_join_all;
use lab::event::Entry;
use lab::explore::{self, Explored, Order};
use lab::hand::{Deed, HandMove, Mover, Offer, Stand};
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

impl Lab {
    /// Plays a spec once for each order in which its steps can come, at most so many times. Who sleeps or waits for its
    /// next attempt may be slow or quick, so its time may come at any move. Nothing is kept. Whoever drops the future breaks
    /// its runs off.
    ///
    /// # Errors
    /// When the run is too long, when its scenario sends messages, and as [`Lab::start`].
    pub async fn explore(&self, spec: &Spec, orders_max: usize) -> Result<Explored, MatrixError> {
        self.check_explorable(spec)?;
        let mut open: VecDeque<Beginning> = VecDeque::from([Vec::new()]);
        let mut orders = Vec::new();
        while !open.is_empty() && orders.len() < orders_max {
            let wave = open.len().min(AT_ONCE).min(orders_max - orders.len());
            let played = open.drain(..wave).map(|beginning| self.play_order(spec, beginning));
            for (order, branches) in try_join_all(played.collect::<Vec<_>>()).await? {
                orders.push(order);
                open.extend(branches);
            }
        }
        orders.sort_by(|one, other| one.steps.cmp(&other.steps));
        Ok(Explored { orders, is_all: open.is_empty() })
    }

    /// The order that begins like this and goes on with the first who may move, and the beginnings of those that part from it.
    async fn play_order(
        &self,
        spec: &Spec,
        beginning: Beginning,
    ) -> Result<(Order, Vec<Beginning>), MatrixError> {
        let mut moves = Vec::new();
        let entries: Vec<Entry> =
            self.run_moved(explore::by_hand(spec), |_| (), |hand| walk(hand, &beginning, &mut moves)).await?;
        if moves.len() > MOVES_MAX {
            return Err(too_long());
        }
        let choices = schedule::of_journal(&entries);
        let steps = choices.iter().map(ToString::to_string).collect();
        let recorded = Spec { schedule: Schedule::Recorded { choices }, ..spec.clone() };
        let order = Order::of(steps, recorded, &lab::checks::judge(&entries));
        Ok((order, branches(&moves, beginning.len())))
    }

    fn check_explorable(&self, spec: &Spec) -> Result<(), MatrixError> {
        let catalog = self.catalog();
        let has_messages =
            |name: &str| catalog.scenarios.iter().any(|card| card.name == name && card.messages);
        if !has_messages(&spec.scenario) {
            return Ok(());
        }
        let silent = catalog.scenarios.iter().filter(|card| !card.messages);
        let names: Vec<&str> = silent.map(|card| card.name.as_str()).collect();
        Err(unfit(
            "scenario",
            format!(
                "scenario is {:?}, in which messages are on their way and somebody looks for them again and again, so \
                 its orders have no end; {} have one.",
                spec.scenario,
                names.join(", ")
            ),
        ))
    }
}

/// Moves a run to its end: as the beginning says, then always the first who may move.
async fn walk(hand: Hand, beginning: &[String], moves: &mut Vec<Move>) {
    let mut offers = hand.offers();
    let is_still = |offer: &Option<Offer>| offer.as_ref().is_some_and(|offer| offer.mover != Mover::Schedule);
    let Some(mut offer) = offers.wait_for(is_still).await.ok().and_then(|offer| offer.clone()) else {
        return;
    };
    // One more than there may be tells that it was too long.
    while offer.mover == Mover::Hand && moves.len() <= MOVES_MAX {
        let mut able = able(&offer);
        let Some(mover) = beginning.get(moves.len()).or(able.first()).cloned() else { return };
        able.retain(|other| *other != mover);
        let asked = HandMove {
            move_id: moves.len().to_string(),
            expect: Some(offer.number),
            deed: Deed::Choose { actor: mover.clone() },
        };
        moves.push(Move { mover, others: able });
        match hand.make(asked).await {
            Ok(next) => offer = next,
            Err(_) => return,
        }
    }
}

/// Who may move: those before a step and those who sleep; where there are none, those who look for something to do.
fn able(offer: &Offer) -> Vec<String> {
    let who = |is_able: fn(&Stand) -> bool| {
        let able = offer.actors.iter().filter(|standing| is_able(&standing.stand));
        able.map(|standing| standing.actor.clone()).collect::<Vec<_>>()
    };
    let able = who(|stand| matches!(stand, Stand::AtStep { .. } | Stand::Asleep { .. }));
    if able.is_empty() { who(Stand::may_be_chosen) } else { able }
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
    unfit(
        "workload",
        format!(
            "The run takes more than {MOVES_MAX} steps, the most of a run whose orders are tried; make it smaller."
        ),
    )
}

fn unfit(field: &str, message: String) -> MatrixError {
    MatrixError::Unfit(Faults(vec![Fault { field: field.into(), message }]))
}
