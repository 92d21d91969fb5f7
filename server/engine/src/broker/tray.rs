//! The tray's port: what a broker's adapter lets the user's hand do to messages on their way to a consumer.

use lab::hand::{Card, TrayMove};

use super::Place;

/// Messages between a broker and its consumers, in reach of the hand. Times are run times in microseconds.
pub trait Tray: Send + Sync {
    /// The messages that are not done, in the order in which they are handed out.
    fn cards(&self, now_us: u64) -> Vec<Card>;
    /// Whether the hand holds something back.
    fn holds(&self) -> bool;
    /// Does what the hand asks for.
    ///
    /// # Errors
    /// When there is no such card on its way, or the broker's order forbids it.
    fn interfere(&self, asked: &TrayMove, now_us: u64) -> Result<TrayDone, TrayRefused>;
    /// Whether the hand loses the acknowledgement of what lies here; asked once for each.
    fn loses_ack(&self, place: Place) -> bool;
}

/// A move on the tray that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayDone {
    /// The message that it was about.
    pub message: String,
    /// When a lost delivery comes again, in run time, if it does.
    pub again_at_us: Option<u64>,
}

/// Why a move on the tray was not made: one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayRefused {
    /// Nothing of this name is on its way.
    NoSuchCard(String),
    /// Not this, or not now.
    NotNow(String),
}

impl TrayRefused {
    /// The sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::NoSuchCard(sentence) | Self::NotNow(sentence) => sentence,
        }
    }
}
