//! A run by hand that begins with the moves of the run on the screen.

use lab::event::{Entry, Event};
use lab::schedule::{self, CHOICES_IN_ADDRESS_MAX, Choice, Schedule};
use lab::spec::Spec;
use leptos::prelude::*;

use super::Replay;
use crate::words;

impl Replay {
    /// What to run to take over from the moment that is shown: the same spec by hand, after the moves up to there; from the
    /// end, after all moves but the last.
    ///
    /// # Errors
    /// A sentence, when there are too many of them for an address.
    pub fn taken_over(&self) -> Result<Spec, &'static str> {
        let shown = self.shown_now();
        let mut choices =
            self.with_entries(|entries| schedule::of_journal(&entries[..shown.min(entries.len())]));
        // Where all moves were made nothing is left to choose: then the last one is the reader's.
        let all = self.with_entries(schedule::of_journal).len();
        if choices.len() == all && self.verdict.with_untracked(Option::is_some) {
            choices.truncate(all.saturating_sub(self.with_entries(left_over)));
            choices.pop();
        }
        self.by_hand_after(choices)
    }

    /// The same, without the last move of all.
    ///
    /// # Errors
    /// As [`Replay::taken_over`].
    pub fn stepped_back(&self) -> Result<Spec, &'static str> {
        let mut choices = self.with_entries(schedule::of_journal);
        choices.pop();
        self.by_hand_after(choices)
    }

    fn by_hand_after(&self, choices: Vec<Choice>) -> Result<Spec, &'static str> {
        if choices.len() > CHOICES_IN_ADDRESS_MAX {
            return Err(words::replay_bar::TOO_MANY_MOVES);
        }
        let spec = self.run.with_untracked(|run| run.as_ref().map(|run| run.spec.clone()));
        spec.map(|spec| Spec { schedule: Schedule::ByHand { choices }, ..spec }).ok_or(words::stage::EMPTY)
    }
}

/// How many choices nobody came to before everybody was done: they stand behind the last step.
fn left_over(entries: &[Entry]) -> usize {
    let behind = entries.iter().rev().take_while(|entry| entry.step.is_none());
    behind.filter(|entry| matches!(entry.event, Event::Departed { .. })).count()
}
