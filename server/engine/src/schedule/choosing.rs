//! How the next mover is found: by the hand where it is waited for, else by the list or the seed.

use lab::event::Event;
use lab::hand::NETWORK;
use lab::schedule::Choice;

use super::director::Director;
use super::hand::Decided;
use super::parked::{Actor, Place};
use crate::Error;

/// A recorded choice lets time pass for its actor at most this often: from one waking of anybody to the next.
const WAKINGS_MAX: usize = 100_000;

/// Whom the schedule chose.
enum Chosen {
    /// This one; nobody, when nobody may move.
    Mover(Option<usize>),
    /// Nobody yet: a choice was passed over, or was about the tray.
    Passed,
}

impl Director {
    /// The next mover: as the hand says where it is waited for, else as the schedule does.
    pub(super) async fn choose(&mut self) -> Result<Option<usize>, Error> {
        if self.waits_at_the_gate_only() {
            return Ok(None);
        }
        loop {
            while self.waits_for_hand() {
                if !self.may_be_moved() {
                    return Ok(None);
                }
                match self.ask_hand().await? {
                    Decided::Actor(number) => return Ok(Some(number)),
                    Decided::Step => break,
                    Decided::Again => {}
                }
            }
            // Whether a hand is asked next is looked at anew whenever nobody moved.
            match self.choose_by_schedule().await? {
                Chosen::Mover(mover) => return Ok(mover),
                Chosen::Passed => {}
            }
        }
    }

    /// A recorded choice that cannot be followed is written down and passed over.
    async fn choose_by_schedule(&mut self) -> Result<Chosen, Error> {
        if self.chooser.peek().is_some_and(|choice| choice.actor == NETWORK) && !self.may_be_moved() {
            // The move was made when somebody could move again: time passes first.
            return Ok(Chosen::Mover(None));
        }
        let Some(choice) = self.chooser.next_recorded() else {
            let able: Vec<usize> =
                (0..self.actors.len()).filter(|&number| self.actors[number].may_move()).collect();
            return Ok(Chosen::Mover(self.chooser.pick(&able)));
        };
        let followed = match choice.actor.as_str() {
            NETWORK => self.follow_on_tray(&choice).await?.map(|()| Chosen::Passed),
            _ => self.follow(&choice).await?.map(|actor| Chosen::Mover(Some(actor))),
        };
        match followed {
            Ok(chosen) => Ok(chosen),
            Err(reason) => {
                self.write(Event::Departed { choice: choice.to_string(), reason }).await?;
                Ok(Chosen::Passed)
            }
        }
    }

    /// Recorded choices that nobody came to are written down like those that could not be followed.
    pub(super) async fn tell_what_is_left(&mut self) -> Result<(), Error> {
        while let Some(choice) = self.chooser.next_recorded() {
            let reason = "everybody is done".to_owned();
            self.write(Event::Departed { choice: choice.to_string(), reason }).await?;
        }
        Ok(())
    }

    /// The actor that a recorded choice names, if it may move; a sleeper is woken by letting its time come.
    pub(super) async fn follow(&mut self, choice: &Choice) -> Result<Result<usize, String>, Error> {
        let Some(number) = self.actors.iter().position(|actor| actor.name == choice.actor) else {
            return Ok(Err(format!("there is no {} in this run", choice.actor)));
        };
        // Time goes from one waking to the next, as it did when the choice was made.
        for _ in 0..WAKINGS_MAX {
            let actor = &self.actors[number];
            if !matches!(actor.place, Place::Asleep(..) | Place::Resting(_)) && !actor.is_held_up() {
                break;
            }
            let Some(until_us) = self.next_us() else { break };
            self.clock_us = self.clock_us.max(until_us);
            self.wake_due().await?;
        }
        let actor = &self.actors[number];
        Ok(match &actor.place {
            Place::Gate(_) if actor.is_held_up() => {
                Err(format!("the database does not answer {}", actor.name))
            }
            Place::Gate(_) => Ok(number),
            Place::Finished => Err(format!("{} is done", actor.name)),
            Place::Resting(_) => Err(format!("there is nothing for {} to do", actor.name)),
            _ => Err(format!("{} waits for a lock at {}", actor.name, actor.step)),
        })
    }

    /// Whether the hand has something to decide: somebody may move, or everybody waits for what it holds.
    fn may_be_moved(&self) -> bool {
        self.actors.iter().any(Actor::may_move) || self.waits_for_the_tray()
    }
}
