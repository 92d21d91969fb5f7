//! The catalog, filled from the registries.

use lab::catalog::{Catalog, EngineCard, LabCard, PromiseValue, ScenarioCard, StrategyCard};
use lab::checks;
use lab::retry::Retry;
use lab::schedule::Schedule;
use lab::spec::{self, Engines, Pace, RAFT, SEED_DEFAULT, Spec, ZOOKEEPER};

use crate::scenarios::{self, Scenario};
use crate::strategies::{self, Beside, Strategy};
use crate::{challenges, designs, lessons, proofs};

/// Changes whenever a strategy, a scenario or an invariant changes its meaning.
pub const VERSION: &str = "4";

/// The pair that a scenario's classic failure shows.
struct Pair {
    scenario: &'static str,
    broken: &'static str,
    cure: &'static str,
    /// The failure's crash, where the cure has it: the broken strategy takes no such step.
    also: &'static [&'static str],
}

const PAIRS: [Pair; 8] = [
    Pair { scenario: "stock", broken: "unprotected", cure: "optimistic", also: &[] },
    Pair { scenario: "transfer", broken: "versions-of-moved", cure: "versions-of-all-read", also: &[] },
    Pair { scenario: "anomalies", broken: "read-committed", cure: "serializable", also: &[] },
    Pair { scenario: "checkout", broken: "compensation-in-memory", cure: "saga-log", also: &[] },
    Pair { scenario: "order-status", broken: "arrival-order", cure: "version-ignore-stale", also: &[] },
    Pair { scenario: "payments", broken: "none", cure: "inbox", also: &[] },
    Pair {
        scenario: "order-placed",
        broken: "publish-after-commit",
        cure: "outbox-polling",
        also: &["relay/publish#1"],
    },
    Pair {
        scenario: "shop",
        broken: "no-stage",
        cure: "every-stage",
        also: &["consumer-1/ack#1", "relay/mark#1"],
    },
];

/// What is real of the Raft in this process.
const RAFT_NOTE: &str = "elections, majority and log are openraft's own and real; the nodes keep everything in memory and \
                         their links are simulated, so that a node can be cut off.";

/// Why a server lacks an engine; nothing where it has it.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// PostgreSQL.
    pub postgres: Option<&'static str>,
    /// A PostgreSQL whose log can be read.
    pub log: Option<String>,
    /// NATS.
    pub nats: Option<&'static str>,
    /// ZooKeeper.
    pub zookeeper: Option<&'static str>,
}

/// The catalog of a server that has these engines.
pub fn catalog(missing: Missing) -> Catalog {
    let cards = |scenario: &&'static Scenario| {
        let (small, large) = (small(scenario), large(scenario));
        let plays_here = strategies::all().filter(|strategy| strategy.scenario == scenario.name);
        let card = |strategy: &Strategy| {
            let unused = (scenario.about)().unused(strategy);
            let card = strategy.card(&small, &large, unused);
            match &missing.log {
                Some(why) if missing.postgres.is_none() && strategy.beside() == Beside::Slot => {
                    without_log(card, why)
                }
                _ => card,
            }
        };
        plays_here.map(card).collect::<Vec<_>>()
    };
    let mut strategies: Vec<_> = scenarios::ALL.iter().flat_map(cards).collect();
    let scenarios: Vec<_> = scenarios::ALL.iter().map(|scenario| scenario_card(scenario)).collect();
    proofs::attach(&mut strategies, &scenarios);
    Catalog {
        version: VERSION.into(),
        labs: labs(),
        challenges: challenges::of(&strategies),
        lessons: lessons::all(),
        strategies,
        scenarios,
        invariants: checks::cards(),
        engines: engines(&missing),
    }
}

/// The card of a strategy that reads the database's log, on a server that does not let it.
fn without_log(mut card: StrategyCard, why: &str) -> StrategyCard {
    let mut told: Vec<String> = Vec::new();
    for promise in card.promises.iter_mut().filter(|promise| promise.value != PromiseValue::NotOnThisEngine) {
        promise.value = PromiseValue::NotOnThisEngine;
        why.clone_into(&mut promise.premises);
        (promise.witness, promise.trial) = (None, None);
    }
    // What holds here and breaks there is nowhere once.
    card.promises.retain(|promise| {
        let cell = format!("{} {} {:?}", promise.engine, promise.invariant, promise.knobs);
        let is_new = !told.contains(&cell);
        told.push(cell);
        is_new
    });
    card
}

fn scenario_card(scenario: &Scenario) -> ScenarioCard {
    let about = (scenario.about)();
    let pair = PAIRS.iter().find(|pair| pair.scenario == scenario.name);
    let broken = pair.and_then(|pair| strategies::find(pair.scenario, pair.broken));
    let small = small(scenario);
    let mut classic = broken.map_or_else(|| small.clone(), |strategy| strategy.classic(&small));
    let also = pair.map_or(&[][..], |pair| pair.also);
    classic.hardships.extend(also.iter().filter_map(|at| challenges::crash_at(at)));
    ScenarioCard {
        name: scenario.name.into(),
        lab: about.lab.into(),
        title: about.title.into(),
        story: about.story.into(),
        classic,
        messages: scenario.has_messages(),
        knobs: about.knobs,
        invariants: about.invariants.into_iter().map(str::to_owned).collect(),
        cure: pair.map(|pair| pair.cure.to_owned()).unwrap_or_default(),
        hardships: about.hardships.iter().map(|&(kind, _)| kind.to_owned()).collect(),
        strikes: about.hardships.iter().map(|&(kind, at)| (kind.to_owned(), at.to_owned())).collect(),
        designs: designs::listed(scenario.name),
    }
}

/// The smallest run of a scenario: every default, and no strategy yet.
pub(crate) fn small(scenario: &Scenario) -> Spec {
    let about = (scenario.about)();
    Spec {
        version: spec::VERSION,
        lab: about.lab.into(),
        scenario: scenario.name.into(),
        strategy: String::new(),
        workload: about.knobs.into_iter().map(|knob| (knob.name, knob.default)).collect(),
        retry: Retry::default(),
        hardships: Vec::new(),
        engine: Engines::default(),
        schedule: Schedule::Seeded,
        pace: Pace::Watch,
        seed: SEED_DEFAULT,
    }
}

/// The run in which promises are tried.
fn large(scenario: &Scenario) -> Spec {
    let mut spec = Spec { pace: Pace::Instant, ..small(scenario) };
    spec.workload.extend(scenario.trial.iter().map(|&(knob, value)| (knob.to_owned(), value)));
    spec
}

fn labs() -> Vec<LabCard> {
    let lab = |name: &str, title: &str, idea: &str| LabCard {
        name: name.into(),
        title: title.into(),
        idea: idea.into(),
    };
    vec![
        lab(
            "concurrency",
            "Concurrent writes",
            "Several writers change the same row at the same time. Each is correct alone; together they lose \
             updates and sell what is not there.",
        ),
        lab(
            "messages",
            "Messages out of order",
            "Events are published in order and arrive in another. Whoever writes down what came last shows what was \
             true first.",
        ),
        lab(
            "duplicates",
            "Duplicates",
            "A broker that loses nothing delivers some things twice. A charge that is written twice is money taken \
             twice.",
        ),
        lab(
            "outbox",
            "The outbox",
            "Database and broker have no transaction in common. Whoever writes to both can die in between, and then \
             one of them knows of an order and the other does not.",
        ),
        lab(
            "whole",
            "The whole way",
            "A request, an order, an outbox, a broker, a warehouse: each stage has a failure of its own. Protect all of \
             them, or find out which one you forgot.",
        ),
    ]
}

fn engines(missing: &Missing) -> Vec<EngineCard> {
    let card = |port: &str, name: &str, title: &str, missing: Option<&str>| EngineCard {
        port: port.into(),
        name: name.into(),
        title: title.into(),
        available: missing.is_none(),
        remedy: missing.unwrap_or_default().into(),
        note: String::new(),
    };
    vec![
        card("store", "sqlite", "SQLite (embedded)", None),
        card("store", "postgres", "PostgreSQL", missing.postgres),
        card("log", "logical-decoding", "Logical decoding (PostgreSQL's log)", missing.log.as_deref()),
        card("broker", "embedded", "Embedded log (in memory)", None),
        card("broker", "nats", "NATS JetStream", missing.nats),
        card("locks", "lease-table", "Lease table (in the run's database)", None),
        EngineCard {
            note: RAFT_NOTE.into(),
            ..card("locks", RAFT, "Raft, three nodes in this process", None)
        },
        card("locks", ZOOKEEPER, "ZooKeeper (consensus)", missing.zookeeper),
    ]
}
