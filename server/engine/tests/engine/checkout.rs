//! Checkouts: what a crash leaves behind, and what cannot be resolved is said and not hidden.

use lab::checks::{NEEDS_A_PERSON, ORDERS};
use lab::event::{Effect, Entry, Event};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

fn checkout(strategy: &str, workload: Value, choices: Value) -> Value {
    json!({
        "scenario": "checkout", "strategy": strategy, "workload": workload,
        "schedule": { "kind": "recorded", "choices": choices },
    })
}

fn crash_at(lab: &engine::Lab, store: &str, workload: Value, step: &str) -> Spec {
    let mut fields = checkout("saga-log", workload, json!([]));
    fields["hardships"] = json!([{ "kind": "crash", "at": format!("coordinator-1/{step}") }]);
    spec(lab, store, fields)
}

fn ends(entries: &[Entry]) -> Vec<String> {
    let finals = entries.iter().filter_map(|entry| match &entry.event {
        Event::FinalRead { records, .. } => Some(records),
        _ => None,
    });
    let orders = finals.flatten().filter(|record| record.row.table == ORDERS);
    orders.map(|record| record.text("status").to_owned()).collect()
}

#[tokio::test]
async fn a_saga_survives_a_crash_before_any_of_its_steps() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let steps = ["log#1", "reserve#1", "log#2", "pay#1", "log#3", "ship#1", "conclude#1", "log#4"];
        for step in steps {
            let entries = run(&lab, crash_at(&lab, store, json!({}), step)).await;
            assert!(verdict(&entries).holds(), "{step} on {store}: {:?}", verdict(&entries));
            // Before the first intent there is nothing to go on with.
            let expected: &[&str] = if step == "log#1" { &[] } else { &["confirmed"] };
            assert_eq!(ends(&entries), expected, "{step} on {store}");
        }
        for step in ["log#4", "refund#1", "release#1", "conclude#1", "log#5"] {
            let entries = run(&lab, crash_at(&lab, store, json!({ "unshippable": 100 }), step)).await;
            assert!(verdict(&entries).holds(), "{step} on {store}: {:?}", verdict(&entries));
            assert_eq!(ends(&entries), ["cancelled"], "{step} on {store}");
        }
    }
}

#[tokio::test]
async fn a_compensation_that_keeps_failing_is_told_as_not_resolved() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let workload = json!({ "declined": 100, "stuck": 100 });
        let entries = run(&lab, spec(&lab, store, checkout("saga-log", workload, json!([])))).await;
        assert_eq!(ends(&entries), [NEEDS_A_PERSON]);
        let judgement = verdict(&entries).on("no-order-half-way").expect("it is judged");
        assert_eq!(judgement.ruling, Ruling::Holds);
        assert!(judgement.found.contains("not resolved"), "{store}: {}", judgement.found);
    }
}

/// What became of the coordinator's call to a service, and what the row said before.
fn calls<'a>(entries: &'a [Entry], step: &str) -> Vec<(&'a str, Effect)> {
    let called = |entry: &'a Entry| match &entry.event {
        Event::Stored { effect, .. } if entry.step.as_deref() == Some(step) => {
            Some((entry.actor.as_deref().unwrap_or_default(), *effect))
        }
        _ => None,
    };
    entries.iter().filter_map(called).collect()
}

#[tokio::test]
async fn a_cancel_that_arrives_first_leaves_a_tombstone_that_refuses_the_late_step() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        // The coordinator stands still before each of its calls, and before it logs that it will send the parcel.
        for (step, refused) in
            [("reserve#1", "reserve#1"), ("pay#1", "pay#1"), ("log#3", "ship#1"), ("ship#1", "ship#1")]
        {
            let place = format!("{step} on {store}");
            let mut fields = checkout("saga-log", json!({ "supervisor": 1 }), json!([]));
            fields["hardships"] = json!([{ "kind": "pause", "at": format!("coordinator-1/{step}") }]);
            let entries = run(&lab, spec(&lab, store, fields)).await;
            let forbidden = calls(&entries, "forbid#1");
            assert!(forbidden.contains(&("supervisor", Effect::Inserted)), "{place}: nothing was there yet");
            assert_eq!(calls(&entries, refused), [("coordinator-1", Effect::Unchanged)], "{place}");
            assert_eq!(ends(&entries), ["cancelled"], "{place}");
            assert!(verdict(&entries).holds(), "{place}: {:?}", verdict(&entries));
        }
    }
}

#[tokio::test]
async fn an_order_whose_parcel_was_sent_is_not_cancelled_by_whoever_takes_over() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut fields = checkout("saga-log", json!({ "supervisor": 1 }), json!([]));
        fields["hardships"] = json!([{ "kind": "pause", "at": "coordinator-1/conclude#1" }]);
        let entries = run(&lab, spec(&lab, store, fields)).await;
        assert_eq!(calls(&entries, "forbid#1"), [("supervisor", Effect::Unchanged)], "{store}");
        assert_eq!(ends(&entries), ["confirmed"], "{store}");
        assert!(verdict(&entries).holds(), "{store}");
    }
}

#[tokio::test]
async fn an_auditor_sees_goods_kept_for_an_order_that_is_cancelled_later() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let workload = json!({ "declined": 100, "auditor": 1 });
        let choices =
            json!(["coordinator-1/log#1", "coordinator-1/reserve#1", "auditor/look#1", "auditor/look#2"]);
        let entries = run(&lab, spec(&lab, store, checkout("saga-log", workload, choices))).await;
        let seen: Vec<Option<String>> = entries
            .iter()
            .filter(|entry| entry.actor.as_deref() == Some("auditor"))
            .filter_map(|entry| match &entry.event {
                Event::Looked { found, .. } => {
                    Some(found.as_ref().and_then(|fields| fields.get("state")).map(ToString::to_string))
                }
                _ => None,
            })
            .collect();
        assert_eq!(seen[..2], [Some("'taken'".to_owned()), None], "{store}");
        assert_eq!(ends(&entries), ["cancelled"], "{store}");
        assert!(verdict(&entries).holds(), "{store}");
    }
}
