//! Dead letters and early events: what happens past a limit, and what a redrive does to what came after.

use engine::Lab;
use lab::event::{Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

async fn events(lab: &Lab, store: &str, strategy: &str, workload: Value, hardships: Value) -> Vec<Entry> {
    let fields = json!({
        "lab": "messages", "strategy": strategy, "workload": workload, "hardships": hardships,
        "schedule": { "kind": "seeded" },
    });
    run(lab, spec(lab, store, fields)).await.to_vec()
}

fn ruling(entries: &[Entry], invariant: &str) -> Ruling {
    verdict(entries).on(invariant).expect("it is judged").ruling
}

fn count(entries: &[Entry], event: &str) -> usize {
    entries.iter().filter(|entry| entry.event.name() == event).count()
}

/// Nobody can read the first event of the order.
fn poison() -> Value {
    json!([{ "kind": "poison", "at": "publisher/publish#1" }])
}

#[tokio::test]
async fn a_dead_letter_that_is_redriven_in_order_completes_the_view() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["version-requeue", "version-buffer"] {
            let workload = json!({ "steps": 4, "deltas": 1, "deliveries_max": 1 });
            let left = events(&lab, store, strategy, workload, poison()).await;
            assert_eq!(ruling(&left, "final-view-correct"), Ruling::Broken, "{strategy} on {store}");
            assert_eq!(count(&left, "redriven"), 0);
            let workload = json!({ "steps": 4, "deltas": 1, "deliveries_max": 1, "redrive": 1 });
            let redriven = events(&lab, store, strategy, workload, poison()).await;
            assert!(verdict(&redriven).holds(), "{strategy} on {store}: {:?}", verdict(&redriven));
            assert!(count(&redriven, "redriven") > 0);
        }
    }
}

#[tokio::test]
async fn what_lies_with_the_dead_letters_is_in_the_final_read_and_not_lost() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({ "steps": 3, "deltas": 1, "deliveries_max": 2, "consumers": 1 });
    let entries = events(&lab, "sqlite", "version-requeue", workload, poison()).await;
    let read = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::FinalRead { records, .. } => Some(records.clone()),
        _ => None,
    });
    let letters: Vec<String> = read
        .unwrap_or_default()
        .into_iter()
        .filter(|record| record.row.table == "dead_letters")
        .map(|record| record.row.key)
        .collect();
    assert_eq!(letters, ["order-1.placed", "order-1.paid", "order-1.packed"]);
    assert_eq!(ruling(&entries, "no-event-lost"), Ruling::Holds);
    assert_eq!(ruling(&entries, "final-view-correct"), Ruling::Broken);
}

#[tokio::test]
async fn a_redrive_after_newer_events_is_ignored_by_versions_and_turns_back_a_view_without() {
    let (lab, _folder) = open_lab().await;
    let workload = || json!({ "consumers": 1, "deliveries_max": 1, "redrive": 1 });
    for store in STORES {
        let back = events(&lab, store, "arrival-order", workload(), poison()).await;
        assert_eq!(ruling(&back, "view-never-goes-back"), Ruling::Broken, "{store}");
        let ignored = events(&lab, store, "version-ignore-stale", workload(), poison()).await;
        assert!(verdict(&ignored).holds(), "{store}: {:?}", verdict(&ignored));
    }
}

#[tokio::test]
async fn a_poison_message_blocks_its_partition_only_without_a_limit() {
    let (lab, _folder) = open_lab().await;
    for strategy in ["partitioned", "partitioned-versioned"] {
        let blocked = events(&lab, "sqlite", strategy, json!({ "consumers": 1 }), poison()).await;
        assert_eq!((count(&blocked, "stuck"), count(&blocked, "stored")), (1, 0), "{strategy}");
        assert_eq!(ruling(&blocked, "no-event-lost"), Ruling::Broken);
        let workload = json!({ "consumers": 1, "deliveries_max": 2 });
        let goes_on = events(&lab, "sqlite", strategy, workload, poison()).await;
        assert_eq!((count(&goes_on, "dead-lettered"), count(&goes_on, "stored")), (1, 1), "{strategy}");
    }
}

#[tokio::test]
async fn an_event_beyond_the_bound_of_the_buffer_is_given_back() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({ "steps": 4, "consumers": 3, "buffer_span": 1, "held_back": 50, "deltas": 1 });
    let mut given_back = 0;
    for seed in 0..10 {
        let fields = json!({
            "lab": "messages", "strategy": "version-buffer", "workload": workload, "seed": seed,
            "schedule": { "kind": "seeded" },
        });
        let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
        assert!(verdict(&entries).holds(), "seed {seed}: {:?}", verdict(&entries));
        given_back += count(&entries, "nacked");
    }
    assert!(given_back > 0);
}

#[tokio::test]
async fn a_live_run_with_an_operator_ends() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "lab": "messages", "strategy": "version-requeue", "hardships": poison(),
        "workload": { "steps": 3, "deltas": 1, "deliveries_max": 3, "redrive": 1 },
    });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    assert!(count(&entries, "redriven") > 0);
}
