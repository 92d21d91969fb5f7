//! One writer for each product: what a rebalance and a redelivery do to it, and what fence and inbox do about them.

use lab::checks::history::request_of;
use lab::event::{Effect, Entry, Event};
use lab::verdict::Ruling;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

fn fields(strategy: &str, workload: Value, hardships: Value) -> Value {
    json!({
        "strategy": strategy, "workload": workload, "hardships": hardships,
        "schedule": { "kind": "recorded", "choices": ["buyer-1/publish#1", "buyer-2/publish#1", "consumer-1/receive#1"] },
    })
}

fn count(entries: &[Entry], is_it: impl Fn(&Event) -> bool) -> usize {
    entries.iter().filter(|entry| is_it(&entry.event)).count()
}

fn sold(entries: &[Entry]) -> Vec<String> {
    let sales = entries.iter().filter_map(|entry| match &entry.event {
        Event::FinalRead { sales, .. } => Some(sales),
        _ => None,
    });
    let mut sold: Vec<String> = sales.flatten().map(|sale| sale.operation.clone()).collect();
    sold.sort();
    sold
}

#[tokio::test]
async fn one_writer_for_each_product_needs_no_lock_while_no_partition_changes_hands() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        for strategy in ["single-writer", "single-writer-fenced"] {
            let workload = json!({ "buyers": 4, "purchases": 3, "products": 3, "quantity": 3, "consumers": 3, "partitions": 3 });
            let entries = run(&lab, spec(&lab, store, fields(strategy, workload, json!([])))).await;
            assert!(verdict(&entries).holds(), "{strategy} on {store}: {:?}", verdict(&entries));
            let price = &verdict(&entries).price;
            assert_eq!((price.published, price.redeliveries), (12, 0), "{strategy} on {store}");
            assert_eq!(price.done + price.sold_out, 12, "{strategy} on {store}");
        }
    }
}

#[tokio::test]
async fn a_command_that_comes_again_is_another_sale_under_its_own_name_unless_there_is_an_inbox() {
    let (lab, _folder) = open_lab().await;
    let crash = || json!([{ "kind": "crash", "at": "consumer-1/ack#1" }]);
    for store in STORES {
        let workload = || json!({ "partitions": 1, "quantity": 3 });
        let entries = run(&lab, spec(&lab, store, fields("single-writer", workload(), crash()))).await;
        assert_eq!(sold(&entries), ["buyer-1.1", "buyer-1.1~2", "buyer-2.1"], "on {store}");
        let judgement = verdict(&entries).on("every-request-answered").expect("it is judged");
        assert_eq!(judgement.ruling, Ruling::Broken, "on {store}");

        let entries = run(&lab, spec(&lab, store, fields("single-writer-fenced", workload(), crash()))).await;
        assert_eq!(verdict(&entries).price.redeliveries, 1, "on {store}");
        assert_eq!(sold(&entries), ["buyer-1.1", "buyer-2.1"], "on {store}");
        assert!(verdict(&entries).holds(), "on {store}: {:?}", verdict(&entries));
        assert_eq!(verdict(&entries).price.done, 2, "both were answered on {store}");
    }
}

#[tokio::test]
async fn an_old_owner_who_stood_still_is_turned_away_by_the_generation_of_the_new_one() {
    let (lab, _folder) = open_lab().await;
    let before = &["consumer-1/begin#1"][..];
    let both_before = &["consumer-1/begin#1", "consumer-2/begin#1"];
    let inside = &["consumer-1/write#1"];
    for (steps, store, is_turned_away) in [
        // The new owner has carried the command out: the inbox knows it.
        (before, "sqlite", false),
        (before, "postgres", false),
        // The new owner has read and not written yet.
        (both_before, "sqlite", true),
        (both_before, "postgres", true),
        // The new owner waits for the old one's inbox row; or, where the whole database is locked, for the old owner, who
        // then is in time.
        (inside, "sqlite", false),
        (inside, "postgres", true),
    ] {
        let pause = |step: &&str| json!({ "kind": "pause", "at": step });
        let hardships = Value::Array(steps.iter().map(pause).collect());
        let workload = json!({ "partitions": 1, "rebalance": 1, "quantity": 3 });
        let entries = run(&lab, spec(&lab, store, fields("single-writer-fenced", workload, hardships))).await;
        let place = format!("{steps:?} on {store}");
        assert!(verdict(&entries).holds(), "{place}: {:?}", verdict(&entries));
        assert!(count(&entries, |event| matches!(event, Event::Rebalanced(_))) > 0, "{place}");
        let is_fenced = |event: &Event| matches!(event, Event::Fenced { .. });
        let known = |event: &Event| matches!(event, Event::Stored { effect: Effect::Unchanged, .. });
        // Whoever came second found the fence raised, or the command in the inbox.
        assert!(count(&entries, |event| is_fenced(event) || known(event)) > 0, "{place}");
        assert_eq!(count(&entries, is_fenced) > 0, is_turned_away, "{place}");
        let sold = sold(&entries);
        let requests: Vec<&str> = sold.iter().map(|operation| request_of(operation)).collect();
        assert_eq!(requests, ["buyer-1.1", "buyer-2.1"], "{place}");
        assert_eq!(verdict(&entries).price.done, 2, "{place}");
    }
}

#[tokio::test]
async fn a_buyer_who_dies_before_it_has_asked_asks_again_and_is_answered() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let hardships = json!([{ "kind": "crash", "at": "buyer-1/publish#1" }]);
        let asked = fields("single-writer-fenced", json!({ "quantity": 3 }), hardships);
        let entries = run(&lab, spec(&lab, store, asked)).await;
        assert!(verdict(&entries).holds(), "on {store}");
        assert_eq!(verdict(&entries).price.done, 2, "on {store}");
    }
}

#[tokio::test]
async fn single_writers_answer_everybody_in_a_live_run() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let mut asked =
            fields("single-writer-fenced", json!({ "buyers": 4, "purchases": 2, "quantity": 5 }), json!([]));
        asked["schedule"] = json!({ "kind": "live" });
        let entries = run(&lab, spec(&lab, store, asked)).await;
        assert!(verdict(&entries).holds(), "on {store}: {:?}", verdict(&entries));
        assert_eq!(verdict(&entries).price.done, 5, "on {store}");
    }
}

#[tokio::test]
async fn whoever_dies_in_a_purchase_of_its_own_does_not_know_what_became_of_it() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let hardships = json!([{ "kind": "crash", "at": "buyer-1/write#1" }]);
        let entries =
            run(&lab, spec(&lab, store, fields("optimistic", json!({ "quantity": 3 }), hardships))).await;
        assert!(verdict(&entries).holds(), "on {store}");
        assert_eq!(count(&entries, |event| matches!(event, Event::Restarted)), 1, "on {store}");
        assert_eq!(sold(&entries), ["buyer-2.1"], "on {store}");
    }
}
