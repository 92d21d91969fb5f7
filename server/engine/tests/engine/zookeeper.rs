//! Locks from a real ZooKeeper: the contract of the port, and what happens when a session ends.

use std::time::Duration;

use engine::locks::LockService;
use engine::locks::zookeeper::ZooKeeper;
use engine::{Config, Lab, OpenError};
use lab::canon;
use lab::event::{Entry, Event};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{Folder, run, spec, verdict};

/// Seeds that the fenced lock must survive here; each standstill waits for a real session to end.
const SEEDS: u64 = 10;
/// Long enough that a busy machine answers in time: a client gives up after a part of its session.
const LEASE: Duration = Duration::from_secs(1);

/// The ZooKeeper that the test command started.
fn cluster() -> String {
    std::env::var("INTERLEAVE_TEST_ZOOKEEPER")
        .expect("INTERLEAVE_TEST_ZOOKEEPER names no ZooKeeper; run ./dev test rust, which starts one")
}

async fn open_lab() -> (Lab, Folder) {
    let folder = Folder::new();
    let config = Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: Some(cluster()) };
    (Lab::open(config).await.expect("the lab opens"), folder)
}

fn asked(lab: &Lab, strategy: &str, fields: Value) -> Spec {
    let mut json = json!({
        "strategy": strategy, "schedule": { "kind": "recorded", "choices": [] },
        "workload": { "buyers": 2, "purchases": 1, "quantity": 5 },
    });
    for (key, value) in fields.as_object().expect("an object") {
        json[key] = value.clone();
    }
    let mut spec = spec(lab, "sqlite", json);
    spec.engine.locks = "zookeeper".into();
    spec
}

fn stands_still(place: &str) -> Value {
    json!([{ "kind": "pause", "at": place }])
}

fn tokens(entries: &[Entry]) -> Vec<i64> {
    let granted = |entry: &Entry| match entry.event {
        Event::LeaseGranted { token, until_us: None, .. } => Some(token),
        _ => None,
    };
    entries.iter().filter_map(granted).collect()
}

#[tokio::test]
async fn a_name_is_granted_in_the_order_of_asking_with_rising_tokens() {
    let service = ZooKeeper::reach(&cluster()).await.expect("it answers");
    let place = service.open("contract-order", LEASE).await.expect("it opens");
    let mut first = place.client("first").await.expect("a client");
    let mut second = place.client("second").await.expect("a client");
    assert_eq!(first.ask("a row").await.expect("it answers"), Some(1));
    assert_eq!(second.ask("a row").await.expect("it answers"), None);
    assert_eq!(second.ask("a row").await.expect("it answers"), None, "asking again keeps the place in line");
    assert!(first.give_back().await.expect("it answers"));
    assert_eq!(second.ask("a row").await.expect("it answers"), Some(2));
    assert!(second.give_back().await.expect("it answers"));
    assert!(!second.give_back().await.expect("it answers"), "there is nothing left to give back");
    place.tear_down().await.expect("it is removed");
}

#[tokio::test]
async fn whoever_stands_still_loses_its_session_and_learns_it_when_it_goes_on() {
    let service = ZooKeeper::reach(&cluster()).await.expect("it answers");
    let place = service.open("contract-expiry", LEASE).await.expect("it opens");
    let mut holder = place.client("holder").await.expect("a client");
    let mut other = place.client("other").await.expect("a client");
    assert_eq!(holder.ask("a row").await.expect("it answers"), Some(1));
    holder.stand_still().await.expect("its session ends");
    assert_eq!(other.ask("a row").await.expect("it answers"), Some(2));
    holder.go_on();
    assert!(!holder.give_back().await.expect("it answers"), "it was taken away");
    assert_eq!(holder.ask("a row").await.expect("a new session"), None, "at the end of the line");
    place.tear_down().await.expect("it is removed");
}

#[tokio::test]
async fn the_stale_write_of_a_holder_whose_session_ended_really_corrupts_the_row() {
    let (lab, _folder) = open_lab().await;
    let spec = asked(&lab, "distributed-lock", json!({ "hardships": stands_still("buyer-1/write#1") }));
    let entries = run(&lab, spec).await;
    assert_eq!(tokens(&entries), [1, 2]);
    let lost = verdict(&entries).on("no-lost-update").expect("it is judged");
    assert_eq!(lost.ruling, Ruling::Broken, "{lost:?}");
}

#[tokio::test]
async fn a_fence_that_is_checked_only_on_the_write_comes_too_late() {
    let (lab, _folder) = open_lab().await;
    let both = json!([
        { "kind": "pause", "at": "buyer-1/write#1" }, { "kind": "pause", "at": "buyer-2/write#1" },
    ]);
    let spec = asked(&lab, "distributed-lock-fenced-late", json!({ "hardships": both }));
    let entries = run(&lab, spec).await;
    let lost = verdict(&entries).on("no-lost-update").expect("it is judged");
    assert_eq!(lost.ruling, Ruling::Broken, "{lost:?}");
}

#[tokio::test]
async fn the_stale_write_is_refused_when_the_row_is_fenced_before_the_read() {
    let (lab, _folder) = open_lab().await;
    let spec =
        asked(&lab, "distributed-lock-fenced", json!({ "hardships": stands_still("buyer-1/write#1") }));
    let entries = run(&lab, spec.clone()).await;
    assert!(entries.iter().any(|entry| matches!(entry.event, Event::Fenced { token: 1, .. })));
    assert!(verdict(&entries).holds());
    let again = run(&lab, spec).await;
    let canon = |entries: &[Entry]| entries.iter().map(canon::line).collect::<Vec<_>>();
    assert_eq!(canon(&entries), canon(&again), "sessions end by another clock, and the journal is the same");
}

#[tokio::test]
async fn the_fenced_lock_survives_seeds_in_which_sessions_end() {
    let (lab, _folder) = open_lab().await;
    for seed in 0..SEEDS {
        let fields = json!({
            "seed": seed, "schedule": { "kind": "seeded" },
            "workload": { "buyers": 3, "purchases": 2, "quantity": 4, "think_ms": 3, "pauses": 15 },
        });
        let entries = run(&lab, asked(&lab, "distributed-lock-fenced", fields)).await;
        assert!(verdict(&entries).holds(), "seed {seed}: {:?}", verdict(&entries));
    }
}

#[tokio::test]
async fn a_zookeeper_that_is_not_there_is_named_with_the_remedy() {
    let folder = Folder::new();
    let config =
        Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: Some("127.0.0.1:1".into()) };
    match Lab::open(config).await {
        Err(OpenError::Engine(sentence)) => {
            assert!(
                sentence.contains("127.0.0.1:1") && sentence.contains("--engine zookeeper="),
                "{sentence}"
            );
        }
        other => panic!("{:?}", other.err()),
    }
}
