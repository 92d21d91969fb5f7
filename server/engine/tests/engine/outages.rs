//! Outages: real connections to PostgreSQL are cut, the broker cannot be reached, and everything goes on afterwards.

use engine::HandRefusal;
use futures::future::join_all;
use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::event::{Entry, Event, Manner, OutageBegan, OutageEnded, Port, Reconnected};
use lab::hand::{Deed, Down, HandMove};
use lab::schedule::Schedule;
use lab::spec::{Pace, Spec};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{open_lab, run, spec, verdict};

/// Seeds that a promise of `holds` must survive through an outage of the database.
const SEEDS: u64 = 10;
/// Runs at the same time.
const AT_ONCE: usize = 6;

/// The trial of a cell with an outage of the database, which begins at another moment for each seed.
fn through_an_outage(trial: &Spec, seed: u64) -> Spec {
    let mut spec = Spec { seed, pace: Pace::Instant, ..trial.clone() };
    spec.workload.insert("database_at_ms".into(), 3 + 4 * seed);
    spec.workload.insert("database_ms".into(), 40);
    spec.workload.insert("database_manner".into(), u64::from(seed % 5 == 4));
    spec
}

fn kept(card: &StrategyCard) -> impl Iterator<Item = &Promise> {
    card.promises.iter().filter(|cell| {
        cell.engine == "postgres" && matches!(cell.value, PromiseValue::Holds | PromiseValue::Refused)
    })
}

fn count(entries: &[Entry], is_it: impl Fn(&Event) -> bool) -> usize {
    entries.iter().filter(|entry| is_it(&entry.event)).count()
}

fn is_cut_off(event: &Event) -> bool {
    matches!(event, Event::CutOff(_))
}

/// Every promise of the scenario on PostgreSQL, through an outage in each of its trials. How many actors were cut off.
async fn check_scenario(scenario: &str) -> usize {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let mut cut_off = 0;
    for card in catalog.strategies_of(scenario) {
        let mut trials: Vec<&Spec> = kept(card).filter_map(|cell| cell.trial.as_ref()).collect();
        trials.dedup();
        for trial in trials {
            for first in (0..SEEDS).step_by(AT_ONCE) {
                let runs = (first..SEEDS.min(first + AT_ONCE as u64))
                    .map(|seed| run(&lab, through_an_outage(trial, seed)));
                for (place, entries) in join_all(runs).await.iter().enumerate() {
                    cut_off += count(entries, is_cut_off);
                    for cell in kept(card).filter(|cell| cell.trial.as_ref() == Some(trial)) {
                        let judgement = verdict(entries).on(&cell.invariant).expect("it is judged");
                        let last = entries.iter().rev().nth(1);
                        let place = format!("{} {:?} seed {}", card.name, cell.knobs, first + place as u64);
                        assert_eq!(judgement.ruling, Ruling::Holds, "{place}: {judgement:?}\n{last:?}");
                    }
                }
            }
        }
    }
    cut_off
}

#[tokio::test]
async fn every_promise_on_orders_survives_an_outage_of_the_database_with_10_seeds() {
    assert!(check_scenario("order-placed").await > 150);
}

#[tokio::test]
async fn every_promise_on_payments_survives_an_outage_of_the_database_with_10_seeds() {
    assert!(check_scenario("payments").await > 150);
}

fn orders(strategy: &str, fields: Value) -> Value {
    let mut json = json!({
        "lab": "outbox", "scenario": "order-placed", "strategy": strategy,
        "workload": { "services": 2, "orders": 3, "changes": 1 },
        "schedule": { "kind": "seeded" }, "seed": 5
    });
    for (key, value) in fields.as_object().expect("fields are an object") {
        json[key] = value.clone();
    }
    json
}

fn with_outage(at_ms: u64, manner: &str) -> Value {
    json!({ "workload": {
        "services": 2, "orders": 3, "changes": 1,
        "database_at_ms": at_ms, "database_ms": 50, "database_manner": manner
    }})
}

#[tokio::test]
async fn an_outage_in_a_scheduled_run_comes_again_byte_for_byte() {
    let (lab, _folder) = open_lab().await;
    for strategy in ["outbox-polling", "outbox-notify", "publish-before-commit", "outbox-competing-by-key"] {
        for manner in ["cut", "stall"] {
            let asked = spec(&lab, "postgres", orders(strategy, with_outage(9, manner)));
            let first = run(&lab, asked.clone()).await;
            let again = run(&lab, asked.clone()).await;
            assert_eq!(lab::canon::first_difference(&first, &again), None, "{strategy} {manner}");
            let choices = lab::schedule::of_journal(&first);
            let replayed = run(&lab, Spec { schedule: Schedule::Recorded { choices }, ..asked }).await;
            let departed = count(&replayed, |event| matches!(event, Event::Departed { .. }));
            assert_eq!(departed, 0, "{strategy} {manner}");
            assert_eq!(
                lab::canon::first_difference(&first[1..], &replayed[1..]),
                None,
                "{strategy} {manner}"
            );
            let outages = |port: Port, wanted: Manner| {
                count(&first, |event| {
                    matches!(event, Event::OutageBegan(OutageBegan { port: of, manner, .. })
                        if *of == port && *manner == wanted)
                })
            };
            let asked_for = if manner == "cut" { Manner::Cut } else { Manner::Stall };
            assert_eq!(outages(Port::Database, asked_for), 1, "{strategy} {manner}");
            let ended = count(&first, |event| matches!(event, Event::OutageEnded(_)));
            assert_eq!(ended, 1, "{strategy} {manner}");
            let broken = count(&first, is_cut_off);
            assert_eq!(broken > 0, manner == "cut", "{strategy} {manner}: {broken}");
        }
    }
}

#[tokio::test]
async fn a_cut_before_the_commit_rolls_back_and_a_lost_answer_after_it_does_not() {
    let (lab, _folder) = open_lab().await;
    for (kind, orders_kept) in [("cut-database", 0), ("lost-answer", 1)] {
        let fields = json!({
            "workload": { "services": 1, "orders": 1 },
            "hardships": [{ "kind": kind, "at": "service-1/commit#1" }]
        });
        let entries = run(&lab, spec(&lab, "postgres", orders("outbox-polling", fields))).await;
        let cut = entries.iter().find(|entry| is_cut_off(&entry.event)).expect("it is cut off");
        assert_eq!((cut.actor.as_deref(), cut.step.as_deref()), (Some("service-1"), Some("commit#1")));
        let read = entries.iter().find_map(|entry| match &entry.event {
            Event::FinalRead { records, .. } => {
                Some(records.iter().filter(|record| record.row.table == "orders").count())
            }
            _ => None,
        });
        assert_eq!(read, Some(orders_kept), "{kind}");
        assert!(verdict(&entries).holds(), "{kind}: {:?}", verdict(&entries));
        let is_back =
            |event: &Event| matches!(event, Event::Reconnected(Reconnected { port: Port::Database }));
        assert!(count(&entries, is_back) > 0);
    }
}

#[tokio::test]
async fn a_live_run_goes_on_through_a_cut_and_a_stall_of_the_database() {
    let (lab, _folder) = open_lab().await;
    for manner in ["cut", "stall"] {
        let fields = json!({
            "workload": {
                "services": 4, "orders": 50, "changes": 1,
                "database_at_ms": 60, "database_ms": 150, "database_manner": manner
            },
            "schedule": { "kind": "live" }
        });
        let entries = run(&lab, spec(&lab, "postgres", orders("outbox-polling", fields))).await;
        let began = entries.iter().find_map(|entry| match &entry.event {
            Event::OutageBegan(outage) => Some((entry.at_us, outage.clone())),
            _ => None,
        });
        let (began_us, outage) = began.expect("it began");
        assert!(began_us >= 60_000 && !outage.simulated && !outage.by_hand, "{outage:?}");
        let is_end = |event: &Event| {
            matches!(event, Event::OutageEnded(OutageEnded { port: Port::Database, by_hand: false }))
        };
        assert_eq!(count(&entries, is_end), 1, "{manner}");
        assert_eq!(count(&entries, is_cut_off) > 0, manner == "cut");
        assert!(verdict(&entries).holds(), "{manner}: {:?}", verdict(&entries));
    }
}

#[tokio::test]
async fn an_outage_of_sqlite_is_refused_in_a_sentence() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let refused = |fields: Value| {
        let mut json = orders("outbox-polling", fields);
        json["engine"] = json!({ "store": "sqlite" });
        Spec::read(&json, &catalog).expect_err("it is refused").0
    };
    let faults = refused(json!({ "workload": { "database_ms": 40 } }));
    assert_eq!(faults[0].field, "workload.database_ms");
    assert!(faults[0].message.contains("is 40") && faults[0].message.contains("a file in this process"));
    let faults = refused(json!({ "hardships": [{ "kind": "cut-database", "at": "relay/claim#1" }] }));
    assert_eq!(faults[0].field, "hardships[0].kind");
}

#[tokio::test]
async fn a_broker_that_is_cut_before_a_step_is_not_reached_there_and_everything_is_sent_afterwards() {
    let (lab, _folder) = open_lab().await;
    for store in ["sqlite", "postgres"] {
        let fields = json!({ "hardships": [{ "kind": "cut-broker", "at": "relay/publish#1" }] });
        let entries = run(&lab, spec(&lab, store, orders("outbox-polling", fields))).await;
        let missed = entries.iter().find(|entry| matches!(entry.event, Event::Unreachable { .. }));
        assert_eq!(missed.and_then(|entry| entry.step.as_deref()), Some("publish#1"), "{store}");
        assert!(verdict(&entries).holds(), "{store}");
    }
}

/// A live run that goes on until somebody has had time to reach it.
async fn long_run(lab: &engine::Lab, store: &str) -> String {
    let fields = json!({
        "workload": { "services": 2, "orders": 200, "changes": 1 },
        "schedule": { "kind": "live" }
    });
    let id = lab.start(spec(lab, store, orders("outbox-polling", fields))).await.expect("it starts").id;
    let mut offers = lab.offers(&id).expect("it goes on");
    offers.wait_for(Option::is_some).await.expect("it has a hand");
    id
}

async fn judged(lab: &engine::Lab, id: &str) -> Vec<Entry> {
    let mut feed = lab.feed(id, 0).await.expect("it can be read").expect("it is there");
    let mut entries = Vec::new();
    while !matches!(entries.last().map(|entry: &Entry| &entry.event), Some(Event::Verdict(_))) {
        let more = feed.next().await.expect("it can be read").expect("the verdict comes last");
        entries.extend(more.iter().map(|line| serde_json::from_str::<Entry>(line).expect("an entry")));
    }
    entries
}

fn inject(move_id: &str, port: Port) -> HandMove {
    HandMove { move_id: move_id.into(), expect: None, deed: Deed::Inject { port, manner: Manner::Cut } }
}

#[tokio::test]
async fn a_hand_cuts_the_database_of_a_live_run_and_lifts_it_and_the_journal_says_when() {
    let (lab, _folder) = open_lab().await;
    let id = long_run(&lab, "postgres").await;
    let offer = lab.move_by_hand(&id, inject("m-1", Port::Database)).await.expect("it is cut");
    assert_eq!(offer.down, [Down { port: Port::Database, manner: Manner::Cut }]);
    // The same move again acts once, and is answered the same.
    assert_eq!(lab.move_by_hand(&id, inject("m-1", Port::Database)).await, Ok(offer));
    let other = lab.move_by_hand(&id, inject("m-1", Port::Broker)).await;
    assert!(matches!(other, Err(HandRefusal::IdTaken(_))), "{other:?}");
    let lift = HandMove { move_id: "m-2".into(), expect: None, deed: Deed::Lift { port: Port::Database } };
    assert_eq!(lab.move_by_hand(&id, lift).await.expect("it is lifted").down, []);
    let step = HandMove { move_id: "m-3".into(), expect: Some(1), deed: Deed::Step };
    assert!(lab.move_by_hand(&id, step).await.is_err());
    let entries = judged(&lab, &id).await;
    let by_hand = entries.iter().filter_map(|entry| match &entry.event {
        Event::OutageBegan(outage) => Some((outage.port, outage.by_hand, outage.simulated)),
        Event::OutageEnded(outage) => Some((outage.port, outage.by_hand, true)),
        _ => None,
    });
    let told: Vec<_> = by_hand.collect();
    assert_eq!(told, [(Port::Database, true, false), (Port::Database, true, true)]);
    assert!(count(&entries, is_cut_off) > 0);
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    lab.close().await;
}

#[tokio::test]
async fn a_hand_cuts_the_broker_on_sqlite_but_not_the_database() {
    let (lab, _folder) = open_lab().await;
    let id = long_run(&lab, "sqlite").await;
    let refused = lab.move_by_hand(&id, inject("m-1", Port::Database)).await;
    let words = refused.expect_err("it is a file").to_string();
    assert!(words.contains("a file in this process"), "{words}");
    let offer = lab.move_by_hand(&id, inject("m-2", Port::Broker)).await.expect("it is cut");
    assert_eq!((offer.may_cut, offer.down.len()), (vec![Port::Broker], 1));
    let lift = HandMove { move_id: "m-3".into(), expect: None, deed: Deed::Lift { port: Port::Broker } };
    lab.move_by_hand(&id, lift).await.expect("it is lifted");
    let entries = judged(&lab, &id).await;
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    lab.close().await;
}
