//! The user's hand: what it may do next (an offer), and what it does (a move).

mod read;
mod tray;

use serde::{Deserialize, Serialize};

use crate::event::{Lock, Manner, Port};
use crate::spec::{Faults, Pace};
pub use tray::{Card, CardAt, NETWORK, TrayAct, TrayMove};

/// No move's id is longer, in bytes.
pub const MOVE_ID_BYTES_MAX: usize = 64;

/// A run by hand that nobody moves for so many seconds is interrupted: long enough to explain a picture to a class.
pub const IDLE_S_MAX: u64 = 600;
/// A run of another schedule stays paused for so many seconds, then it goes on: it holds a turn that others wait for.
pub const PAUSED_S_MAX: u64 = 120;

/// An outage that a hand injects is lifted after so many seconds: the run holds a turn that others wait for.
pub const BY_HAND_OUTAGE_S_MAX: u64 = 60;

/// What the hand may do now, and where everybody stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Offer {
    /// Counts the offers of a run, from 1. A move names the one that its maker saw.
    pub number: u64,
    /// Who decides the next move.
    pub mover: Mover,
    /// Whether the hand may choose an actor: only in a run by hand. The order of any other follows from its spec.
    pub may_choose: bool,
    /// How fast the schedule goes on by itself.
    pub pace: Pace,
    /// The last entry that was written before the offer.
    pub seq: u64,
    /// The run time, in microseconds.
    pub at_us: u64,
    /// The actors, in order. Nobody while the schedule goes on by itself: it would be out of date at once.
    pub actors: Vec<Standing>,
    /// The messages on their way to a consumer, in the order in which they are handed out; only in a run by hand whose
    /// broker has a tray before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tray: Option<Vec<Card>>,
    /// What the hand may cut off: only in a live run, and only what that run has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_cut: Vec<Port>,
    /// What is cut off now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub down: Vec<Down>,
}

/// Something that is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Down {
    /// What.
    pub port: Port,
    /// How.
    pub manner: Manner,
}

/// Who decides the next move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mover {
    /// The run waits for the hand.
    Hand,
    /// The seed or the list, by itself.
    Schedule,
    /// Everybody, by themselves: the run is live.
    Everybody,
    /// Everybody is done.
    Nobody,
}

/// An actor, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Standing {
    /// Who.
    pub actor: String,
    /// Where.
    pub stand: Stand,
}

/// Where an actor stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize), serde(tag = "kind"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// Before its next step: it may be chosen.
    AtStep {
        /// The step as a choice names it, without the actor: `write#2`.
        step: String,
        /// What the step is about, if that is known before: `stock sku-001`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
        /// The lock that the step needs, if it says so before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<Lock>,
    },
    /// Chosen, and waiting for a lock.
    Waits {
        /// The step.
        step: String,
        /// The lock.
        lock: Lock,
        /// Who holds it, as far as the engine tells.
        by: Vec<String>,
    },
    /// Chosen, and kept before its step because somebody waits for the same lock already.
    Queued {
        /// The step.
        step: String,
        /// The lock.
        lock: Lock,
        /// The actor in front of it.
        behind: String,
    },
    /// Asleep: it thinks, or waits before its next attempt. It may be chosen, and then its time comes first.
    Asleep {
        /// Until this run time, in microseconds.
        until_us: u64,
    },
    /// Without anything to do until somebody else has done something. With a time it may be chosen, as a sleeper may.
    Resting {
        /// Or until this run time, in microseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until_us: Option<u64>,
    },
    /// Done.
    Done,
}

impl Stand {
    /// Whether the hand may choose an actor who stands here.
    pub fn may_be_chosen(&self) -> bool {
        matches!(self, Self::AtStep { .. } | Self::Asleep { .. } | Self::Resting { until_us: Some(_) })
    }
}

/// A move of the hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandMove {
    /// Drawn by whoever moves. The same move sent twice acts once, and is answered the same.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = MOVE_ID_BYTES_MAX)))]
    pub move_id: String,
    /// The number of the offer that its maker saw; a move that comes too late is refused. Choosing and stepping need
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<u64>,
    /// What is done.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What the hand does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Deed {
    /// This actor takes its next step.
    Choose {
        /// Who.
        actor: String,
    },
    /// Something is done to a message on the tray.
    Tray(TrayMove),
    /// One move by the schedule: the next choice of its list, else by the seed.
    Step,
    /// The schedule goes on by itself.
    Resume,
    /// The schedule stops before the next move and waits for the hand.
    Pause,
    /// The schedule goes on this fast from now on.
    Pace {
        /// How fast.
        pace: Pace,
    },
    /// In a live run: an outage of the run's database or broker begins.
    Inject {
        /// Of what.
        port: Port,
        /// How.
        manner: Manner,
    },
    /// The outage ends.
    Lift {
        /// Of what.
        port: Port,
    },
}

impl Deed {
    /// The names in a move.
    pub const KINDS: [&'static str; 8] =
        ["choose", "tray", "step", "resume", "pause", "pace", "inject", "lift"];
}

impl HandMove {
    /// Reads a move from text; everything that is wrong is named at once.
    ///
    /// # Errors
    /// One fault for each field that is missing, unknown, or of a wrong value.
    pub fn parse(text: &str) -> Result<Self, Faults> {
        read::hand_move(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_reads_back_as_it_was_written() {
        let deeds = [
            Deed::Choose { actor: "buyer-1".into() },
            Deed::Tray(TrayMove {
                act: TrayAct::Put,
                card: "order-1.paid".into(),
                before: Some("order-1.placed".into()),
            }),
            Deed::Step,
            Deed::Resume,
            Deed::Pause,
            Deed::Pace { pace: Pace::Brisk },
            Deed::Inject { port: Port::Database, manner: Manner::Stall },
            Deed::Lift { port: Port::Broker },
        ];
        for deed in deeds {
            let written = HandMove { move_id: "m-1".into(), expect: Some(3), deed };
            let text = serde_json::to_string(&written).expect("JSON");
            assert_eq!(HandMove::parse(&text), Ok(written));
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_move_is_named() {
        let faults = |text: &str| match HandMove::parse(text) {
            Err(Faults(faults)) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            Ok(read) => panic!("{read:?}"),
        };
        assert_eq!(faults("[]"), [""]);
        assert_eq!(faults("{"), [""]);
        assert_eq!(faults(r#"{"kind":"jump","x":1}"#), ["x", "move_id", "kind"]);
        assert_eq!(faults(r#"{"move_id":"m","kind":"choose"}"#), ["actor", "expect"]);
        assert_eq!(faults(r#"{"move_id":"","kind":"step","expect":-1}"#), ["move_id", "expect"]);
        assert_eq!(faults(r#"{"move_id":"m","kind":"pace","pace":"fast"}"#), ["pace"]);
        assert_eq!(faults(r#"{"move_id":"m","kind":"pause","actor":"buyer-1"}"#), ["actor"]);
        assert_eq!(
            faults(r#"{"move_id":"m","kind":"inject","port":"disk","manner":"slow"}"#),
            ["port", "manner"]
        );
        assert_eq!(faults(r#"{"move_id":"m","kind":"lift","port":"broker","manner":"cut"}"#), ["manner"]);
    }
}
