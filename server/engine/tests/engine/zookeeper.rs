//! Locks from a real ZooKeeper: the contract of the port, and what happens when a session ends.

use engine::locks::zookeeper::{ZooKeeper, ZooKeeperRun};
use engine::{Config, Lab, OpenError};
use lab::canon;
use lab::event::{Entry, Event};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{Folder, run, spec, verdict};
use crate::lock_contract;

/// Seeds that the fenced lock must survive here; each standstill waits for a real session to end.
const SEEDS: u64 = 10;

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

/// A place of its own in the ZooKeeper that the test command started.
async fn place(name: &str) -> ZooKeeperRun {
    let service = ZooKeeper::reach(&cluster()).await.expect("it answers");
    service.open(name, lock_contract::LEASE).await.expect("it opens")
}

#[tokio::test]
async fn a_name_is_granted_in_the_order_of_asking_with_rising_tokens() {
    let place = place("contract-order").await;
    lock_contract::a_name_is_granted_in_the_order_of_asking_with_rising_tokens(&place).await;
}

#[tokio::test]
async fn whoever_stands_still_loses_its_session_and_learns_it_when_it_goes_on() {
    let place = place("contract-expiry").await;
    lock_contract::whoever_stands_still_loses_what_it_has_and_learns_it_when_it_goes_on(&place).await;
}

#[tokio::test]
async fn whoever_leaves_the_line_is_passed_over() {
    lock_contract::whoever_leaves_the_line_is_passed_over(&place("contract-line").await).await;
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
