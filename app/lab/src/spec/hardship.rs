//! Hardships: trouble that a spec asks for by name, and where.

use serde::{Deserialize, Serialize};

use crate::schedule::Choice;

/// The most hardships that one spec may list.
pub const HARDSHIPS_MAX: usize = 64;

/// The longest standstill that a spec may ask for, in milliseconds of run time.
pub const PAUSE_MS_MAX: u64 = 10_000;
/// What stands between a place and how long a standstill lasts, where both are one word.
pub const LASTING: char = '@';

/// One injected trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Hardship {
    /// The actor's process dies just before this step, and starts again.
    Crash {
        /// Before which step.
        at: Selector,
    },
    /// What the actor publishes at this step cannot be read by any consumer, until it is redriven from the dead letters.
    Poison {
        /// At which step.
        at: Selector,
    },
    /// The actor's process stands still just before this step.
    Pause {
        /// Before which step.
        at: Selector,
        /// For how long, in milliseconds of run time, from 1 to [`PAUSE_MS_MAX`]; twice as long as a lease lasts where
        /// nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<u64>,
    },
    /// The answer to the call that this step makes is lost: the service serves it and closes the connection.
    LostAnswer {
        /// Which step.
        at: Selector,
    },
    /// The answer to the call that this step makes comes late: later than a broker's lease lasts.
    LateAnswer {
        /// Which step.
        at: Selector,
    },
    /// The broker takes what this step publishes, and its confirmation is lost.
    LostConfirm {
        /// Which step.
        at: Selector,
    },
    /// The connections to the run's database are cut just before this step, and new ones turned away for a while.
    CutDatabase {
        /// Before which step.
        at: Selector,
    },
    /// The broker cannot be reached from just before this step on, for a while.
    CutBroker {
        /// Before which step.
        at: Selector,
    },
    /// The node of the lock service that the actor talks to is cut off from the other two from just before this step
    /// on, for three leases.
    CutNode {
        /// Before which step.
        at: Selector,
    },
}

/// A place in a run: the n-th time that an actor comes to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selector {
    /// Who.
    pub actor: String,
    /// The step's label: `ack`.
    pub step: String,
    /// The how-many-th step with this label by this actor, from 1.
    pub nth: u64,
}

impl Hardship {
    /// The kinds, by their names in a spec.
    pub const KINDS: [&'static str; 9] = [
        "crash",
        "pause",
        "lost-answer",
        "late-answer",
        "lost-confirm",
        "poison",
        "cut-database",
        "cut-broker",
        "cut-node",
    ];

    /// The hardship of this kind at this place; `None` for a kind that there is not.
    pub fn new(kind: &str, at: Selector) -> Option<Self> {
        match kind {
            "crash" => Some(Self::Crash { at }),
            "pause" => Some(Self::Pause { at, for_ms: None }),
            "lost-answer" => Some(Self::LostAnswer { at }),
            "late-answer" => Some(Self::LateAnswer { at }),
            "lost-confirm" => Some(Self::LostConfirm { at }),
            "poison" => Some(Self::Poison { at }),
            "cut-database" => Some(Self::CutDatabase { at }),
            "cut-broker" => Some(Self::CutBroker { at }),
            "cut-node" => Some(Self::CutNode { at }),
            _ => None,
        }
    }

    /// The name in a spec.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Crash { .. } => "crash",
            Self::Pause { .. } => "pause",
            Self::LostAnswer { .. } => "lost-answer",
            Self::LateAnswer { .. } => "late-answer",
            Self::LostConfirm { .. } => "lost-confirm",
            Self::Poison { .. } => "poison",
            Self::CutDatabase { .. } => "cut-database",
            Self::CutBroker { .. } => "cut-broker",
            Self::CutNode { .. } => "cut-node",
        }
    }

    /// The same, with how long a standstill lasts.
    pub fn lasting(self, for_ms: Option<u64>) -> Self {
        match self {
            Self::Pause { at, .. } => Self::Pause { at, for_ms },
            other => other,
        }
    }

    /// For how long it was asked for, in milliseconds of run time, if that was said.
    pub fn for_ms(&self) -> Option<u64> {
        match self {
            Self::Pause { for_ms, .. } => *for_ms,
            _ => None,
        }
    }

    /// Where it strikes, and for how long, as an address has it: `buyer-1/write#1`, `buyer-1/write#1@3000`.
    pub fn place(&self) -> String {
        match self.for_ms() {
            Some(for_ms) => format!("{}{LASTING}{for_ms}", self.at()),
            None => self.at().to_string(),
        }
    }

    /// Where it strikes.
    pub fn at(&self) -> &Selector {
        match self {
            Self::Crash { at }
            | Self::Pause { at, .. }
            | Self::LostAnswer { at }
            | Self::LateAnswer { at }
            | Self::LostConfirm { at }
            | Self::Poison { at }
            | Self::CutDatabase { at }
            | Self::CutBroker { at }
            | Self::CutNode { at } => at,
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}#{}", self.actor, self.step, self.nth)
    }
}

/// A selector is written like a choice.
impl From<Choice> for Selector {
    fn from(choice: Choice) -> Self {
        Self { actor: choice.actor, step: choice.label, nth: choice.occurrence }
    }
}
