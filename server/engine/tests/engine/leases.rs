//! Leases, fences and standstills, on both stores.

use lab::event::{Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// Two buyers under this strategy, seeded, with these further fields of the workload.
fn fields(strategy: &str, workload: Value) -> Value {
    let mut all = json!({ "buyers": 2, "purchases": 1, "quantity": 5 });
    for (knob, value) in workload.as_object().expect("an object") {
        all[knob] = value.clone();
    }
    json!({ "strategy": strategy, "schedule": { "kind": "seeded" }, "workload": all })
}

fn tokens(entries: &[Entry]) -> Vec<i64> {
    let granted = |entry: &Entry| match entry.event {
        Event::LeaseGranted { token, .. } => Some(token),
        _ => None,
    };
    entries.iter().filter_map(granted).collect()
}

#[tokio::test]
async fn holders_who_are_done_before_their_lease_is_over_take_turns_with_rising_tokens() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["distributed-lock", "distributed-lock-fenced-late", "distributed-lock-fenced"] {
            let asked = fields(strategy, json!({ "buyers": 4, "purchases": 3, "quantity": 9 }));
            let entries = run(&lab, spec(&lab, store, asked)).await;
            assert!(verdict(&entries).holds(), "{strategy} on {store}");
            assert_eq!(tokens(&entries), (1..=12).collect::<Vec<_>>(), "{strategy} on {store}");
        }
    }
}

#[tokio::test]
async fn a_late_holder_is_turned_away_by_the_fence_and_tries_again() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut asked = fields("distributed-lock-fenced", json!({}));
        asked["schedule"] = json!({ "kind": "recorded", "choices": [] });
        asked["hardships"] = json!([{ "kind": "pause", "at": "buyer-1/write#1" }]);
        let entries = run(&lab, spec(&lab, store, asked)).await;
        let fenced: Vec<&Entry> =
            entries.iter().filter(|entry| matches!(entry.event, Event::Fenced { .. })).collect();
        assert_eq!(fenced.len(), 1, "on {store}");
        assert_eq!(fenced[0].actor.as_deref(), Some("buyer-1"));
        let gave_back = |entry: &&Entry| matches!(entry.event, Event::LeaseReleased { was_held: false, .. });
        assert!(entries.iter().any(|entry| gave_back(&entry)), "the old lease was gone on {store}");
        assert!(verdict(&entries).holds(), "on {store}");
        assert_eq!(verdict(&entries).price.done, 2, "both have bought in the end on {store}");
    }
}

#[tokio::test]
async fn a_holder_of_a_row_lock_who_stands_still_keeps_everybody_waiting_and_breaks_nothing() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut asked = fields("row-lock", json!({}));
        asked["hardships"] = json!([{ "kind": "pause", "at": "buyer-1/write#1" }]);
        let entries = run(&lab, spec(&lab, store, asked)).await;
        assert!(entries.iter().any(|entry| matches!(entry.event, Event::Paused { for_us: 400_000 })));
        assert!(verdict(&entries).holds(), "on {store}");
    }
}

#[tokio::test]
async fn a_real_lease_runs_out_in_a_live_run_while_its_holder_stands_still() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut asked = fields("distributed-lock", json!({ "lease_ms": 400, "think_ms": 1 }));
        asked["schedule"] = json!({ "kind": "live" });
        // Whichever buyer is first stands still; whoever comes second, too, but it holds no lease that matters by then.
        asked["hardships"] = json!([
            { "kind": "pause", "at": "buyer-1/write#1" }, { "kind": "pause", "at": "buyer-2/write#1" },
        ]);
        let entries = run(&lab, spec(&lab, store, asked)).await;
        assert_eq!(tokens(&entries), [1, 2], "on {store}");
        let lost = verdict(&entries).on("no-lost-update").expect("it is judged");
        assert_eq!(lost.ruling, Ruling::Broken, "on {store}: {lost:?}");
    }
}
