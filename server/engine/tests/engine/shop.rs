//! The shop: which stage keeps which promise.

use lab::event::{Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// How many ways there are to protect each stage: request, handing on, queue, second delivery, late event.
const WAYS: [u64; 5] = [4, 3, 2, 2, 2];
/// Each combination is tried under so many seeds.
const SEEDS: u64 = 2;

const REQUESTS_CLAIMED: u64 = 3;
const AFTER_COMMIT: u64 = 0;
const BEFORE_COMMIT: u64 = 1;
const OUTBOX: u64 = 2;

fn fields(strategy: &str, workload: Value) -> Value {
    json!({
        "lab": "whole", "scenario": "shop", "strategy": strategy, "schedule": { "kind": "seeded" },
        "workload": workload,
    })
}

fn broken(entries: &[Entry]) -> Vec<&str> {
    let judgements = verdict(entries).judgements.iter();
    let broken = judgements.filter(|judgement| judgement.ruling != Ruling::Holds);
    broken.map(|judgement| judgement.invariant.as_str()).collect()
}

/// Whether a promise is that of a stage which this combination leaves unprotected.
fn is_left_open(invariant: &str, [request, handed_on, queue, receipt, sequence]: [u64; 5]) -> bool {
    match invariant {
        "no-double-order" => request != REQUESTS_CLAIMED,
        "no-event-lost" => handed_on == AFTER_COMMIT,
        "no-phantom" => handed_on == BEFORE_COMMIT,
        "order-kept-per-key" => sequence == 0 && (queue == 0 || handed_on != OUTBOX),
        // What is late is dropped.
        "every-event-acted-upon" => sequence == 1 && (queue == 0 || handed_on != OUTBOX),
        // Versions tell the same event again, too.
        "no-double-effect" => receipt == 0 && sequence == 0,
        _ => false,
    }
}

fn combinations() -> impl Iterator<Item = [u64; 5]> {
    (0..WAYS.iter().product()).map(|number: u64| {
        let mut left = number;
        WAYS.map(|ways| {
            let choice = left % ways;
            left /= ways;
            choice
        })
    })
}

#[tokio::test]
async fn a_promise_breaks_only_where_its_own_stage_is_left_open_and_there_it_does() {
    let (lab, _folder) = open_lab().await;
    let mut seen: Vec<String> = Vec::new();
    for choices @ [request, handed_on, queue, receipt, sequence] in combinations() {
        for seed in 0..SEEDS {
            let mut asked = fields(
                "stage-by-stage",
                json!({
                    "request": request, "handed_on": handed_on, "queue": queue, "receipt": receipt,
                    "sequence": sequence, "customers": 2, "orders": 2, "changes": 1, "services": 2, "consumers": 2,
                    "lost_answers": 30, "lost_confirms": 20, "lost_acks": 30, "held_back": 30, "crashes": 6,
                }),
            );
            asked["seed"] = json!(seed);
            let entries = run(&lab, spec(&lab, "sqlite", asked)).await;
            for invariant in broken(&entries) {
                assert!(is_left_open(invariant, choices), "{invariant} with {choices:?} under seed {seed}");
                seen.push(invariant.to_owned());
            }
        }
    }
    seen.sort();
    seen.dedup();
    let all = [
        "every-event-acted-upon",
        "no-double-effect",
        "no-double-order",
        "no-event-lost",
        "no-phantom",
        "order-kept-per-key",
    ];
    assert_eq!(seen, all);
}

#[tokio::test]
async fn the_classic_breaks_three_promises_and_every_stage_keeps_all_under_the_same_bad_luck() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let classic = &catalog.scenario("whole", "shop").expect("it is registered").classic;
    for store in STORES {
        let mut asked = lab::spec::Spec { pace: lab::spec::Pace::Instant, ..classic.clone() };
        asked.engine.store = store.into();
        let entries = run(&lab, asked.clone()).await;
        assert_eq!(broken(&entries), ["no-double-order", "no-event-lost", "no-double-effect"], "{store}");
        asked.strategy = "every-stage".into();
        let entries = run(&lab, asked).await;
        assert_eq!(broken(&entries), [""; 0], "{store}");
        // The same bad luck came: an answer was lost, the relay and the consumer died.
        let came = |is: fn(&Event) -> bool| entries.iter().filter(|entry| is(&entry.event)).count();
        assert_eq!(came(|event| matches!(event, Event::NoAnswer { .. })), 1, "{store}");
        assert_eq!(came(|event| matches!(event, Event::Crashed)), 2, "{store}");
    }
}

#[tokio::test]
async fn a_request_that_comes_again_is_told_which_order_it_has_become() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut asked = fields("every-stage", json!({}));
        asked["hardships"] = json!([{ "kind": "lost-answer", "at": "customer-1/request#1" }]);
        let entries = run(&lab, spec(&lab, store, asked)).await;
        let answers: Vec<(u16, bool)> = entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::CallAnswered { status, replayed, body } => {
                    assert_eq!(
                        body.get("order"),
                        Some(&lab::event::Value::Text("order-1".into())),
                        "{store}"
                    );
                    Some((*status, *replayed))
                }
                _ => None,
            })
            .collect();
        assert_eq!(answers, [(200, true)], "{store}");
    }
}

#[tokio::test]
async fn sqlite_refuses_the_order_of_a_service_whose_look_at_the_keys_is_old() {
    let (lab, _folder) = open_lab().await;
    let mut asked =
        fields("stage-by-stage", json!({ "services": 2, "request": "looked-up", "handed_on": "outbox" }));
    asked["hardships"] = json!([{ "kind": "pause", "at": "service-1/order#1" }]);
    let entries = run(&lab, spec(&lab, "sqlite", asked)).await;
    let is_stale = |entry: &Entry| {
        matches!(entry.event, Event::EngineRefused { refusal: lab::event::Refusal::StaleSnapshot, .. })
    };
    assert!(entries.iter().any(is_stale));
    assert_eq!(broken(&entries), [""; 0]);
}

#[tokio::test]
async fn what_is_chosen_at_every_stage_is_the_strategy_that_protects_every_stage() {
    let (lab, _folder) = open_lab().await;
    let trouble = json!({ "customers": 2, "changes": 1, "services": 2, "lost_answers": 40, "crashes": 5 });
    let mut chosen = trouble.clone();
    for (stage, way) in [
        ("request", "claimed"),
        ("handed_on", "outbox"),
        ("queue", "by-order"),
        ("receipt", "by-inbox"),
        ("sequence", "by-version"),
    ] {
        chosen[stage] = json!(way);
    }
    let told = |entries: &[Entry]| {
        let told = entries.iter().skip(1).map(|entry| format!("{:?} {:?}", entry.actor, entry.event));
        told.collect::<Vec<_>>()
    };
    let every = run(&lab, spec(&lab, "sqlite", fields("every-stage", trouble))).await;
    let chosen = run(&lab, spec(&lab, "sqlite", fields("stage-by-stage", chosen))).await;
    assert_eq!(told(&every), told(&chosen));
}

#[tokio::test]
async fn a_strategy_that_leaves_every_stage_open_is_not_offered_as_a_cure() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let classic = catalog.scenario("whole", "shop").expect("it is registered").classic.clone();
    let entries = run(&lab, lab::spec::Spec { pace: lab::spec::Pace::Instant, ..classic }).await;
    let story = lab::story::tell(&entries, &catalog).expect("a journal with a header");
    let addresses: Vec<&str> = story.next.iter().map(|step| step.address.as_str()).collect();
    assert!(addresses[0].contains("strategy=every-stage"), "{addresses:?}");
    assert!(!addresses.iter().any(|address| address.contains("strategy=stage-by-stage")), "{addresses:?}");
}

/// What the story says of an invariant's promise.
async fn pledge(workload: Value, invariant: &str) -> String {
    let (lab, _folder) = open_lab().await;
    let mut asked = fields("stage-by-stage", workload);
    asked["hardships"] = json!([{ "kind": "lost-answer", "at": "customer-1/request#1" }]);
    let entries = run(&lab, spec(&lab, "sqlite", asked)).await;
    let story = lab::story::tell(&entries, &lab.catalog()).expect("a journal with a header");
    story.promise.into_iter().find(|pledge| pledge.invariant == invariant).expect("it is judged").text
}

#[tokio::test]
async fn the_story_speaks_of_the_stage_as_it_was_chosen() {
    let open = pledge(json!({ "handed_on": "outbox" }), "no-double-order").await;
    assert_eq!(open, "Known to break: an answer that never comes. It broke.");
    let closed = pledge(json!({ "handed_on": "outbox", "request": "claimed" }), "no-double-order").await;
    assert_eq!(closed, "Promised to hold: the keys stand beside the orders, and are kept for ever. It held.");
    let versions = pledge(json!({ "consumers": 2, "sequence": "by-version" }), "order-kept-per-key").await;
    assert_eq!(versions, "Promised to hold: whatever is late is left aside. It held.");
}

#[tokio::test]
async fn the_last_challenge_is_solved_stage_by_stage_too() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let challenge = catalog.challenge("the-whole-way").expect("it is there");
    let mut asked = lab::spec::Spec { strategy: "stage-by-stage".into(), ..challenge.spec.clone() };
    asked.pace = lab::spec::Pace::Instant;
    for (stage, way) in [("request", 3), ("handed_on", 2), ("queue", 1), ("receipt", 1)] {
        asked.workload.insert(stage.into(), way);
    }
    let entries = run(&lab, asked.clone()).await;
    let struck = lab::challenge::struck(&entries);
    let outcome = challenge.outcome(&asked, verdict(&entries), struck, &catalog);
    assert_eq!(outcome, lab::challenge::Outcome::Solved);
}

#[tokio::test]
async fn a_customer_that_nobody_can_serve_gives_up_and_says_so() {
    let (lab, _folder) = open_lab().await;
    let mut asked = fields(
        "stage-by-stage",
        json!({ "handed_on": "before-commit", "outage_at_ms": 0, "outage_ms": 10_000 }),
    );
    asked["retry"] = json!({ "policy": "none" });
    let entries = run(&lab, spec(&lab, "sqlite", asked)).await;
    let gives_up =
        |entry: &Entry| matches!(&entry.event, Event::Note { text } if text.contains("gives up on order-1"));
    assert!(entries.iter().any(gives_up));
}
