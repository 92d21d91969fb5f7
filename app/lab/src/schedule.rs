//! Choices: who moves next, named so that they can be kept, shared and replayed.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::event::{Entry, Event};

/// The most choices that a recorded schedule may hold.
pub const CHOICES_MAX: usize = 100_000;

/// How a run decides who moves next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Schedule {
    /// Nobody decides: real concurrency on real connections.
    #[default]
    Live,
    /// One actor moves at a time, chosen by the seed.
    Seeded,
    /// One actor moves at a time, as the user says, after a list of choices that may be empty.
    ByHand {
        /// The choices that are played before the user is asked, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = CHOICES_MAX)))]
        choices: Vec<Choice>,
    },
    /// One actor moves at a time, as a list of choices says.
    Recorded {
        /// The choices, in order.
        #[cfg_attr(feature = "schema", schemars(length(max = CHOICES_MAX)))]
        choices: Vec<Choice>,
    },
}

impl Schedule {
    /// The names in a spec, in the order in which they are offered.
    pub const KINDS: [&'static str; 4] = ["live", "seeded", "by-hand", "recorded"];

    /// The name in a spec.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Seeded => "seeded",
            Self::ByHand { .. } => "by-hand",
            Self::Recorded { .. } => "recorded",
        }
    }

    /// The choices that are given; none where nobody lists any.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Live | Self::Seeded => &[],
            Self::ByHand { choices } | Self::Recorded { choices } => choices,
        }
    }

    /// Whether the user says who moves next.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, Self::ByHand { .. })
    }
}

/// One decision: this actor takes this step for the n-th time. Written `buyer-3/write#2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[^/]+/[^#]+#[0-9]+$")))]
pub struct Choice {
    /// Who moves.
    pub actor: String,
    /// The step's label.
    pub label: String,
    /// The how-many-th step with this label by this actor, from 1.
    pub occurrence: u64,
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}#{}", self.actor, self.label, self.occurrence)
    }
}

impl From<Choice> for String {
    fn from(choice: Choice) -> Self {
        choice.to_string()
    }
}

/// A choice that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a choice is written actor/step#occurrence, such as buyer-1/read#1")]
pub struct ChoiceError;

impl TryFrom<String> for Choice {
    type Error = ChoiceError;

    fn try_from(text: String) -> Result<Self, ChoiceError> {
        text.parse()
    }
}

impl std::str::FromStr for Choice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        let (actor, step) = text.split_once('/').ok_or(ChoiceError)?;
        let (label, occurrence) = step.split_once('#').ok_or(ChoiceError)?;
        let occurrence: u64 = occurrence.parse().map_err(|_| ChoiceError)?;
        if actor.is_empty() || label.is_empty() || occurrence == 0 {
            return Err(ChoiceError);
        }
        Ok(Self { actor: actor.to_owned(), label: label.to_owned(), occurrence })
    }
}

/// A list of more choices than this would make an address that servers refuse.
pub const CHOICES_IN_ADDRESS_MAX: usize = 150;

/// The schedule that a journal followed: each step at its first appearance, because that is when it was chosen.
/// A step that had to wait appears a second time, with its answer, and is not a second choice. A choice that could not
/// be followed was made all the same: time may have passed for it.
pub fn of_journal(entries: &[Entry]) -> Vec<Choice> {
    let mut choices = Choices::default();
    entries.iter().for_each(|entry| choices.see(entry));
    choices.list
}

/// Gathers the schedule that a journal followed, entry by entry.
#[derive(Debug, Default)]
pub struct Choices {
    seen: HashSet<(String, String)>,
    list: Vec<Choice>,
    max: Option<usize>,
}

impl Choices {
    /// Gathers no more than an address can hold.
    pub fn for_an_address() -> Self {
        Self { max: Some(CHOICES_IN_ADDRESS_MAX), ..Self::default() }
    }

    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        if self.is_full() {
            return;
        }
        if let Event::Departed { choice, .. } = &entry.event {
            self.list.extend(choice.parse::<Choice>().ok());
        } else if let (Some(actor), Some(step)) = (&entry.actor, &entry.step)
            && self.seen.insert((actor.clone(), step.clone()))
        {
            self.list.extend(format!("{actor}/{step}").parse::<Choice>().ok());
        }
    }

    /// The choices; nothing if there are none, or too many.
    pub fn list(self) -> Option<Vec<Choice>> {
        (!self.list.is_empty() && !self.is_full()).then_some(self.list)
    }

    fn is_full(&self) -> bool {
        self.max.is_some_and(|max| self.list.len() > max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_reads_back_as_it_was_written() {
        let choice: Choice = "buyer-3/write#2".parse().expect("well formed");
        assert_eq!(choice.to_string(), "buyer-3/write#2");
    }

    #[test]
    fn a_malformed_choice_is_refused() {
        for text in ["", "buyer-1", "buyer-1/read", "buyer-1/read#0", "/read#1", "a/#1", "a/b#x"] {
            assert_eq!(text.parse::<Choice>(), Err(ChoiceError), "{text}");
        }
    }
}
