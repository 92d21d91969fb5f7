//! Challenges: a situation, something to break in it or to keep whole, and what the reader may change for it.
//!
//! Whether one is solved is told by the run's verdict, and for a strategy that is to keep something whole by the promise
//! table beside it: one that held in this run and breaks in another order of the same steps was lucky.

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, PromiseValue};
use crate::event::{Entry, Event};
use crate::query;
use crate::spec::Spec;
use crate::verdict::{Ruling, Verdict};

/// A situation with a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Challenge {
    /// The name in an address.
    pub name: String,
    /// The title.
    pub title: String,
    /// What there is to know before one begins, in a few sentences.
    pub setting: String,
    /// What helps whoever is stuck.
    pub hint: String,
    /// The invariant that it is about.
    pub invariant: String,
    /// What is to become of it.
    pub goal: Goal,
    /// What the reader may change.
    pub means: Means,
    /// So many crashes or standstills at most, where those are the means.
    pub most: u64,
    /// What the workbench begins with.
    pub spec: Spec,
}

/// What is to become of the invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// It is to be broken.
    Break,
    /// It is to hold, and every other invariant beside it.
    Keep,
}

/// What the reader may change. The order of the steps, the pace and the seed are always free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// Nothing but the order.
    Order,
    /// Where somebody crashes.
    Crash,
    /// Where somebody stands still.
    Pause,
    /// The strategy, and how it tries again.
    Strategy,
}

/// What a run says about a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The goal is reached.
    Solved,
    /// Something was changed that is given: the fields, as an address names them.
    Changed(Vec<String>),
    /// There were more crashes or standstills than allowed.
    TooMany,
    /// To be broken, and it holds.
    Held,
    /// To be kept, and it is broken: this invariant, which need not be the challenge's own.
    Broke(String),
    /// The journal does not say enough.
    Undecided,
    /// A crash or a standstill was asked for and nobody took that step, so that nothing was put to the test.
    NotStruck,
    /// To be kept, and it held; under these premises the strategy breaks it.
    Lucky(String),
}

/// The kinds of hardship that leave an entry of their own where they strike.
const STRIKING: [&str; 2] = ["crash", "pause"];

/// Whether anybody crashed or stood still.
pub fn struck(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.event, Event::Crashed | Event::Paused { .. }))
}

impl Means {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Crash => "crash",
            Self::Pause => "pause",
            Self::Strategy => "strategy",
        }
    }

    /// The kind of hardship that is free.
    pub fn hardship(self) -> Option<&'static str> {
        match self {
            Self::Crash => Some("crash"),
            Self::Pause => Some("pause"),
            Self::Order | Self::Strategy => None,
        }
    }
}

impl Challenge {
    /// What a run of this spec with this verdict says; `struck` as [`struck`] tells of its entries.
    pub fn outcome(&self, spec: &Spec, verdict: &Verdict, struck: bool, catalog: &Catalog) -> Outcome {
        let changed = self.changed(spec, catalog);
        if !changed.is_empty() {
            return Outcome::Changed(changed);
        }
        if let Some(kind) = self.means.hardship()
            && spec.hardships.iter().filter(|hardship| hardship.kind() == kind).count() as u64 > self.most
        {
            return Outcome::TooMany;
        }
        let outcome = match self.goal {
            Goal::Break => self.broken(verdict),
            Goal::Keep => self.kept(spec, verdict, catalog),
        };
        let is_in_vain = !struck && spec.hardships.iter().any(|hardship| STRIKING.contains(&hardship.kind()));
        match outcome {
            Outcome::Held | Outcome::Solved if is_in_vain => Outcome::NotStruck,
            outcome => outcome,
        }
    }

    fn broken(&self, verdict: &Verdict) -> Outcome {
        match verdict.on(&self.invariant).map(|judgement| judgement.ruling) {
            Some(Ruling::Broken) => Outcome::Solved,
            Some(Ruling::Holds) => Outcome::Held,
            Some(Ruling::Undecided) | None => Outcome::Undecided,
        }
    }

    fn kept(&self, spec: &Spec, verdict: &Verdict, catalog: &Catalog) -> Outcome {
        let mut judgements = verdict.judgements.iter();
        if let Some(broken) = judgements.find(|judgement| judgement.ruling == Ruling::Broken) {
            return Outcome::Broke(broken.invariant.clone());
        }
        if !verdict.holds() {
            return Outcome::Undecided;
        }
        self.luck(spec, catalog).map_or(Outcome::Solved, Outcome::Lucky)
    }

    /// The fields of the address in which a run differs from what is given.
    fn changed(&self, spec: &Spec, catalog: &Catalog) -> Vec<String> {
        let (given, run) =
            (query::pairs(&self.spec, catalog), query::pairs(&self.with_free_parts(spec, catalog), catalog));
        let differs = |pair: &&(String, String)| !(given.contains(pair) && run.contains(pair));
        let mut changed: Vec<String> =
            given.iter().chain(&run).filter(differs).map(|(key, _)| key.clone()).collect();
        changed.sort();
        changed.dedup();
        changed
    }

    /// The run's spec, with what the reader may change put back to what is given.
    fn with_free_parts(&self, spec: &Spec, catalog: &Catalog) -> Spec {
        let given = self.spec.clone();
        let mut run = Spec { schedule: given.schedule, pace: given.pace, seed: given.seed, ..spec.clone() };
        if let Some(kind) = self.means.hardship() {
            run.hardships.retain(|hardship| hardship.kind() != kind);
        }
        if self.means == Means::Strategy {
            // What the given strategy does not use belongs to the one that was chosen.
            let unused = catalog.strategy(&given.scenario, &given.strategy).map(|card| &card.unused);
            for knob in unused.into_iter().flatten() {
                run.workload.insert(knob.clone(), given.workload.get(knob).copied().unwrap_or_default());
            }
            (run.strategy, run.retry) = (given.strategy, given.retry);
        }
        run
    }

    /// Under which premises the run's strategy breaks something in this very situation: the table has a run in which it
    /// does, with no other settings and no other kinds of hardship than this run has.
    fn luck(&self, spec: &Spec, catalog: &Catalog) -> Option<String> {
        let scenario = catalog.scenario(&spec.lab, &spec.scenario)?;
        let card = catalog.strategy(&spec.scenario, &spec.strategy)?;
        let is_given = |witness: &Spec| {
            let mut knobs = scenario.knobs.iter().filter(|knob| witness.knob(&knob.name) != knob.default);
            let has_kind = |kind| spec.hardships.iter().any(|hardship| hardship.kind() == kind);
            knobs.all(|knob| witness.knob(&knob.name) == spec.knob(&knob.name))
                && witness.hardships.iter().all(|hardship| has_kind(hardship.kind()))
        };
        let cell = card.promises.iter().find(|cell| {
            cell.value == PromiseValue::Breaks
                && cell.scenario == spec.scenario
                && cell.is_about(spec)
                && cell.witness.as_ref().is_some_and(is_given)
        });
        cell.map(|cell| cell.premises.clone())
    }
}
