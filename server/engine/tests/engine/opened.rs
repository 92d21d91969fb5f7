//! Writes that are opened into begin, write and commit: what the engine does in one step, steered in three.

use engine::Lab;
use lab::event::{Entry, Event, Lock};
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// Seeds for each strategy and store.
const SEEDS: u64 = 10;

async fn played(lab: &Lab, store: &str, fields: Value) -> Vec<Entry> {
    run(lab, spec(lab, store, fields)).await.to_vec()
}

fn labels(entries: &[Entry], actor: &str) -> Vec<String> {
    let steps = entries.iter().filter(|entry| entry.actor.as_deref() == Some(actor));
    steps.filter_map(|entry| entry.step.clone()).collect()
}

#[tokio::test]
async fn the_lock_of_an_opened_write_is_held_until_the_commit() {
    let (lab, _folder) = open_lab().await;
    let choices =
        ["buyer-1/begin#1", "buyer-1/write#1", "buyer-2/begin#1", "buyer-2/write#1", "buyer-1/commit#1"];
    let fields = json!({
        "strategy": "atomic-update", "workload": { "think_ms": 0, "opened": "opened" },
        "schedule": { "kind": "recorded", "choices": choices },
    });
    let entries = played(&lab, "postgres", fields).await;
    assert_eq!(labels(&entries, "buyer-1"), ["begin#1", "write#1", "commit#1"]);
    let waits = |entry: &&Entry| {
        entry.actor.as_deref() == Some("buyer-2") && matches!(&entry.event, Event::Blocked { .. })
    };
    let blocked = entries.iter().find(waits).expect("buyer-2 waits");
    let Event::Blocked { lock: Lock::Row { .. }, by } = &blocked.event else { panic!("{blocked:?}") };
    assert_eq!(*by, ["buyer-1"]);
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}

#[tokio::test]
async fn opening_a_write_changes_what_is_seen_and_no_promise() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["atomic-update", "check-constraint", "optimistic"] {
            for seed in 0..SEEDS {
                let fields = json!({
                    "strategy": strategy, "seed": seed, "schedule": { "kind": "seeded" },
                    "workload": { "buyers": 3, "purchases": 2, "quantity": 4, "think_ms": 3, "opened": "opened" },
                    "retry": { "attempts_max": 20 },
                });
                let entries = played(&lab, store, fields).await;
                assert!(verdict(&entries).holds(), "{strategy} on {store}, {seed}: {:?}", verdict(&entries));
            }
        }
    }
}

#[tokio::test]
async fn an_opened_write_that_the_table_refuses_is_rolled_back() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let fields = json!({
            "strategy": "check-constraint", "schedule": { "kind": "seeded" },
            "workload": { "think_ms": 0, "opened": "opened" },
        });
        let entries = played(&lab, store, fields).await;
        let rolled_back = entries.iter().filter(|entry| matches!(entry.event, Event::RolledBack)).count();
        assert_eq!(rolled_back, 1, "on {store}");
        assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    }
}
