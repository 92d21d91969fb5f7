//! The sweep: one workload under more and more contention, live, to see what becomes of the throughput.

use serde::{Deserialize, Serialize};

use crate::catalog::{Knob, ScenarioCard};
use crate::schedule::Schedule;
use crate::spec::{Pace, Spec};
use crate::verdict::Verdict;

/// How many ask at the same time, run after run.
pub const VALUES: [u64; 5] = [1, 2, 4, 8, 16];
/// The knob that says how many ask at the same time, the one for the requests of each, and the one for what there is to ask
/// for. A transfer asks for a share of what there is, so there is never enough for all, and it cannot be swept.
const KNOBS: [[&str; 3]; 1] = [["buyers", "purchases", "quantity"]];
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
    /// Requests carried out in a second of real time. Who gives up is answered fast, and does not count.
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
        let seconds = verdict.price.elapsed_us as f64 / 1_000_000.0;
        let per_second = if seconds > 0.0 { verdict.price.done as f64 / seconds } else { 0.0 };
        Self { value, per_second, holds: verdict.holds() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Price;

    #[test]
    fn who_gives_up_fast_is_not_taken_for_fast() {
        let price = Price { operations: 100, done: 5, gave_up: 95, elapsed_us: 500_000, ..Price::default() };
        let swept = Swept::of(16, &Verdict { judgements: Vec::new(), price });
        assert!((swept.per_second - 10.0).abs() < 1e-9, "{swept:?}");
    }
}
