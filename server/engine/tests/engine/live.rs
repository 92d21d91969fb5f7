//! Live runs: real concurrency on real connections.

use lab::event::{Entry, Event};
use lab::fold::{MarkKind, Stage};
use lab::schedule::Schedule;
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::json;

use crate::harness::{STORES, open_lab, run, spec, verdict};

#[tokio::test(flavor = "multi_thread")]
async fn unprotected_buyers_lose_updates_in_a_live_run() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let fields = json!({ "workload": { "buyers": 8, "purchases": 5, "quantity": 100, "think_ms": 2 } });
        let entries = run(&lab, spec(&lab, store, fields)).await;
        let judgement = verdict(&entries).on("no-lost-update").expect("it is judged");
        assert_eq!(judgement.ruling, Ruling::Broken, "{store}");
        assert!(shown_as_lost(&entries) <= judgement.count, "{store}: the picture shows what did not happen");
    }
}

/// How many writes the picture shows as one over another that was never seen.
fn shown_as_lost(entries: &[Entry]) -> u64 {
    Stage::of(entries).marks.iter().filter(|mark| mark.kind == MarkKind::BlindWrite).count() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cures_hold_in_live_runs() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["atomic-update", "optimistic"] {
            let fields = json!({
                "strategy": strategy, "retry": { "attempts_max": 100, "base_ms": 1 },
                "workload": { "buyers": 8, "purchases": 5, "quantity": 20, "think_ms": 1 },
            });
            let entries = run(&lab, spec(&lab, store, fields)).await;
            assert!(verdict(&entries).holds(), "{strategy} on {store}: {:?}", verdict(&entries));
            assert_eq!(shown_as_lost(&entries), 0, "{strategy} on {store}");
        }
    }
}

/// In a live run nobody knows from outside when the last message has come: the actors find out together.
#[tokio::test(flavor = "multi_thread")]
async fn what_holds_through_every_hardship_holds_in_a_live_run_too_and_the_run_ends() {
    let (lab, _folder) = open_lab().await;
    for card in &lab.catalog().strategies {
        for store in STORES {
            let kept: Vec<_> = card
                .promises
                .iter()
                .filter(|cell| cell.engine == store && cell.scenario != "stock" && cell.trial.is_some())
                .collect();
            let Some(trial) = kept.first().and_then(|cell| cell.trial.clone()) else { continue };
            let trial = Spec { schedule: Schedule::Live, ..trial };
            let entries = run(&lab, trial.clone()).await;
            // Where promises differ by a knob, those of its other values are about other runs.
            for cell in kept.into_iter().filter(|cell| cell.is_about(&trial)) {
                let judgement = verdict(&entries).on(&cell.invariant).expect("it is judged");
                assert_eq!(judgement.ruling, Ruling::Holds, "{} on {store}: {judgement:?}", card.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_spec_is_the_classic_picture() {
    let (lab, _folder) = open_lab().await;
    let entries = run(&lab, spec(&lab, "sqlite", json!({ "pace": "brisk" }))).await;
    assert!(entries.len() <= 14, "{} entries", entries.len());
    assert_eq!(verdict(&entries).on("no-lost-update").expect("judged").ruling, Ruling::Broken);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_numbered_without_gaps_and_begin_and_end_as_promised() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({ "workload": { "buyers": 16, "purchases": 20, "quantity": 100, "think_ms": 0 } });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    assert!(entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq));
    assert!(matches!(entries[0].event, Event::Header(_)));
    assert!(matches!(entries[entries.len() - 1].event, Event::Verdict(_)));
    assert!(entries.iter().all(|entry| entry.causes.iter().all(|cause| *cause < entry.seq)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_wait_is_told_while_it_lasts_and_before_its_answer() {
    let (lab, _folder) = open_lab().await;
    let fields =
        json!({ "strategy": "row-lock", "workload": { "buyers": 3, "quantity": 3, "think_ms": 200 } });
    let entries = run(&lab, spec(&lab, "postgres", fields)).await;
    let waits: Vec<_> = entries.iter().filter(|entry| matches!(entry.event, Event::Blocked { .. })).collect();
    assert!(!waits.is_empty());
    for wait in waits {
        let same = |entry: &&lab::event::Entry| (&entry.actor, &entry.step) == (&wait.actor, &wait.step);
        let answer = entries.iter().rfind(same).expect("it was answered");
        assert!(answer.seq > wait.seq && !matches!(answer.event, Event::Blocked { .. }), "{wait:?}");
    }
    assert!(verdict(&entries).holds());
}

/// A partition that changes hands goes to somebody who had nothing to do a moment before, and must still be there.
#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_changes_hands_again_and_again_is_read_to_its_end() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for seed in 0..4 {
            let fields = json!({
                "lab": "messages", "scenario": "order-status", "strategy": "partitioned-versioned", "seed": seed,
                "workload": {
                    "orders": 4, "steps": 2, "consumers": 2, "partitions": 1, "lost_acks": 60, "rebalance": 1,
                },
            });
            let entries = run(&lab, spec(&lab, store, fields)).await;
            assert!(verdict(&entries).holds(), "seed {seed} on {store}: {:?}", verdict(&entries));
        }
    }
}
