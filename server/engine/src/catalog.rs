//! The catalog, filled from the registries.

use lab::catalog::{Catalog, EngineCard, LabCard, ScenarioCard};
use lab::checks;
use lab::retry::Retry;
use lab::schedule::Schedule;
use lab::spec::{self, Engines, Pace, SEED_DEFAULT, Spec};

use crate::scenarios::{self, Scenario};
use crate::strategies;

/// Changes whenever a strategy, a scenario or an invariant changes its meaning.
pub const VERSION: &str = "1";

/// The pair that a scenario's classic failure shows.
struct Pair {
    scenario: &'static str,
    broken: &'static str,
    cure: &'static str,
}

const PAIRS: [Pair; 1] = [Pair { scenario: "stock", broken: "unprotected", cure: "optimistic" }];

/// The catalog of a server that has these engines; `postgres` tells why there is none, or nothing if there is.
pub fn catalog(postgres_missing: Option<&str>) -> Catalog {
    let scenarios: Vec<_> = scenarios::ALL.iter().map(|scenario| scenario_card(scenario)).collect();
    let cards = |scenario: &ScenarioCard| {
        strategies::ALL.iter().map(|strategy| strategy.card(&scenario.classic)).collect::<Vec<_>>()
    };
    Catalog {
        version: VERSION.into(),
        labs: labs(),
        strategies: scenarios.iter().flat_map(cards).collect(),
        scenarios,
        invariants: checks::cards(),
        engines: engines(postgres_missing),
    }
}

fn scenario_card(scenario: &Scenario) -> ScenarioCard {
    let about = (scenario.about)();
    let pair = PAIRS.iter().find(|pair| pair.scenario == scenario.name);
    ScenarioCard {
        name: scenario.name.into(),
        lab: about.lab.into(),
        title: about.title.into(),
        story: about.story.into(),
        classic: classic(scenario, pair),
        knobs: about.knobs,
        invariants: about.invariants.into_iter().map(str::to_owned).collect(),
        cure: pair.map(|pair| pair.cure.to_owned()).unwrap_or_default(),
    }
}

/// The smallest run that shows the failure: every default, and the broken strategy's own witness.
fn classic(scenario: &Scenario, pair: Option<&Pair>) -> Spec {
    let about = (scenario.about)();
    let strategy = pair.and_then(|pair| strategies::find(pair.broken));
    let choices = strategy.map(strategies::Strategy::witness_choices).unwrap_or_default();
    Spec {
        version: spec::VERSION,
        lab: about.lab.into(),
        scenario: scenario.name.into(),
        strategy: strategy.map(|strategy| strategy.about.name.to_owned()).unwrap_or_default(),
        workload: about.knobs.into_iter().map(|knob| (knob.name, knob.default)).collect(),
        retry: Retry::default(),
        engine: Engines::default(),
        schedule: Schedule::Recorded { choices },
        pace: Pace::Watch,
        seed: SEED_DEFAULT,
    }
}

fn labs() -> Vec<LabCard> {
    vec![LabCard {
        name: "concurrency".into(),
        title: "Concurrent writes".into(),
        idea:
            "Several writers change the same row at the same time. Each is correct alone; together they lose \
               updates and sell what is not there."
                .into(),
    }]
}

/// Names that a spec may carry already; no scenario uses them, so nothing stands behind them.
const NO_MESSAGES: &str = "No scenario sends messages yet; it comes with the lab on messages.";
const NO_LEASES: &str = "No strategy takes leases yet; it comes with the distributed locks.";

fn engines(postgres_missing: Option<&str>) -> Vec<EngineCard> {
    let card = |port: &str, name: &str, title: &str, missing: Option<&str>| EngineCard {
        port: port.into(),
        name: name.into(),
        title: title.into(),
        available: missing.is_none(),
        remedy: missing.unwrap_or_default().into(),
    };
    vec![
        card("store", "sqlite", "SQLite (embedded)", None),
        card("store", "postgres", "PostgreSQL", postgres_missing),
        card("broker", "embedded", "Embedded log", Some(NO_MESSAGES)),
        card("locks", "lease-table", "Lease table", Some(NO_LEASES)),
    ]
}
