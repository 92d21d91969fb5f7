//! A message that a broker keeps, and what became of it.

use lab::event::Message;

use crate::broker::{DeadLetter, Place};

/// A message that the broker keeps.
#[derive(Debug)]
pub(super) struct Kept {
    pub message: Message,
    /// The entry that published it.
    pub seq: u64,
    pub place: Place,
    /// Its rank in the line, while it is not done.
    pub rank: u64,
    /// Not handed out before.
    pub from_us: u64,
    pub deliveries: u64,
    /// Deliveries before it was redriven.
    pub before: u64,
    pub nacks: u64,
    /// In somebody's hand, as far as anybody knows.
    pub leased: bool,
    /// To whom it was handed out last.
    pub by: Option<u64>,
    /// Whether that delivery was lost on its way by the user's hand.
    pub lost: bool,
    /// Kept back by the user's hand.
    pub held: bool,
    /// A second card of a message, made by the user's hand: the network has it, the broker knows nothing of it.
    pub copy: bool,
    /// The how-many-th card of its message.
    pub number: u64,
    /// Whether its next acknowledgement is lost by the user's hand.
    pub loses_ack: bool,
    pub redriven: bool,
    pub state: State,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It will be handed out, or is in somebody's hand.
    Open,
    /// It was acknowledged, or redriven.
    Done,
    /// It is a dead letter, for this reason.
    Dead(String),
    /// It keeps its place and is not handed out any more.
    Stuck,
}

impl Kept {
    pub fn new(message: Message, place: Place, from_us: u64) -> Self {
        Self {
            message,
            seq: 0,
            place,
            rank: 0,
            from_us,
            deliveries: 0,
            before: 0,
            nacks: 0,
            leased: false,
            by: None,
            lost: false,
            held: false,
            copy: false,
            number: 1,
            loses_ack: false,
            redriven: false,
            state: State::Open,
        }
    }

    /// Whether it keeps its place in the line.
    pub fn is_in_line(&self) -> bool {
        matches!(self.state, State::Open | State::Stuck)
    }

    pub fn letter(&self) -> Option<DeadLetter> {
        match &self.state {
            State::Dead(reason) => Some(self.letter_for(reason.clone())),
            _ => None,
        }
    }

    pub fn letter_for(&self, reason: String) -> DeadLetter {
        DeadLetter {
            message: self.message.clone(),
            place: self.place,
            deliveries: self.deliveries,
            reason,
            redriven: self.redriven,
        }
    }
}
