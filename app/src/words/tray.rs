//! The tray.

use lab::hand::CardAt;

use super::units::duration;

/// Over it.
pub const TITLE: &str = "Messages on their way";
/// What the tray is, and what it is not.
pub const ABOUT: &str = "They lie in the lab's own network, between the broker and the consumers; whoever asks is handed \
    the first one. What is held stays here, and its lease with it. What is dropped the broker hands out again when its \
    time-out is over, after 500 ms of run time.";

/// Where a card of the tray is.
pub fn card(at: &CardAt, partition: Option<u64>, loses_ack: bool) -> String {
    let mut words = match at {
        CardAt::Ready => "may be received".to_owned(),
        CardAt::Held => "held".to_owned(),
        CardAt::Late { until_us } => format!("comes at {}", duration(*until_us)),
        CardAt::Behind { card } => format!("with the broker, behind {card}"),
        CardAt::InHand { by } => format!("in {by}'s hand"),
    };
    if let Some(partition) = partition {
        words = format!("partition {partition}: {words}");
    }
    if loses_ack { words + "; its ack will be lost" } else { words }
}

/// Where no message is.
pub const EMPTY: &str = "No message is on its way.";
/// Keeps a card until it is released.
pub const HOLD: &str = "Hold";
/// Lets a card go on that was held.
pub const RELEASE: &str = "Release";
/// Delivers a card once more.
pub const DOUBLE: &str = "Double";
/// Loses a card.
pub const DROP: &str = "Drop";
/// Loses a card's next acknowledgement.
pub const LOSE_ACK: &str = "Lose its ack";

/// A card's button by what it does and to which card.
pub fn button(word: &str, card: &str) -> String {
    format!("{word}: {card}")
}
