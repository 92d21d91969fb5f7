//! The user's hand at the run on the screen: one move at a time, and why one was not made.

use lab::hand::{Deed, HandMove, Mover};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::client;
use crate::replay::Replay;

/// The hand's state. Copies are the same hand.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    /// The run on the screen.
    pub replay: Replay,
    /// Why the last move was not made.
    pub problem: RwSignal<Option<String>>,
    /// Whether a move is on its way.
    pub is_moving: RwSignal<bool>,
}

impl Hand {
    /// The hand at a run.
    pub fn new(replay: Replay) -> Self {
        Self { replay, problem: RwSignal::new(None), is_moving: RwSignal::new(false) }
    }

    /// Makes a move; nothing while another one is on its way.
    pub fn make(&self, deed: Deed) {
        let Some(id) = self.replay.run.with_untracked(|run| run.as_ref().map(|run| run.id.clone())) else {
            return;
        };
        if self.is_moving.get_untracked() {
            return;
        }
        let needs_offer = matches!(deed, Deed::Choose { .. } | Deed::Tray(_) | Deed::Step);
        let expect = self.replay.offer.with_untracked(|offer| offer.as_ref().map(|offer| offer.number));
        let asked = HandMove { move_id: browser::draw_id(), expect: expect.filter(|_| needs_offer), deed };
        self.is_moving.set(true);
        self.problem.set(None);
        // Whoever moves wants to see what comes of it.
        self.replay.playing.set(false);
        self.replay.position.set(None);
        let hand = *self;
        spawn_local(async move {
            let answer = client::move_by_hand(&id, &asked).await;
            let is_shown = hand.replay.run.with_untracked(|run| run.as_ref().is_some_and(|run| run.id == id));
            match answer {
                Ok(offer) if is_shown => hand.replay.take_offer(offer),
                Err(problem) if is_shown => hand.problem.set(Some(problem.detail)),
                _ => {}
            }
            hand.is_moving.set(false);
        });
    }

    /// Chooses the n-th actor, from 1; `false` where nobody is to be chosen.
    pub fn choose_nth(&self, number: usize) -> bool {
        let actor = self.replay.offer.with_untracked(|offer| {
            let offer = offer.as_ref().filter(|offer| offer.mover == Mover::Hand && offer.may_choose)?;
            offer.actors.get(number.checked_sub(1)?).map(|standing| standing.actor.clone())
        });
        // Who cannot move is asked for all the same: the refusal says why.
        let is_there = actor.is_some();
        if let Some(actor) = actor {
            self.make(Deed::Choose { actor });
        }
        is_there
    }
}
