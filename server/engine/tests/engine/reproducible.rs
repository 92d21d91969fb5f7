//! The same spec and seed give the same journal, and a journal's own schedule gives it back.

use lab::event::{Entry, Event};
use lab::schedule::{self, Schedule};
use lab::{canon, checks};
use serde_json::json;

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// How often each spec is run.
const TIMES: usize = 100;

async fn check_same(strategy: &str, store: &str) {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "strategy": strategy, "seed": 7, "schedule": { "kind": "seeded" },
        "workload": { "buyers": 3, "purchases": 2, "quantity": 4, "think_ms": 3 },
    });
    let first = run(&lab, spec(&lab, store, fields.clone())).await;
    for time in 1..TIMES {
        let again = run(&lab, spec(&lab, store, fields.clone())).await;
        assert_same(&first, &again, &format!("{strategy} on {store}, time {time}"));
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_unprotected_on_sqlite() {
    check_same("unprotected", "sqlite").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_unprotected_on_postgres() {
    check_same("unprotected", "postgres").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_optimistic_on_sqlite() {
    check_same("optimistic", "sqlite").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_optimistic_on_postgres() {
    check_same("optimistic", "postgres").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_row_lock_on_sqlite() {
    check_same("row-lock", "sqlite").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_row_lock_on_postgres() {
    check_same("row-lock", "postgres").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_transaction_only_on_sqlite() {
    check_same("transaction-only", "sqlite").await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_100_times_transaction_only_on_postgres() {
    check_same("transaction-only", "postgres").await;
}

/// Crashes, lost acknowledgements, late messages and an outage are all drawn from the seed, so they come again.
#[tokio::test]
async fn the_same_seed_gives_the_same_journal_through_every_hardship_and_so_does_its_own_schedule() {
    let (lab, _folder) = open_lab().await;
    for card in &lab.catalog().strategies {
        let mut tried: Vec<lab::spec::Spec> = Vec::new();
        for cell in card.promises.iter().filter(|cell| cell.scenario != "stock") {
            let Some(trial) = cell.trial.clone().filter(|trial| !tried.contains(trial)) else { continue };
            tried.push(trial.clone());
            let first = run(&lab, trial.clone()).await;
            let place = format!("{} on {}", card.name, cell.engine);
            let again = run(&lab, trial.clone()).await;
            assert_same(&first, &again, &place);
            let choices = schedule::of_journal(&first);
            let recorded =
                run(&lab, lab::spec::Spec { schedule: Schedule::Recorded { choices }, ..trial }).await;
            // The headers differ, because the specs do; everything after them must not.
            assert_same(&first[1..], &recorded[1..], &format!("{place}, recorded"));
        }
    }
}

/// Names the first entry that differs, with the few before it: whole journals are too long to be read in a failure.
fn assert_same(first: &[Entry], again: &[Entry], place: &str) {
    let Some(seq) = canon::first_difference(first, again) else { return };
    let around = |entries: &[Entry]| {
        let near = entries.iter().filter(|entry| (seq.saturating_sub(12)..=seq + 1).contains(&entry.seq));
        near.map(canon::line).collect::<Vec<_>>().join("\n")
    };
    panic!("{place}, entry {seq}:\n{}\n\nand again:\n{}", around(first), around(again));
}

#[tokio::test]
async fn a_recorded_schedule_gives_the_seeded_journal_back() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in
            ["unprotected", "atomic-update", "optimistic", "transaction-only", "serializable", "row-lock"]
        {
            let fields = json!({
                "strategy": strategy, "seed": 11, "schedule": { "kind": "seeded" },
                "workload": { "buyers": 3, "purchases": 2, "quantity": 3, "think_ms": 2 },
            });
            let seeded = spec(&lab, store, fields);
            let first = run(&lab, seeded.clone()).await;
            let mut recorded = seeded;
            recorded.schedule = Schedule::Recorded { choices: schedule::of_journal(&first) };
            let again = run(&lab, recorded).await;
            // The headers differ, because the specs do; everything after them must not.
            assert_same(&first[1..], &again[1..], &format!("{strategy} on {store}"));
        }
    }
}

#[tokio::test]
async fn a_choice_that_cannot_be_followed_is_written_down_with_its_reason() {
    let (lab, _folder) = open_lab().await;
    let choices = json!(["buyer-9/read#1", "buyer-1/read#1", "buyer-1/write#1", "buyer-1/write#2"]);
    let fields = json!({ "schedule": { "kind": "recorded", "choices": choices } });
    let asked = spec(&lab, "sqlite", fields);
    let entries = run(&lab, asked.clone()).await;
    let departed: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Departed { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(departed, ["there is no buyer-9 in this run", "buyer-1 is done"]);
    // They were choices all the same: the journal's own list departs in the same places.
    let choices = schedule::of_journal(&entries);
    let again = run(&lab, lab::spec::Spec { schedule: Schedule::Recorded { choices }, ..asked }).await;
    assert_eq!(canon::form(&entries[1..]), canon::form(&again[1..]));
}

#[tokio::test]
async fn choices_that_are_left_when_everybody_is_done_are_written_down_too() {
    let (lab, _folder) = open_lab().await;
    let moves = ["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"];
    let choices: Vec<&str> = moves.iter().copied().chain(["buyer-1/read#2", "nobody/read#1"]).collect();
    let fields = json!({ "schedule": { "kind": "recorded", "choices": choices } });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    let left = entries.iter().filter_map(|entry| match &entry.event {
        Event::Departed { choice, .. } => Some(choice.as_str()),
        _ => None,
    });
    assert_eq!(left.collect::<Vec<_>>(), ["buyer-1/read#2", "nobody/read#1"]);
}

#[tokio::test]
async fn the_verdict_follows_from_the_journal_alone() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let fields = json!({ "schedule": { "kind": "seeded" }, "workload": { "buyers": 4, "purchases": 3, "quantity": 5 } });
        let entries = run(&lab, spec(&lab, store, fields)).await;
        let judged = checks::judge(&entries[..entries.len() - 1]);
        assert_eq!(&judged, verdict(&entries), "{store}");
    }
}

#[tokio::test]
async fn who_wants_a_locked_row_is_blocked_by_its_holder_and_the_next_is_queued_behind() {
    let (lab, _folder) = open_lab().await;
    // On SQLite the lock comes with `begin immediate`, on PostgreSQL with the locking read.
    for (store, step) in [("sqlite", "begin"), ("postgres", "read")] {
        let choices = match store {
            "sqlite" => json!(["buyer-1/begin#1", "buyer-2/begin#1", "buyer-3/begin#1"]),
            _ => json!([
                "buyer-1/begin#1",
                "buyer-2/begin#1",
                "buyer-3/begin#1",
                "buyer-1/read#1",
                "buyer-2/read#1",
                "buyer-3/read#1"
            ]),
        };
        let fields = json!({
            "strategy": "row-lock", "schedule": { "kind": "recorded", "choices": choices },
            "workload": { "buyers": 3, "quantity": 2 },
        });
        let entries = run(&lab, spec(&lab, store, fields)).await;
        let waits: Vec<String> = entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Blocked { by, .. } => Some(format!("{} by {}", entry.actor.as_ref()?, by.join(","))),
                Event::Queued { behind, .. } => Some(format!("{} behind {behind}", entry.actor.as_ref()?)),
                _ => None,
            })
            .collect();
        let expected = ["buyer-2 by buyer-1", "buyer-3 behind buyer-2", "buyer-3 by buyer-2"];
        assert_eq!(waits, expected, "{step} on {store}");
        assert!(verdict(&entries).holds(), "{store}");
    }
}
