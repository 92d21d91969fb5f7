//! Payments: calls to the provider over real HTTP, and remembering that ends.

use engine::provider::{Account, Circumstances};
use lab::canon;
use lab::event::{Entry, Event, Fields, Request, Value};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::json;
use std::time::Duration;

use crate::harness::{open_lab, run, spec, verdict};

/// Longer than any answer on loopback takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn charge(key: Option<&str>, amount: i64) -> Request {
    let text = |text: &str| Value::Text(text.into());
    let body = Fields::from_iter([
        ("payment".to_owned(), text("payment-1")),
        ("request".to_owned(), text("payment-1")),
        ("amount".to_owned(), Value::Integer(amount)),
    ]);
    Request { method: "POST".into(), path: "/charges".into(), key: key.map(str::to_owned), body }
}

fn at(at_us: u64) -> Circumstances {
    Circumstances { at_us, ..Circumstances::default() }
}

async fn provider() -> provider::Provider {
    provider::Provider::start().await.expect("it starts")
}

async fn status(account: &Account, request: &Request, circumstances: Circumstances) -> Option<(u16, bool)> {
    let answer = account.call(request, circumstances).answer(PATIENCE).await;
    answer.ok().map(|answer| (answer.status, answer.replayed))
}

#[tokio::test]
async fn a_key_is_kept_for_its_time_and_belongs_to_one_body() {
    let provider = provider().await;
    let account = Account::open(provider.address(), "a", Some(100)).await.expect("it opens");
    assert_eq!(status(&account, &charge(Some("k"), 5), at(0)).await, Some((201, false)));
    assert_eq!(status(&account, &charge(Some("k"), 5), at(100)).await, Some((201, true)));
    assert_eq!(status(&account, &charge(Some("k"), 6), at(100)).await, Some((422, false)));
    assert_eq!(status(&account, &charge(Some("k"), 5), at(101)).await, Some((201, false)));
    assert_eq!(account.ledger().await.expect("it answers").1.len(), 2);
}

#[tokio::test]
async fn a_lost_answer_does_not_come_and_the_charge_is_there() {
    let provider = provider().await;
    let account = Account::open(provider.address(), "a", None).await.expect("it opens");
    let lost = Circumstances { is_lost: true, ..at(0) };
    assert_eq!(status(&account, &charge(None, 5), lost).await, None);
    assert_eq!(account.ledger().await.expect("it answers").1.len(), 1);
}

#[tokio::test]
async fn each_run_has_a_ledger_of_its_own_and_a_closed_one_is_gone() {
    let provider = provider().await;
    let mine = Account::open(provider.address(), "mine", None).await.expect("it opens");
    let other = Account::open(provider.address(), "other", None).await.expect("it opens");
    assert_eq!(status(&mine, &charge(None, 5), at(0)).await, Some((201, false)));
    assert!(other.ledger().await.expect("it answers").1.is_empty());
    mine.close().await.expect("it answers");
    assert!(mine.ledger().await.is_err());
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_call_leaves_the_charge_and_the_journal_names_the_request() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "lab": "duplicates", "strategy": "none", "schedule": { "kind": "recorded", "choices": [] },
        "workload": { "effect": "provider-call" },
        "hardships": [{ "kind": "crash", "at": "consumer-1/answer#1" }],
    });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    let called =
        |entry: &&Entry| matches!(&entry.event, Event::Called { request, .. } if request.path == "/charges");
    assert_eq!(entries.iter().filter(called).count(), 2);
    let ledger = entries.iter().find_map(|entry| match &entry.event {
        Event::ServiceRead { request, records } => Some((request.to_string(), records.len())),
        _ => None,
    });
    assert_eq!(ledger, Some(("GET /charges".to_owned(), 2)));
    let double = verdict(&entries).on("no-double-charge").expect("it is judged");
    assert_eq!(double.ruling, Ruling::Broken, "{double:?}");
}

#[tokio::test]
async fn live_runs_call_the_provider_too_and_a_lost_answer_is_survived_with_a_key() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "lab": "duplicates", "strategy": "idempotency-key", "schedule": { "kind": "live" },
        "workload": { "effect": "provider-call", "payments": 5, "consumers": 2, "lost_answers": 50 },
    });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    assert!(verdict(&entries).price.calls >= 5);
}

#[tokio::test]
async fn late_answers_put_one_payment_into_two_hands() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "lab": "duplicates", "strategy": "none", "schedule": { "kind": "seeded" },
        "workload": { "effect": "provider-call", "consumers": 2, "late_answers": 100 },
    });
    let first = run(&lab, spec(&lab, "sqlite", fields.clone())).await;
    let double = verdict(&first).on("no-double-charge").expect("it is judged");
    assert_eq!(double.ruling, Ruling::Broken, "{double:?}");
    let again = run(&lab, spec(&lab, "sqlite", fields)).await;
    assert_eq!(canon::form(&first), canon::form(&again));
}

#[tokio::test]
async fn the_inbox_grows_with_every_payment_unless_it_is_pruned() {
    let (lab, _folder) = open_lab().await;
    for (kept_ms, remembered, forgotten) in [(0, 40, 0), (20, 39, 1)] {
        let fields = json!({
            "lab": "duplicates", "strategy": "inbox", "schedule": { "kind": "seeded" },
            "workload": { "payments": 40, "kept_ms": kept_ms },
        });
        let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
        let price = &verdict(&entries).price;
        assert!(verdict(&entries).holds());
        assert!(price.remembered <= remembered && price.forgotten >= forgotten, "{price:?}");
        assert!(kept_ms > 0 || price.remembered == remembered, "{price:?}");
    }
}

#[tokio::test]
async fn a_strategy_that_makes_no_sense_with_an_effect_is_refused_there_with_the_reason() {
    let (lab, _folder) = open_lab().await;
    for (strategy, effect) in [("idempotency-key", "ledger-row"), ("version-gate", "provider-call")] {
        let fields = json!({ "lab": "duplicates", "strategy": strategy, "workload": { "effect": effect } });
        match lab.start(spec(&lab, "sqlite", fields)).await {
            Err(engine::StartError::EngineMissing(sentence)) => {
                assert!(sentence.contains("makes no sense here"), "{sentence}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_value_with_a_name_is_read_by_name_or_number_and_refused_by_its_names() {
    let (lab, _folder) = open_lab().await;
    let asked = |effect| json!({ "lab": "duplicates", "workload": { "effect": effect } });
    for effect in [json!("provider-call"), json!(1)] {
        let spec = Spec::read(&asked(effect), &lab.catalog()).expect("a good spec");
        assert_eq!(spec.knob("effect"), 1);
        let pairs = lab::query::pairs(&spec, &lab.catalog());
        assert!(pairs.contains(&("effect".to_owned(), "provider-call".to_owned())), "{pairs:?}");
    }
    let faults = Spec::read(&asked(json!("postcard")), &lab.catalog()).expect_err("no such effect");
    assert!(faults.to_string().contains("ledger-row, provider-call"), "{faults}");
}
