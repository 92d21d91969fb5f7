//! The challenges: what a reader may try to break or to keep whole, in teaching order. One file for each lab.
//!
//! Each is about one cell of the promise table, on SQLite, that breaks. The cell's witness gives the situation; what the
//! reader is to find is taken out of it.

mod concurrency;
mod duplicates;
mod messages;
mod outbox;
mod whole;

use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::challenge::{Challenge, Goal, Means};
use lab::schedule::{Choice, Schedule};
use lab::spec::{Hardship, Pace, Spec};

/// The engine that everybody has.
const STORE: &str = "sqlite";

/// The knob that has everybody read before anybody writes: it would give the answer away.
const THINK: &str = "think_ms";

/// A challenge, and the cell that it is about.
struct Plan {
    name: &'static str,
    title: &'static str,
    setting: &'static str,
    hint: &'static str,
    goal: Goal,
    means: Means,
    /// So many crashes or standstills.
    most: u64,
    scenario: &'static str,
    strategy: &'static str,
    invariant: &'static str,
    /// Knobs that the cell names.
    knobs: &'static [(&'static str, u64)],
    premises: &'static str,
    /// Crashes beside the witness': the same moment in strategies whose steps are others.
    also: &'static [&'static str],
}

/// Those of these strategies, in teaching order.
pub fn of(strategies: &[StrategyCard]) -> Vec<Challenge> {
    plans().filter_map(|plan| Some(plan.challenge(plan.cell(strategies)?.witness.as_ref()?))).collect()
}

/// How many there are, if each finds its cell.
pub fn count() -> usize {
    plans().count()
}

/// The run that the promise table shows of the cell which a challenge is about: for one that is to be broken, a way to
/// do it.
pub fn witness(challenge: &Challenge, strategies: &[StrategyCard]) -> Option<Spec> {
    plans().find(|plan| plan.name == challenge.name)?.cell(strategies)?.witness.clone()
}

/// A crash at a place that is written like a choice.
pub(crate) fn crash_at(at: &str) -> Option<Hardship> {
    Some(Hardship::Crash { at: at.parse::<Choice>().ok()?.into() })
}

fn plans() -> impl Iterator<Item = &'static Plan> {
    let first = concurrency::ALL.iter().chain(&messages::ALL).chain(&duplicates::ALL);
    first.chain(&outbox::ALL).chain(&whole::ALL)
}

impl Plan {
    fn cell<'a>(&self, strategies: &'a [StrategyCard]) -> Option<&'a Promise> {
        let card =
            strategies.iter().find(|card| card.name == self.strategy && card.plays_in(self.scenario))?;
        card.promises.iter().find(|cell| {
            cell.value == PromiseValue::Breaks
                && (cell.engine.as_str(), cell.scenario.as_str()) == (STORE, self.scenario)
                && (cell.invariant.as_str(), cell.premises.as_str()) == (self.invariant, self.premises)
                && self.knobs.iter().all(|(knob, value)| cell.knobs.get(*knob) == Some(value))
        })
    }

    fn challenge(&self, witness: &Spec) -> Challenge {
        Challenge {
            name: self.name.into(),
            title: self.title.into(),
            setting: self.setting.into(),
            hint: self.hint.into(),
            invariant: self.invariant.into(),
            goal: self.goal,
            means: self.means,
            most: self.most,
            spec: self.given(witness),
        }
    }

    /// The witness without what is to be found.
    fn given(&self, witness: &Spec) -> Spec {
        let mut spec = Spec { pace: Pace::Brisk, ..witness.clone() };
        if let Some(kind) = self.means.hardship() {
            spec.hardships.retain(|hardship| hardship.kind() != kind);
        }
        if let (Means::Order | Means::Strategy, Some(think_ms)) = (self.means, spec.workload.get_mut(THINK)) {
            *think_ms = 0;
        }
        spec.hardships.extend(self.also.iter().filter_map(|at| crash_at(at)));
        if self.means == Means::Order {
            spec.schedule = Schedule::ByHand { choices: Vec::new() };
        }
        spec
    }
}
