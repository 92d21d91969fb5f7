//! Who picks the next mover: the seed, a list, or the user's hand.

use std::collections::VecDeque;

use lab::dice::Dice;
use lab::schedule::{Choice, Schedule};

/// Picks the next mover of a scheduled run.
#[derive(Debug)]
pub enum Chooser {
    /// By the seed, among all who may move.
    Seeded(Drawn),
    /// By a list; when it ends, the first in actor order who may move.
    Recorded {
        /// What is left of the list.
        choices: VecDeque<Choice>,
    },
    /// By a list; when it ends, by the hand, which may leave moves to the seed.
    ByHand {
        /// What is left of the list.
        choices: VecDeque<Choice>,
        /// The seed's moves.
        drawn: Drawn,
    },
}

/// Moves that the seed draws.
#[derive(Debug)]
pub struct Drawn {
    dice: Dice,
    /// How many moves were drawn.
    moves: u64,
}

impl Chooser {
    /// The chooser of a schedule; `None` for a live run, where nobody picks.
    pub fn of(schedule: &Schedule, dice: Dice) -> Option<Self> {
        let drawn = Drawn { dice, moves: 0 };
        match schedule {
            Schedule::Live => None,
            Schedule::Seeded => Some(Self::Seeded(drawn)),
            Schedule::Recorded { choices } => {
                Some(Self::Recorded { choices: choices.iter().cloned().collect() })
            }
            Schedule::ByHand { choices } => {
                Some(Self::ByHand { choices: choices.iter().cloned().collect(), drawn })
            }
        }
    }

    /// Whether the user says who moves next.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, Self::ByHand { .. })
    }

    /// Whether a list has something left.
    pub fn has_list(&self) -> bool {
        match self {
            Self::Seeded(_) => false,
            Self::Recorded { choices } | Self::ByHand { choices, .. } => !choices.is_empty(),
        }
    }

    /// The next choice of a list, which it stays.
    pub fn peek(&self) -> Option<&Choice> {
        match self {
            Self::Seeded(_) => None,
            Self::Recorded { choices } | Self::ByHand { choices, .. } => choices.front(),
        }
    }

    /// The next choice of a list, if there is one.
    pub fn next_recorded(&mut self) -> Option<Choice> {
        match self {
            Self::Seeded(_) => None,
            Self::Recorded { choices } | Self::ByHand { choices, .. } => choices.pop_front(),
        }
    }

    /// One of these actor numbers; `None` if there are none.
    pub fn pick(&mut self, able: &[usize]) -> Option<usize> {
        match self {
            Self::Recorded { .. } => able.first().copied(),
            Self::Seeded(drawn) | Self::ByHand { drawn, .. } => drawn.pick(able),
        }
    }
}

impl Drawn {
    fn pick(&mut self, able: &[usize]) -> Option<usize> {
        let drawn = self.dice.below(&["schedule", &self.moves.to_string()], able.len() as u64);
        let chosen = able.get(usize::try_from(drawn).unwrap_or_default()).copied();
        self.moves += u64::from(chosen.is_some());
        chosen
    }
}
