//! Who picks the next mover: the seed, or a list.

use std::collections::VecDeque;

use lab::dice::Dice;
use lab::schedule::{Choice, Schedule};

/// Picks the next mover of a scheduled run.
#[derive(Debug)]
pub enum Chooser {
    /// By the seed, among all who may move.
    Seeded {
        /// The run's dice.
        dice: Dice,
        /// How many moves were drawn.
        moves: u64,
    },
    /// By a list; when it ends, the first in actor order who may move.
    Recorded {
        /// What is left of the list.
        choices: VecDeque<Choice>,
    },
}

impl Chooser {
    /// The chooser of a schedule; `None` for a live run, where nobody picks.
    pub fn of(schedule: &Schedule, dice: Dice) -> Option<Self> {
        match schedule {
            Schedule::Live => None,
            Schedule::Seeded => Some(Self::Seeded { dice, moves: 0 }),
            Schedule::Recorded { choices } => {
                Some(Self::Recorded { choices: choices.iter().cloned().collect() })
            }
        }
    }

    /// The next choice of a list, if this is a list and has one.
    pub fn next_recorded(&mut self) -> Option<Choice> {
        match self {
            Self::Seeded { .. } => None,
            Self::Recorded { choices } => choices.pop_front(),
        }
    }

    /// One of these actor numbers; `None` if there are none.
    pub fn pick(&mut self, able: &[usize]) -> Option<usize> {
        match self {
            Self::Recorded { .. } => able.first().copied(),
            Self::Seeded { dice, moves } => {
                let drawn = dice.below(&["schedule", &moves.to_string()], able.len() as u64);
                let chosen = able.get(usize::try_from(drawn).unwrap_or_default()).copied();
                *moves += u64::from(chosen.is_some());
                chosen
            }
        }
    }
}
