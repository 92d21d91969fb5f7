//! Knobs that a form leaves out because they change nothing under a strategy: they change nothing.

use engine::Lab;
use lab::canon;
use lab::catalog::{PromiseValue, StrategyCard};
use lab::spec::Spec;
use serde_json::{Value, json};

use crate::harness::{open_lab, run, spec};

/// As far from the default as a short run bears.
const FAR: u64 = 3;

/// Trouble in which a knob could make a difference.
fn trouble(scenario: &str) -> Value {
    match scenario {
        "order-status" => {
            json!({ "orders": 2, "steps": 4, "failures": 40, "lost_acks": 20, "held_back": 30 })
        }
        "order-placed" => json!({ "orders": 2, "services": 2, "changes": 1, "crashes": 5 }),
        "shop" => json!({
            "customers": 2, "services": 2, "changes": 1, "consumers": 2, "lost_answers": 40, "lost_acks": 20, "crashes": 5,
        }),
        _ => json!({ "buyers": 3, "purchases": 2, "quantity": 4 }),
    }
}

async fn journal(lab: &Lab, asked: Spec) -> Vec<String> {
    // The first entry holds the spec, and with it the knob.
    run(lab, asked).await.iter().skip(1).map(canon::line).collect()
}

fn is_on_sqlite(card: &StrategyCard) -> bool {
    card.promises.iter().any(|cell| cell.engine == "sqlite" && cell.value != PromiseValue::NotOnThisEngine)
}

#[tokio::test]
async fn a_knob_that_is_said_to_be_unused_changes_no_journal() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let mut tried = 0;
    for card in catalog.strategies.iter().filter(|card| !card.unused.is_empty() && is_on_sqlite(card)) {
        let scenario = catalog.scenarios.iter().find(|scenario| card.scenarios.contains(&scenario.name));
        let scenario = scenario.expect("a strategy plays somewhere");
        let fields = json!({
            "lab": scenario.lab, "scenario": scenario.name, "strategy": card.name, "seed": 7,
            "schedule": { "kind": "seeded" }, "workload": trouble(&scenario.name), "retry": { "attempts_max": 20 },
        });
        let asked = spec(&lab, "sqlite", fields);
        let without = journal(&lab, asked.clone()).await;
        for name in &card.unused {
            let knob = scenario.knobs.iter().find(|knob| knob.name == *name).expect("the knob is there");
            let mut with = asked.clone();
            with.workload
                .insert(name.clone(), if knob.default == knob.max { knob.min } else { knob.max.min(FAR) });
            assert_eq!(journal(&lab, with).await, without, "{} under {}", name, card.name);
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried} knobs were tried");
}
