//! Hardships: trouble that a spec asks for by name, and where.

use serde::{Deserialize, Serialize};

use crate::schedule::Choice;

/// The most hardships that one spec may list.
pub const HARDSHIPS_MAX: usize = 64;

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
    pub const KINDS: [&'static str; 1] = ["crash"];

    /// The name in a spec.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Crash { .. } => "crash",
        }
    }

    /// Where it strikes.
    pub fn at(&self) -> &Selector {
        match self {
            Self::Crash { at } => at,
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
