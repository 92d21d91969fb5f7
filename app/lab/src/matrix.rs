//! The matrix of crash points: one run for each gap between two steps, with a crash there.
//!
//! A calm run says which steps there are. Each of them is then the place of a crash in a run of its own, under the same
//! schedule and seed, so that everything before the crash is as it was.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::event::Entry;
use crate::schedule::{Choice, Schedule};
use crate::spec::{Hardship, Selector, Spec};
use crate::verdict::Verdict;

/// The knob for crashes that the seed decides: in a matrix nobody else crashes.
const CRASHES: &str = "crashes";

/// What came of a crash at each point of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Matrix {
    /// The points, in the order of the calm run.
    pub points: Vec<Point>,
}

/// What came of a crash at one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CrashPoint"))]
pub struct Point {
    /// Before which step the crash was.
    pub at: String,
    /// The spec of the run.
    pub spec: Spec,
    /// The invariants that broke, each with what was found.
    pub broken: Vec<(String, String)>,
    /// The invariants on which the journal did not say enough.
    pub undecided: Vec<String>,
}

impl Point {
    /// What a verdict says about a crash at a point.
    pub fn of(at: &Selector, spec: Spec, verdict: &Verdict) -> Self {
        Self { at: at.to_string(), spec, broken: verdict.broken(), undecided: verdict.undecided() }
    }

    /// Whether everything held.
    pub fn is_fine(&self) -> bool {
        self.broken.is_empty() && self.undecided.is_empty()
    }
}

/// The same run without crashes, from which the steps are read. A live run has no steps that come again, so the seed
/// takes its place, and that of a hand that nobody moves.
pub fn calm(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    spec.hardships.retain(|hardship| !matches!(hardship, Hardship::Crash { .. }));
    if let Some(crashes) = spec.workload.get_mut(CRASHES) {
        *crashes = 0;
    }
    spec.schedule = match spec.schedule {
        Schedule::ByHand { choices } if !choices.is_empty() => Schedule::Recorded { choices },
        Schedule::Live | Schedule::ByHand { .. } => Schedule::Seeded,
        other => other,
    };
    spec
}

/// The crash points of a calm run: each step of the actors, or of one of them, in the order of the journal.
pub fn points(calm: &[Entry], actor: Option<&str>) -> Vec<Selector> {
    let mut seen = HashSet::new();
    let steps = calm.iter().filter_map(|entry| Some((entry.actor.as_deref()?, entry.step.as_deref()?)));
    steps
        .filter(|(who, _)| actor.is_none_or(|actor| actor == *who))
        .filter(|step| seen.insert(*step))
        .filter_map(|(who, step)| Some(Selector::from(format!("{who}/{step}").parse::<Choice>().ok()?)))
        .collect()
}

/// The run with a crash at a point.
pub fn with_crash(calm: &Spec, at: &Selector) -> Spec {
    let mut spec = calm.clone();
    spec.hardships.push(Hardship::Crash { at: at.clone() });
    spec
}

/// The places of several matrices side by side: each actor with its steps, in the order in which the matrices have them.
pub fn steps_by_actor<'a>(matrices: impl IntoIterator<Item = Vec<&'a str>>) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut actors: Vec<(&str, Vec<&str>)> = Vec::new();
    for points in matrices {
        // Where the actor's next new step goes: behind the last one that is known already.
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (actor, step) in points.into_iter().filter_map(|at| at.split_once('/')) {
            let known = actors.iter().position(|(name, _)| *name == actor).unwrap_or_else(|| {
                actors.push((actor, Vec::new()));
                actors.len() - 1
            });
            let steps = &mut actors[known].1;
            let place = places.entry(actor).or_default();
            *place = 1 + steps.iter().position(|name| *name == step).unwrap_or_else(|| {
                steps.insert(*place, step);
                *place
            });
        }
    }
    actors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn step(seq: u64, actor: &str, step: &str) -> Entry {
        Entry {
            seq,
            at_us: 0,
            wall_us: 0,
            actor: Some(actor.into()),
            step: Some(step.into()),
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event: Event::Committed,
            sql: Vec::new(),
            raw: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn each_step_is_one_crash_point_however_often_it_is_told() {
        let journal = [
            step(1, "publisher", "publish#1"),
            step(2, "consumer-1", "begin#1"),
            step(3, "consumer-1", "begin#1"),
            step(4, "consumer-1", "commit#1"),
        ];
        let places = |actor| points(&journal, actor).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(places(Some("consumer-1")), ["consumer-1/begin#1", "consumer-1/commit#1"]);
        assert_eq!(places(None).len(), 3);
    }

    #[test]
    fn matrices_side_by_side_keep_each_actors_steps_in_order() {
        let one = vec!["service-1/commit#1", "service-1/publish#1", "warehouse/act#1"];
        let other = vec!["service-1/outbox#1", "service-1/commit#1", "relay/claim#1", "warehouse/act#1"];
        assert_eq!(
            steps_by_actor([one, other]),
            [
                ("service-1", vec!["outbox#1", "commit#1", "publish#1"]),
                ("warehouse", vec!["act#1"]),
                ("relay", vec!["claim#1"]),
            ]
        );
    }
}
