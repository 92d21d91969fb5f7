//! The outbox: rows that cannot be read, notifications that nobody hears, consumers that mind versions.

use lab::event::{Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

fn fields(strategy: &str, workload: Value) -> Value {
    json!({
        "lab": "outbox", "scenario": "order-placed", "strategy": strategy,
        "schedule": { "kind": "seeded" }, "workload": workload,
    })
}

/// The ids of published events, each once, in order.
fn published(entries: &[Entry]) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for entry in entries {
        if let Event::Published { message, .. } = &entry.event
            && !ids.contains(&message.id.as_str())
        {
            ids.push(&message.id);
        }
    }
    ids
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_up_its_own_order_until_it_is_mended_and_no_other() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let asked = fields("outbox-polling", json!({ "orders": 2, "changes": 1, "poison": 1 }));
        let entries = run(&lab, spec(&lab, store, asked)).await;
        let order = published(&entries);
        assert_eq!(
            order,
            ["order-2.placed", "order-2.changed-1", "order-1.placed", "order-1.changed-1"],
            "{store}"
        );
        assert!(verdict(&entries).holds(), "{store}: {:?}", verdict(&entries));
    }
}

#[tokio::test]
async fn a_relay_that_is_killed_again_and_again_loses_nothing_and_the_inbox_catches_every_double() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["outbox-polling", "outbox-competing-leases", "outbox-competing-by-key"] {
            let workload =
                json!({ "services": 2, "orders": 4, "changes": 1, "relay_killed_ms": 25, "lease_ms": 40 });
            let entries = run(&lab, spec(&lab, store, fields(strategy, workload))).await;
            let kills = entries.iter().filter(|entry| matches!(entry.event, Event::Crashed)).count();
            assert!(kills > 1, "{strategy} on {store}: {kills} kills");
            for invariant in ["no-event-lost", "no-phantom", "outbox-drained", "no-double-effect"] {
                let judgement = verdict(&entries).on(invariant).expect("it is judged");
                assert_eq!(judgement.ruling, Ruling::Holds, "{strategy} on {store}: {judgement:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_consumer_that_minds_versions_keeps_the_order_without_an_inbox() {
    let (lab, _folder) = open_lab().await;
    for seed in 0..30 {
        let workload = json!({
            "services": 2, "orders": 2, "changes": 1, "relays": 2, "lease_ms": 40, "pauses": 10, "crashes": 5,
            "keeps_inbox": 0, "version_check": 1,
        });
        let mut asked = fields("outbox-competing-by-key", workload);
        asked["seed"] = json!(seed);
        let entries = run(&lab, spec(&lab, "sqlite", asked)).await;
        let judgement = verdict(&entries).on("order-kept-per-key").expect("it is judged");
        assert_eq!(judgement.ruling, Ruling::Holds, "seed {seed}: {judgement:?}");
    }
}

#[tokio::test]
async fn a_commit_wakes_the_relay_that_listens() {
    let (lab, _folder) = open_lab().await;
    let mut asked = fields("outbox-notify", json!({}));
    let choices = json!(["relay/listen#1", "relay/claim#1"]);
    asked["schedule"] = json!({ "kind": "recorded", "choices": choices });
    let entries = run(&lab, spec(&lab, "postgres", asked)).await;
    let sent_us = at(&entries, |event| matches!(event, Event::Published { .. }));
    assert!(sent_us < 100_000, "it did not wait for the safety net, but sent after {sent_us} us");
    assert!(is_woken(&entries));
}

#[tokio::test]
async fn a_notification_that_nobody_hears_is_made_up_for_by_a_look() {
    let (lab, _folder) = open_lab().await;
    // The whole order is placed before the relay listens at all.
    let choices = json!([
        "service-1/begin#1",
        "service-1/order#1",
        "service-1/outbox#1",
        "service-1/notify#1",
        "service-1/commit#1",
    ]);
    let mut asked = fields("outbox-notify", json!({}));
    asked["schedule"] = json!({ "kind": "recorded", "choices": choices });
    let entries = run(&lab, spec(&lab, "postgres", asked)).await;
    assert!(!is_woken(&entries), "nothing was said after it began to listen");
    assert!(verdict(&entries).holds());
}

fn is_woken(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(&entry.event, Event::Note { text } if text.contains("wakes it")))
}

fn at(entries: &[Entry], is_it: impl Fn(&Event) -> bool) -> u64 {
    entries.iter().find(|entry| is_it(&entry.event)).map(|entry| entry.at_us).expect("it happened")
}

#[tokio::test]
async fn rows_that_are_marked_together_are_all_sent_again_when_the_relay_dies_before() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let workload = json!({ "orders": 4, "relay_batch": 3, "mark_together": 1, "outage_ms": 30 });
        let mut asked = spec(&lab, store, fields("outbox-polling", workload));
        let at = "relay/mark#1".parse::<lab::schedule::Choice>().expect("a choice");
        asked.hardships.extend(lab::spec::Hardship::new("crash", at.into()));
        let entries = run(&lab, asked).await;
        let marked: usize = entries
            .iter()
            .map(|entry| match &entry.event {
                Event::Marked(marked) => marked.rows.len(),
                _ => 0,
            })
            .sum();
        assert_eq!(marked, 4, "{store}: each row is marked once");
        let all = entries.iter().filter(|entry| matches!(entry.event, Event::Published { .. })).count();
        assert!(all > 4, "{store}: what the dead relay had sent is sent again");
        assert!(verdict(&entries).holds(), "{store}: {:?}", verdict(&entries));
    }
}

/// The levels of the outbox's lane, each with the event that set it.
fn levels(entries: &[Entry]) -> Vec<(String, i64)> {
    let stage = lab::fold::Stage::of(entries);
    let lane = stage.lane("outbox").expect("the outbox has a lane");
    let name =
        |seq: u64| entries.iter().find(|entry| entry.seq == seq).map(|entry| entry.event.name().to_owned());
    stage.lanes[lane].levels.iter().map(|level| (name(level.seq).unwrap_or_default(), level.amount)).collect()
}

#[tokio::test]
async fn in_the_picture_a_row_waits_until_it_is_marked_and_a_crash_before_that_changes_nothing() {
    let (lab, _folder) = open_lab().await;
    let asked = |strategy: &str, hardships: Value| {
        let fields = json!({
            "lab": "outbox", "scenario": "order-placed", "strategy": strategy, "workload": { "orders": 1 },
            "schedule": { "kind": "seeded" }, "hardships": hardships,
        });
        spec(&lab, "sqlite", fields)
    };
    let crash = json!([{ "kind": "crash", "at": "relay/mark#1" }]);
    for hardships in [json!([]), crash] {
        let levels = levels(&run(&lab, asked("outbox-polling", hardships)).await);
        let [(_, 1), (marked, 0)] = levels.as_slice() else { panic!("{levels:?}") };
        assert_eq!(marked, "stored");
    }
    // A relay that only remembers how far it came has done with a row when it looks for the next one.
    let levels = levels(&run(&lab, asked("outbox-last-id", json!([]))).await);
    let [(_, 1), (_, 0)] = levels.as_slice() else { panic!("{levels:?}") };
}
