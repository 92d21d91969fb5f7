//! The sweep: one workload under more and more contention, live, to see what becomes of the throughput.

use serde::{Deserialize, Serialize};

use crate::catalog::{Knob, ScenarioCard};
use crate::schedule::Schedule;
use crate::spec::{Pace, Spec};
use crate::verdict::Verdict;

/// How many ask at the same time, run after run.
pub const VALUES: [u64; 5] = [1, 2, 4, 8, 16];
/// The knobs that say how many ask at the same time, each with the one for requests of each, and with that for what there
/// is to ask for.
const KNOBS: [[&str; 3]; 2] = [["buyers", "purchases", "quantity"], ["tellers", "transfers", "balance"]];
/// So many requests each of them makes: enough to be measured, few enough to be waited for.
const REQUESTS: u64 = 6;

/// How one strategy did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sweep {
    /// One point for each of [`VALUES`].
    pub points: Vec<Swept>,
}

/// How it did with so many at the same time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Swept {
    /// How many.
    pub value: u64,
    /// Requests answered in a second of real time.
    pub per_second: f64,
    /// Whether every invariant held.
    pub holds: bool,
}

/// The knob that is swept in a scenario; `None` where nothing says how many ask at the same time.
pub fn knob(card: &ScenarioCard) -> Option<&Knob> {
    KNOBS.iter().find_map(|[many, ..]| card.knobs.iter().find(|knob| knob.name == *many))
}

/// The spec with so many at the same time: live, as fast as the engine answers, each of them with the same number of
/// requests, and with enough for all; `None` where nothing says how many ask.
pub fn at(spec: &Spec, card: &ScenarioCard, value: u64) -> Option<Spec> {
    let many = knob(card)?;
    let [many, requests, enough] = KNOBS.iter().find(|names| names[0] == many.name)?;
    let most = card.knobs.iter().find(|knob| knob.name == *enough)?.max;
    let mut spec = Spec { schedule: Schedule::Live, pace: Pace::Instant, ..spec.clone() };
    spec.workload.insert((*many).to_owned(), value);
    spec.workload.insert((*requests).to_owned(), REQUESTS);
    spec.workload.insert((*enough).to_owned(), most.min(value * REQUESTS * spec.knob("products").max(1)));
    Some(spec)
}

impl Swept {
    /// What a verdict says of a run with so many.
    pub fn of(value: u64, verdict: &Verdict) -> Self {
        Self { value, per_second: verdict.price.operations_per_second, holds: verdict.holds() }
    }
}
