//! The tray: messages on their way from the broker to a consumer, as cards that the hand may put into an order.
//!
//! The cards lie in the lab's own network, not in the broker. What the hand does to one is a choice of the recorded
//! schedule like any other, made by an actor of its own, [`NETWORK`].

use serde::{Deserialize, Serialize};

/// The name under which moves on the tray stand in a schedule. No actor of any run is called so.
pub const NETWORK: &str = "network";

/// A message on its way to a consumer, or in a consumer's hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Card {
    /// The card's name: the message's id, and from the second card of that message on its number, `order-1.paid~2`.
    pub name: String,
    /// The message's version.
    pub version: u64,
    /// The partition that it lies in, where messages are partitioned by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<u64>,
    /// Where it is.
    pub at: CardAt,
    /// Whether its next acknowledgement will be lost.
    pub loses_ack: bool,
}

/// Where a card is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize), serde(tag = "kind"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CardAt {
    /// In the network: a consumer who asks is handed it, the first one first.
    Ready,
    /// In the network, and kept there until it is released.
    Held,
    /// On its way, or lost and to be handed out again: not before this run time, in microseconds.
    Late {
        /// The run time.
        until_us: u64,
    },
    /// Still with the broker, which keeps order inside a partition: behind this card.
    Behind {
        /// The card.
        card: String,
    },
    /// In a consumer's hand, and not acknowledged.
    InHand {
        /// The consumer.
        by: String,
    },
}

/// What the hand does to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TrayAct {
    /// Keeps it in the network, and its lease with it, until it is released.
    Hold,
    /// Lets it go on.
    Release,
    /// Puts it before another card, or behind all.
    Put,
    /// Delivers it once more: a second card of the same message.
    Double,
    /// Loses this delivery: the broker hands the message out again when its time-out is over.
    Drop,
    /// Loses its next acknowledgement.
    LoseAck,
}

impl TrayAct {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Hold, Self::Release, Self::Put, Self::Double, Self::Drop, Self::LoseAck];

    /// The name in a move and in a choice.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Put => "put",
            Self::Double => "double",
            Self::Drop => "drop",
            Self::LoseAck => "lose-ack",
        }
    }

    /// The act of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }
}

/// A move on the tray. As the label of a choice it is written `hold:order-1.paid`, `put:order-1.paid:order-1.placed`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrayMove {
    /// What is done.
    pub act: TrayAct,
    /// To which card.
    pub card: String,
    /// Before which it is put; behind all others without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl std::fmt::Display for TrayMove {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.act.name(), self.card)?;
        self.before.as_ref().map_or(Ok(()), |before| write!(f, ":{before}"))
    }
}

impl TrayMove {
    /// The move that a choice's label stands for.
    pub fn of_label(label: &str) -> Option<Self> {
        let mut parts = label.splitn(3, ':').map(str::to_owned);
        let (act, card, before) = (TrayAct::named(&parts.next()?)?, parts.next()?, parts.next());
        Some(Self { act, card, before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_on_the_tray_reads_back_from_the_label_of_its_choice() {
        for act in TrayAct::ALL {
            let before = (act == TrayAct::Put).then(|| "order-1.placed".to_owned());
            let made = TrayMove { act, card: "order-1.paid~2".into(), before };
            let choice: crate::schedule::Choice = format!("{NETWORK}/{made}#1").parse().expect("a choice");
            assert_eq!(TrayMove::of_label(&choice.label), Some(made));
        }
        assert_eq!(TrayMove::of_label("wave:order-1.paid"), None);
        assert_eq!(TrayMove::of_label("hold"), None);
    }
}
