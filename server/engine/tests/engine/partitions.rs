//! The troubles of partitions: keys that spread badly, and what overtakes where nothing waits.

use std::collections::BTreeMap;

use engine::Lab;
use lab::event::{Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{open_lab, run, spec, verdict};

async fn events(lab: &Lab, strategy: &str, workload: Value, seed: u64) -> Vec<Entry> {
    let fields = json!({
        "lab": "messages", "strategy": strategy, "workload": workload, "schedule": { "kind": "seeded" }, "seed": seed,
    });
    run(lab, spec(lab, "sqlite", fields)).await.to_vec()
}

/// How many messages were published to each partition.
fn spread(entries: &[Entry]) -> BTreeMap<u64, usize> {
    let mut spread = BTreeMap::new();
    for entry in entries {
        if let Event::Published { partition, .. } = entry.event {
            *spread.entry(partition).or_default() += 1;
        }
    }
    spread
}

/// How many consumers were handed anything.
fn busy(entries: &[Entry]) -> usize {
    let handed = entries.iter().filter(|entry| matches!(entry.event, Event::Delivered { .. }));
    handed.filter_map(|entry| entry.actor.as_deref()).collect::<std::collections::BTreeSet<_>>().len()
}

#[tokio::test]
async fn a_key_of_low_cardinality_leaves_most_partitions_empty_and_their_consumers_idle() {
    let (lab, _folder) = open_lab().await;
    let workload =
        |routed_by: &str| json!({ "orders": 16, "partitions": 8, "consumers": 8, "routed_by": routed_by });
    let by_order = events(&lab, "partitioned", workload("order"), 42).await;
    let by_country = events(&lab, "partitioned", workload("country"), 42).await;
    assert!(spread(&by_order).len() > 4 && busy(&by_order) > 4, "{:?}", spread(&by_order));
    assert!(spread(&by_country).len() <= 2 && busy(&by_country) <= 2, "{:?}", spread(&by_country));
    for entries in [&by_order, &by_country] {
        assert!(verdict(entries).holds(), "{:?}", verdict(entries));
    }
}

#[tokio::test]
async fn a_hot_key_makes_one_partition_lag_while_every_order_stays_right() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({ "orders": 16, "partitions": 8, "consumers": 8, "routed_by": "customer" });
    let entries = events(&lab, "partitioned", workload, 42).await;
    let (spread, all) = (spread(&entries), 32);
    let hottest = spread.values().max().copied().unwrap_or_default();
    assert!(hottest * 4 >= all * 3, "{spread:?}");
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}

#[tokio::test]
async fn a_retry_topic_lets_later_events_overtake_and_a_retry_at_its_place_does_not() {
    let (lab, _folder) = open_lab().await;
    let workload = |retry: &str| json!({ "orders": 2, "steps": 4, "failures": 40, "retry_topic": retry });
    let mut overtaken = 0;
    for seed in 0..10 {
        let waits = events(&lab, "partitioned", workload("at-its-place"), seed).await;
        assert!(verdict(&waits).holds(), "seed {seed}: {:?}", verdict(&waits));
        let beside = events(&lab, "partitioned", workload("retry-topic"), seed).await;
        let back = verdict(&beside).on("view-never-goes-back").expect("it is judged").ruling;
        overtaken += u64::from(back == Ruling::Broken);
        let versioned = events(&lab, "partitioned-versioned", workload("retry-topic"), seed).await;
        assert!(verdict(&versioned).holds(), "seed {seed}: {:?}", verdict(&versioned));
    }
    assert!(overtaken > 0, "nothing was overtaken in ten seeds");
}

#[tokio::test]
async fn a_second_hop_by_the_order_keeps_order_and_one_by_another_key_does_not() {
    let (lab, _folder) = open_lab().await;
    let workload = |hop: &str| json!({ "orders": 2, "steps": 5, "held_back": 30, "second_hop": hop });
    let mut overtaken = 0;
    for seed in 0..10 {
        let kept = events(&lab, "partitioned", workload("by-order"), seed).await;
        assert!(verdict(&kept).holds(), "seed {seed}: {:?}", verdict(&kept));
        let lost = events(&lab, "partitioned", workload("by-step"), seed).await;
        let back = verdict(&lost).on("view-never-goes-back").expect("it is judged").ruling;
        overtaken += u64::from(back == Ruling::Broken);
        let versioned = events(&lab, "partitioned-versioned", workload("by-step"), seed).await;
        assert!(verdict(&versioned).holds(), "seed {seed}: {:?}", verdict(&versioned));
    }
    assert!(overtaken > 0, "nothing was overtaken in ten seeds");
}

#[tokio::test]
async fn everything_goes_through_the_forwarder_and_the_consumers_read_the_second_topic_alone() {
    let (lab, _folder) = open_lab().await;
    let workload =
        json!({ "orders": 4, "steps": 3, "partitions": 3, "consumers": 3, "second_hop": "by-order" });
    let entries = events(&lab, "partitioned-versioned", workload, 7).await;
    assert_eq!(spread(&entries).values().sum::<usize>(), 24, "each event is published twice");
    for entry in entries.iter() {
        if let Event::Delivered { partition, .. } = entry.event {
            let is_second = partition >= 5;
            assert_eq!(is_second, entry.actor.as_deref() != Some("forwarder"), "{entry:?}");
        }
    }
}

#[tokio::test]
async fn a_strategy_without_partitions_has_no_forwarder() {
    let (lab, _folder) = open_lab().await;
    let entries = events(&lab, "version-ignore-stale", json!({ "second_hop": "by-order" }), 1).await;
    assert!(entries.iter().all(|entry| entry.actor.as_deref() != Some("forwarder")));
}

#[tokio::test]
async fn a_retry_topic_and_a_partition_that_is_added_are_two() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({
        "orders": 8, "steps": 4, "partitions": 2, "failures": 50, "retry_topic": "retry-topic", "grows_at_ms": 10,
    });
    let entries = events(&lab, "partitioned-versioned", workload, 42).await;
    let spread = spread(&entries);
    assert!(spread.contains_key(&2) && spread.contains_key(&3), "{spread:?}");
}
