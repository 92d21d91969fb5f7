//! Transfers: deadlocks that come again, circles that only the engine can break, and whoever does not take part.

use lab::canon;
use lab::catalog::{PromiseValue, StrategyCard};
use lab::event::{Entry, Event, Refusal};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// How often a deadlock must come out the same.
const TIMES: usize = 20;
/// Seeds under which circles are looked for.
const SEEDS: u64 = 6;
/// Seeds under which an outsider is given the chance to break something.
const OUTSIDER_SEEDS: u64 = 30;

/// Two people pay each other at the same moment, and each locks one row first; `closer` closes the circle.
fn crossing(strategy: &str, closer: &str) -> Value {
    let first = if closer == "teller-2" { "teller-1" } else { "teller-2" };
    let steps = [(first, "begin#1"), (closer, "begin#1"), (first, "read#1"), (closer, "read#1")];
    let steps = steps.into_iter().chain([(first, "read#2"), (closer, "read#2")]);
    let choices: Vec<String> = steps.map(|(actor, step)| format!("{actor}/{step}")).collect();
    json!({
        "scenario": "transfer", "strategy": strategy, "workload": { "orders": 3 },
        "schedule": { "kind": "recorded", "choices": choices },
    })
}

fn deadlocks(entries: &[Entry]) -> Vec<&str> {
    let victim =
        |entry: &'_ Entry| matches!(entry.event, Event::EngineRefused { refusal: Refusal::Deadlock, .. });
    entries.iter().filter(|entry| victim(entry)).filter_map(|entry| entry.actor.as_deref()).collect()
}

#[tokio::test]
async fn whoever_closes_the_circle_is_refused_every_time_and_starts_again() {
    let (lab, _folder) = open_lab().await;
    for closer in ["teller-1", "teller-2"] {
        let spec = spec(&lab, "postgres", crossing("locks-request-order", closer));
        let first = run(&lab, spec.clone()).await;
        assert_eq!(deadlocks(&first), [closer]);
        assert!(verdict(&first).holds(), "{:?}", verdict(&first));
        assert_eq!((verdict(&first).price.done, verdict(&first).price.retries), (2, 1));
        for _ in 1..TIMES {
            assert_eq!(canon::form(&first), canon::form(&run(&lab, spec.clone()).await));
        }
    }
}

#[tokio::test]
async fn nobody_closes_a_circle_in_key_order_or_on_sqlite() {
    let (lab, _folder) = open_lab().await;
    for (strategy, store) in [
        ("locks-on-all-read", "postgres"),
        ("locks-on-all-read", "sqlite"),
        ("locks-request-order", "sqlite"),
    ] {
        let entries = run(&lab, spec(&lab, store, crossing(strategy, "teller-2"))).await;
        assert!(deadlocks(&entries).is_empty(), "{strategy} on {store}");
        let waits = entries.iter().any(|entry| matches!(entry.event, Event::Blocked { .. }));
        assert!(waits && verdict(&entries).holds(), "{strategy} on {store}");
    }
}

/// With several tellers some are kept at the gate, where the engine does not see that they complete a circle.
#[tokio::test]
async fn a_circle_that_is_kept_at_the_gate_is_let_in_and_broken() {
    let (lab, _folder) = open_lab().await;
    let mut broken = 0;
    for seed in 0..SEEDS {
        let fields = json!({
            "scenario": "transfer", "strategy": "locks-request-order", "seed": seed,
            "workload": { "orders": 3, "tellers": 4, "transfers": 2 }, "schedule": { "kind": "seeded" },
        });
        let seeded = spec(&lab, "postgres", fields);
        let entries = run(&lab, seeded.clone()).await;
        assert!(verdict(&entries).holds(), "seed {seed}: {:?}", entries.iter().rev().nth(1));
        broken += deadlocks(&entries).len();
        let choices = lab::schedule::of_journal(&entries);
        let schedule = lab::schedule::Schedule::Recorded { choices };
        let recorded = run(&lab, lab::spec::Spec { schedule, ..seeded }).await;
        assert_eq!(canon::form(&entries[1..]), canon::form(&recorded[1..]), "seed {seed}");
    }
    assert!(broken > 0, "no deadlock in {SEEDS} seeds");
}

#[tokio::test]
async fn live_transfers_in_both_directions_end_and_keep_every_rule() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["locks-request-order", "locks-on-all-read", "versions-of-all-read", "serializable"] {
            let fields = json!({
                "scenario": "transfer", "strategy": strategy, "schedule": { "kind": "live" },
                "workload": { "orders": 3, "tellers": 4, "transfers": 3 },
                "retry": { "policy": "exponential-jitter", "attempts_max": 30, "base_ms": 2 },
            });
            let entries = run(&lab, spec(&lab, store, fields)).await;
            assert!(verdict(&entries).holds(), "{strategy} on {store}: {:?}", verdict(&entries));
        }
    }
}

#[tokio::test]
async fn one_outsider_breaks_every_strategy_on_accounts() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for engine in STORES {
        let here = |card: &&StrategyCard| {
            !card.promises.iter().any(|c| c.engine == engine && c.value == PromiseValue::NotOnThisEngine)
        };
        for card in catalog.strategies_of("transfer").filter(here) {
            let mut broken = false;
            for seed in 0..OUTSIDER_SEEDS {
                let fields = json!({
                    "scenario": "transfer", "strategy": card.name, "seed": seed, "schedule": { "kind": "seeded" },
                    "workload": { "tellers": 2, "orders": 2, "outsider": 1 },
                });
                let entries = run(&lab, spec(&lab, engine, fields)).await;
                let judgement = verdict(&entries).on("money-conserved").expect("it is judged");
                broken = judgement.ruling == Ruling::Broken;
                if broken {
                    break;
                }
            }
            assert!(broken, "{} on {engine} survived the outsider", card.name);
        }
    }
}

#[tokio::test]
async fn the_same_store_holds_accounts_and_says_so_in_its_own_words() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let fields = json!({ "scenario": "transfer", "schedule": { "kind": "seeded" } });
        let entries = run(&lab, spec(&lab, store, fields)).await;
        let sql: Vec<&str> =
            entries.iter().flat_map(|entry| &entry.sql).map(|sql| sql.text.as_str()).collect();
        assert!(sql.iter().any(|text| text.contains("balance") && text.contains("from accounts")), "{store}");
        assert!(sql.iter().any(|text| text.contains("insert into postings")), "{store}");
        assert!(!sql.iter().any(|text| text.contains("stock")), "{store}: {sql:?}");
    }
}
