//! The verdict: each invariant judged, with the entries that prove it.

use serde::{Deserialize, Serialize};

use crate::price::Price;

/// The most entries that one judgement cites.
pub const EVIDENCE_MAX: usize = 6;

/// What a run's journal proves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// One judgement for each invariant, in the scenario's order.
    pub judgements: Vec<Judgement>,
    /// What it cost.
    pub price: Price,
}

impl Verdict {
    /// Whether every invariant holds. A verdict that judged nothing does not hold.
    pub fn holds(&self) -> bool {
        !self.judgements.is_empty()
            && self.judgements.iter().all(|judgement| judgement.ruling == Ruling::Holds)
    }

    /// Whether any invariant is broken.
    pub fn is_broken(&self) -> bool {
        self.judgements.iter().any(|judgement| judgement.ruling == Ruling::Broken)
    }

    /// The invariants that broke, each with what was found.
    pub fn broken(&self) -> Vec<(String, String)> {
        let found = |judgement: &Judgement| (judgement.invariant.clone(), judgement.found.clone());
        self.ruled(Ruling::Broken).map(found).collect()
    }

    /// The invariants on which the journal did not say enough.
    pub fn undecided(&self) -> Vec<String> {
        self.ruled(Ruling::Undecided).map(|judgement| judgement.invariant.clone()).collect()
    }

    fn ruled(&self, ruling: Ruling) -> impl Iterator<Item = &Judgement> {
        self.judgements.iter().filter(move |judgement| judgement.ruling == ruling)
    }

    /// The judgement on an invariant.
    pub fn on(&self, invariant: &str) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.invariant == invariant)
    }
}

/// Three values, because a check that could not see enough must not guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// Nothing in the journal breaks it.
    Holds,
    /// The evidence breaks it.
    Broken,
    /// The journal does not say enough.
    Undecided,
}

/// One invariant judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement {
    /// The invariant's name.
    pub invariant: String,
    /// The ruling.
    pub ruling: Ruling,
    /// What had to be.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// How often it was broken.
    pub count: u64,
    /// The first breach, entry by entry: at most [`EVIDENCE_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(description = "The first breach, entry by entry.", length(max = EVIDENCE_MAX)))]
    pub evidence: Vec<Evidence>,
}

/// One entry that proves something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The entry.
    pub seq: u64,
    /// What it shows, in one sentence whose names and figures are the entry's.
    pub sentence: String,
}
