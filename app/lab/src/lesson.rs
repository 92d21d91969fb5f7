//! Lessons: a subject in small parts, each with a run of its own that the reader foretells.
//!
//! Which answer is right is told by nobody: each is a fact that the run's journal and verdict show or do not show.

use serde::{Deserialize, Serialize};

use crate::event::Entry;
use crate::spec::Spec;
use crate::verdict::{Ruling, Verdict};

/// A lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lesson {
    /// The name in an address.
    pub name: String,
    /// The title.
    pub title: String,
    /// What one knows afterwards, in a sentence.
    pub aim: String,
    /// The lab that it belongs to.
    pub lab: String,
    /// The parts, in order; none where a page only names the lesson.
    pub parts: Vec<Part>,
    /// The challenge that comes after it, or nothing.
    pub challenge: String,
}

/// Some paragraphs, and a run that shows what they are about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Paragraphs. What stands between backticks is code, what stands between asterisks is a term.
    pub text: Vec<String>,
    /// What is asked before the run.
    pub question: String,
    /// What may be answered. One of them is true of the run.
    pub answers: Vec<Answer>,
    /// The run.
    pub spec: Spec,
    /// What to read afterwards: paragraphs, as in `text`.
    pub after: Vec<String>,
}

/// What may be answered, and how a run shows whether it is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The words.
    pub text: String,
    /// What a journal shows if it is so.
    pub fact: Fact,
}

/// Something that a judged journal shows or does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Every invariant holds.
    AllHold,
    /// This invariant is broken.
    Breaks(String),
    /// There are so many entries of this kind.
    Times {
        /// The event's name, as in a journal.
        event: String,
        /// Of this actor; of anybody when empty.
        actor: String,
        /// How many.
        times: u64,
    },
}

impl Fact {
    /// Whether a run shows it.
    pub fn is_shown(&self, entries: &[Entry], verdict: &Verdict) -> bool {
        match self {
            Self::AllHold => verdict.holds(),
            Self::Breaks(invariant) => {
                verdict.on(invariant).is_some_and(|judgement| judgement.ruling == Ruling::Broken)
            }
            Self::Times { event, actor, times } => {
                let is_one = |entry: &&Entry| {
                    entry.event.name() == event && (actor.is_empty() || entry.actor.as_ref() == Some(actor))
                };
                entries.iter().filter(is_one).count() as u64 == *times
            }
        }
    }
}

impl Part {
    /// The place of the answer that a run shows to be true; nothing where it shows none.
    pub fn settled(&self, entries: &[Entry], verdict: &Verdict) -> Option<usize> {
        self.answers.iter().position(|answer| answer.fact.is_shown(entries, verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Judgement;

    fn read(actor: &str, seq: u64) -> Entry {
        serde_json::from_value(serde_json::json!({
            "seq": seq, "at_us": 0, "wall_us": 0, "actor": actor, "causes": [], "event": { "type": "committed" }
        }))
        .expect("an entry")
    }

    fn verdict(ruling: Ruling) -> Verdict {
        let judgement = Judgement {
            invariant: "no-oversell".into(),
            ruling,
            expected: String::new(),
            found: String::new(),
            count: 0,
            evidence: Vec::new(),
        };
        Verdict { judgements: vec![judgement], price: crate::price::Price::default() }
    }

    #[test]
    fn a_fact_is_read_off_the_journal_and_the_verdict() {
        let entries = [read("buyer-1", 1), read("buyer-2", 2), read("buyer-2", 3)];
        let times =
            |actor: &str, times| Fact::Times { event: "committed".into(), actor: actor.into(), times };
        let (holds, broken) = (verdict(Ruling::Holds), verdict(Ruling::Broken));
        assert!(times("buyer-2", 2).is_shown(&entries, &holds) && times("", 3).is_shown(&entries, &holds));
        assert!(!times("buyer-1", 2).is_shown(&entries, &holds));
        assert!(Fact::AllHold.is_shown(&entries, &holds) && !Fact::AllHold.is_shown(&entries, &broken));
        assert!(Fact::Breaks("no-oversell".into()).is_shown(&entries, &broken));
        assert!(!Fact::Breaks("no-lost-update".into()).is_shown(&entries, &broken));
        let undecided = verdict(Ruling::Undecided);
        assert!(!Fact::AllHold.is_shown(&entries, &undecided));
        assert!(!Fact::Breaks("no-oversell".into()).is_shown(&entries, &undecided));
    }
}
