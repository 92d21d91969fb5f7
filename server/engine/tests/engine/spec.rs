//! What a spec may say, checked against the real catalog: every refusal names the field, the value and the range.

use lab::event::Event;
use lab::query;
use lab::schedule::Schedule;
use lab::spec::{Pace, Spec};
use serde_json::{Value, json};

use crate::harness::{open_lab, run};

async fn check_refused(json: Value, field: &str, parts: &[&str]) {
    let (lab, _folder) = open_lab().await;
    let faults = Spec::read(&json, &lab.catalog()).expect_err("it is refused").0;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].field, field, "{faults:?}");
    for part in parts {
        assert!(faults[0].message.contains(part), "{:?} does not say {part:?}", faults[0].message);
    }
}

#[tokio::test]
async fn an_empty_spec_is_the_default_in_every_field() {
    let (lab, _folder) = open_lab().await;
    let spec = Spec::read(&json!({}), &lab.catalog()).expect("everything has a default");
    assert_eq!((spec.lab.as_str(), spec.scenario.as_str()), ("concurrency", "stock"));
    assert_eq!((spec.strategy.as_str(), spec.pace, spec.seed), ("unprotected", Pace::Watch, 42));
    assert_eq!((spec.knob("buyers"), spec.knob("quantity")), (2, 1));
    assert!(!spec.is_scheduled());
}

#[tokio::test]
async fn the_documented_spec_is_read() {
    let (lab, _folder) = open_lab().await;
    let json = json!({
        "version": 1, "lab": "concurrency", "scenario": "stock", "strategy": "optimistic",
        "workload": { "buyers": 16, "purchases": 10, "products": 1, "quantity": 100, "think_ms": 20 },
        "retry": { "policy": "exponential-jitter", "attempts_max": 8, "base_ms": 5 }, "hardships": [],
        "engine": { "store": "sqlite", "broker": "embedded", "locks": "lease-table" },
        "schedule": { "kind": "live" }, "pace": "watch", "seed": 42
    });
    let spec = Spec::read(&json, &lab.catalog()).expect("it is good");
    assert_eq!(spec.knob("buyers"), 16);
}

#[tokio::test]
async fn what_is_out_of_range_is_refused_with_the_range() {
    check_refused(json!({ "workload": { "buyers": 0 } }), "workload.buyers", &["is 0", "from 1 to 64"]).await;
    let million = json!({ "workload": { "buyers": 1_000_000 } });
    check_refused(million, "workload.buyers", &["is 1000000", "from 1 to 64"]).await;
    check_refused(json!({ "seed": 9_007_199_254_740_992_u64 }), "seed", &["0 to 9007199254740991"]).await;
    check_refused(json!({ "seed": -1 }), "seed", &["is -1"]).await;
    check_refused(json!({ "retry": { "attempts_max": 0 } }), "retry.attempts_max", &["1 to 100"]).await;
    check_refused(json!({ "version": 2 }), "version", &["is 2", "from 1 to 1"]).await;
}

#[tokio::test]
async fn more_units_than_a_strategy_can_keep_rows_for_are_refused_with_the_bound() {
    let workload = json!({ "products": 2, "quantity": 51 });
    let many = json!({ "strategy": "units-skip-locked", "workload": workload });
    check_refused(many, "workload.quantity", &["102 units", "at most 100", "units-skip-locked"]).await;
    let (lab, _folder) = open_lab().await;
    assert!(Spec::read(&json!({ "strategy": "optimistic", "workload": workload }), &lab.catalog()).is_ok());
}

#[tokio::test]
async fn a_hardship_that_names_no_place_is_refused_with_the_way_to_write_one() {
    let with = |hardships: Value| json!({ "lab": "duplicates", "hardships": hardships });
    check_refused(with(json!("rain")), "hardships", &["\"rain\"", "list of at most 64"]).await;
    check_refused(with(json!([{ "kind": "rain", "at": "a/b#1" }])), "hardships[0].kind", &["crash"]).await;
    check_refused(with(json!([{ "kind": "crash" }])), "hardships[0].at", &["missing", "actor"]).await;
    check_refused(
        with(json!([{ "kind": "crash", "at": "ack" }])),
        "hardships[0].at",
        &["\"ack\"", "actor/step"],
    )
    .await;
    let nth = json!([{ "kind": "crash", "at": { "actor": "consumer-1", "step": "ack", "nth": 0 } }]);
    check_refused(with(nth), "hardships[0].at.nth", &["is 0", "from 1"]).await;
    let nobody = json!([{ "kind": "crash", "at": { "step": "ack" } }]);
    check_refused(with(nobody), "hardships[0].at.actor", &["missing"]).await;
    let none_here =
        json!({ "lab": "duplicates", "hardships": [{ "kind": "pause", "at": "consumer-1/ack#1" }] });
    check_refused(none_here, "hardships[0].kind", &["pause", "crash"]).await;
}

#[tokio::test]
async fn a_standstill_may_say_for_how_long_in_json_and_on_an_address() {
    let (lab, _folder) = open_lab().await;
    let at = json!({ "actor": "buyer-1", "step": "write", "nth": 1 });
    let asked = json!({ "hardships": [{ "kind": "pause", "for_ms": 3000, "at": at }] });
    let spec = Spec::read(&asked, &lab.catalog()).expect("a good spec");
    assert_eq!(spec.hardships[0].for_ms(), Some(3_000));
    let pairs = query::pairs(&spec, &lab.catalog());
    assert!(pairs.contains(&("pause".to_owned(), "buyer-1/write#1@3000".to_owned())), "{pairs:?}");
    assert_eq!(query::read("concurrency", &pairs, &[], &lab.catalog()), Ok(spec.clone()));
    let seeded = Spec { schedule: Schedule::Seeded, pace: Pace::Instant, ..spec };
    let entries = run(&lab, seeded).await;
    assert!(entries.iter().any(|entry| entry.event == Event::Paused { for_us: 3_000_000 }));
    let too_long = json!({ "hardships": [{ "kind": "pause", "for_ms": 10_001, "at": "buyer-1/write#1" }] });
    check_refused(too_long, "hardships[0].for_ms", &["is 10001", "from 1 to 10000"]).await;
    let word = json!({ "hardships": [{ "kind": "pause", "at": "buyer-1/write#1@long" }] });
    check_refused(word, "hardships[0].for_ms", &["\"long\"", "from 1 to 10000"]).await;
    let crash = json!({ "hardships": [{ "kind": "crash", "for_ms": 3, "at": "consumer-1/ack#1" }] });
    check_refused(crash, "hardships[0].for_ms", &["not a known field"]).await;
}

#[tokio::test]
async fn a_wrong_name_keeps_no_other_fault_from_being_told() {
    let (lab, _folder) = open_lab().await;
    let asked =
        json!({ "strategy": "hope", "seed": -1, "pace": "slow", "workload": { "buyers": 65, "nope": 3 } });
    let faults = Spec::read(&asked, &lab.catalog()).expect_err("it is wrong").0;
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["pace", "seed", "strategy", "workload.nope", "workload.buyers"]);
}

#[tokio::test]
async fn unknown_names_are_refused_with_the_known_ones() {
    check_refused(json!({ "strategy": "hope" }), "strategy", &["\"hope\"", "unprotected", "optimistic"])
        .await;
    check_refused(json!({ "lab": "x" }), "lab", &["concurrency"]).await;
    check_refused(json!({ "pace": "slow" }), "pace", &["watch", "instant"]).await;
    check_refused(json!({ "engine": { "store": "oracle" } }), "engine.store", &["sqlite", "postgres"]).await;
    check_refused(json!({ "colour": "red" }), "colour", &["not a known field"]).await;
    check_refused(json!({ "workload": { "buyer": 2 } }), "workload.buyer", &["not a known field", "buyers"])
        .await;
}

#[tokio::test]
async fn wrong_types_are_refused_with_what_was_given() {
    check_refused(json!([]), "", &["must be an object"]).await;
    check_refused(
        json!({ "workload": { "buyers": "two" } }),
        "workload.buyers",
        &["\"two\"", "whole number"],
    )
    .await;
    check_refused(json!({ "workload": { "buyers": 1.5 } }), "workload.buyers", &["1.5"]).await;
    check_refused(json!({ "schedule": "live" }), "schedule", &["must be an object"]).await;
    let choices = json!({ "schedule": { "kind": "recorded", "choices": ["buyer-1"] } });
    check_refused(choices, "schedule.choices[0]", &["buyer-1/read#1"]).await;
    check_refused(json!({ "schedule": { "kind": "recorded" } }), "schedule.choices", &["missing"]).await;
    let listed = json!({ "schedule": { "kind": "seeded", "choices": [] } });
    check_refused(listed, "schedule.choices", &["\"recorded\" and \"by-hand\" alone"]).await;
}

#[tokio::test]
async fn every_fault_is_told_at_once() {
    let (lab, _folder) = open_lab().await;
    let json = json!({ "workload": { "buyers": 0, "quantity": 0 }, "seed": "x", "pace": 7 });
    assert_eq!(Spec::read(&json, &lab.catalog()).expect_err("it is refused").0.len(), 4);
}

#[tokio::test]
async fn a_spec_reads_back_from_its_own_address() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let all = [
        json!({}),
        json!({ "strategy": "optimistic", "workload": { "buyers": 9 }, "retry": { "policy": "fixed", "base_ms": 7 } }),
        json!({ "engine": { "store": "postgres" }, "schedule": { "kind": "seeded" }, "pace": "instant", "seed": 7 }),
        json!({ "schedule": { "kind": "recorded", "choices": ["buyer-1/read#1", "buyer-2/write#3"] } }),
        json!({ "schedule": { "kind": "by-hand" } }),
        json!({ "schedule": { "kind": "by-hand", "choices": ["buyer-1/read#1"] } }),
        json!({ "lab": "outbox", "hardships": [
            { "kind": "crash", "at": { "actor": "relay", "step": "mark", "nth": 2 } },
            { "kind": "crash", "at": "service-1/commit#1" },
        ] }),
    ];
    for json in all {
        let spec = Spec::read(&json, &catalog).expect("it is good");
        let pairs = query::pairs(&spec, &catalog);
        assert_eq!(query::read(&spec.lab, &pairs, &[], &catalog), Ok(spec), "{pairs:?}");
    }
}

#[tokio::test]
async fn text_that_is_not_json_is_refused_with_its_place() {
    let (lab, _folder) = open_lab().await;
    let faults = Spec::parse("{\"seed\": ", &lab.catalog()).expect_err("it is refused").0;
    assert!(faults[0].message.contains("line 1"), "{faults:?}");
}
