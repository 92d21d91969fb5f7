//! Every order of steps: what came of a small run in each order that its steps can come in.
//!
//! Where a promise table asks the dice for orders, this asks for all of them. What holds in all orders of two actors has
//! still not been asked of three.

use serde::{Deserialize, Serialize};

use crate::catalog::{ScenarioCard, StrategyCard};
use crate::schedule::Schedule;
use crate::spec::{Pace, Spec};
use crate::verdict::Verdict;

/// How often an operation is attempted in a smallest run: each further attempt multiplies the orders.
const ATTEMPTS: u64 = 2;
/// How the names of strategies begin whose writers take commands from a broker.
const SINGLE_WRITER: &str = "single-writer";

/// What came of each order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explored {
    /// The orders, those of the first actor's first steps first.
    pub orders: Vec<Order>,
    /// Whether these are all orders that there are.
    pub is_all: bool,
}

/// One order of steps, played for real.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "OrderOfSteps"))]
pub struct Order {
    /// Who moved, and with which step: `buyer-1/read#1`.
    pub steps: Vec<String>,
    /// The spec of the run; its schedule is this order.
    pub spec: Spec,
    /// The invariants that broke, each with what was found.
    pub broken: Vec<(String, String)>,
    /// The invariants on which the journal did not say enough.
    pub undecided: Vec<String>,
}

impl Order {
    /// What a verdict says about an order.
    pub fn of(steps: Vec<String>, spec: Spec, verdict: &Verdict) -> Self {
        Self { steps, spec, broken: verdict.broken(), undecided: verdict.undecided() }
    }

    /// Whether everything held.
    pub fn is_fine(&self) -> bool {
        self.broken.is_empty() && self.undecided.is_empty()
    }

    /// Whether an invariant holds in it.
    pub fn keeps(&self, invariant: &str) -> bool {
        !self.broken.iter().any(|(name, _)| name == invariant)
            && !self.undecided.iter().any(|name| name == invariant)
    }

    /// The steps on one line, those that one actor takes in a row together: `buyer-1 read, write`. `then` stands between two
    /// turns.
    pub fn turns(&self, then: &str) -> String {
        let (mut line, mut last) = (String::new(), "");
        for (actor, step) in self.steps.iter().filter_map(|step| step.split_once('/')) {
            let is_same = actor == last;
            if !line.is_empty() {
                line += if is_same { ", " } else { then };
            }
            if !is_same {
                line += actor;
                line.push(' ');
            }
            line += step.split('#').next().unwrap_or(step);
            last = actor;
        }
        line
    }
}

/// The run whose orders are asked for: moved by hand from its beginning, at once.
pub fn by_hand(spec: &Spec) -> Spec {
    Spec { schedule: Schedule::ByHand { choices: Vec::new() }, pace: Pace::Instant, ..spec.clone() }
}

/// The smallest run of a scenario that is worth it: as in its classic failure, with one more attempt after the first, on this
/// engine. `None` where messages or leases are looked for: those orders are too many.
pub fn smallest(scenario: &ScenarioCard, card: &StrategyCard, engine: &str) -> Option<Spec> {
    let takes_messages = scenario.messages || card.name.starts_with(SINGLE_WRITER);
    if takes_messages || card.leases {
        return None;
    }
    let mut spec = Spec { strategy: card.name.clone(), hardships: Vec::new(), ..by_hand(&scenario.classic) };
    engine.clone_into(&mut spec.engine.store);
    spec.retry.attempts_max = ATTEMPTS;
    Some(spec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::Retry;
    use crate::spec::{Engines, VERSION};

    #[test]
    fn steps_that_one_actor_takes_in_a_row_are_one_turn() {
        let spec = Spec {
            version: VERSION,
            lab: "concurrency".into(),
            scenario: "stock".into(),
            strategy: "unprotected".into(),
            workload: std::collections::BTreeMap::new(),
            retry: Retry::default(),
            hardships: Vec::new(),
            engine: Engines::default(),
            schedule: Schedule::Live,
            pace: Pace::Instant,
            seed: 0,
        };
        let steps = ["buyer-1/read#1", "buyer-2/read#1", "buyer-2/write#1", "buyer-1/write#1"];
        let steps = steps.map(str::to_owned).to_vec();
        let order = Order { steps, spec, broken: Vec::new(), undecided: Vec::new() };
        assert_eq!(order.turns("; "), "buyer-1 read; buyer-2 read, write; buyer-1 write");
    }
}
