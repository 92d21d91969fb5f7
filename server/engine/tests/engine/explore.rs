//! Every order of steps of a small run: what breaks in some, and what in none.

use engine::Lab;
use lab::canon;
use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::explore::{Explored, Order};
use lab::spec::Spec;
use serde_json::{Value, json};

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// No strategy has more orders with two buyers and one item; SQLite and PostgreSQL differ by who waits where.
const ORDERS_MAX: usize = 400;

async fn explored(lab: &Lab, store: &str, fields: Value) -> Explored {
    lab.explore(&spec(lab, store, fields), ORDERS_MAX).await.expect("the orders are tried")
}

fn broken<'a>(explored: &'a Explored, invariant: &'a str) -> impl Iterator<Item = &'a Order> {
    explored.orders.iter().filter(move |order| order.broken.iter().any(|(name, _)| name == invariant))
}

#[tokio::test]
async fn two_steps_of_two_buyers_come_in_six_orders_and_four_of_them_lose_an_update() {
    let (lab, _folder) = open_lab().await;
    for store in STORES {
        let explored = explored(&lab, store, json!({ "strategy": "unprotected" })).await;
        assert!(explored.is_all);
        let fine: Vec<String> = explored
            .orders
            .iter()
            .filter(|order| order.is_fine())
            .map(|order| order.steps.join(" "))
            .collect();
        // Only one after the other is fine, and then the second one finds nothing to sell and does not write.
        assert_eq!(
            fine,
            [
                "buyer-1/read#1 buyer-1/write#1 buyer-2/read#1",
                "buyer-2/read#1 buyer-2/write#1 buyer-1/read#1"
            ]
        );
        assert_eq!(broken(&explored, "no-lost-update").count(), 4, "on {store}: {explored:?}");
        assert_eq!(explored.orders.len(), 6, "on {store}");
    }
}

/// The first and the last order of each strategy play again as they were, and what is promised to hold holds in all.
async fn check_all_orders(lab: &Lab, card: &StrategyCard, store: &str, spec: &Spec) {
    let explored = lab.explore(spec, ORDERS_MAX).await.expect("the orders are tried");
    let place = format!("{} on {store}", card.name);
    assert!(explored.is_all, "{place}: more than {ORDERS_MAX} orders");
    let mut lists: Vec<&Vec<String>> = explored.orders.iter().map(|order| &order.steps).collect();
    lists.dedup();
    assert_eq!(lists.len(), explored.orders.len(), "{place}: each order comes once");
    let holds = |cell: &&Promise| {
        (cell.scenario.as_str(), cell.engine.as_str()) == ("stock", store)
            && cell.value == PromiseValue::Holds
    };
    for cell in card.promises.iter().filter(holds) {
        let worst = explored.orders.iter().find(|order| !order.keeps(&cell.invariant));
        assert!(worst.is_none(), "{place}, {}: {worst:?}", cell.invariant);
    }
    for order in [explored.orders.first(), explored.orders.last()].into_iter().flatten() {
        let again = run(lab, order.spec.clone()).await;
        assert_eq!(verdict(&again).broken(), order.broken, "{place}: {:?}", order.steps);
        let departed = again.iter().find(|entry| matches!(entry.event, lab::event::Event::Departed { .. }));
        assert!(departed.is_none(), "{place}: {:?}", departed.map(canon::line));
    }
}

#[tokio::test]
async fn what_holds_in_the_stock_holds_in_every_order_of_two_buyers() {
    let (lab, _folder) = open_lab().await;
    let stock = lab.catalog().scenario("concurrency", "stock").expect("it is there").clone();
    for store in STORES {
        for card in lab.catalog().strategies_of("stock").filter(|card| !card.is_missing_on(store)) {
            if let Some(spec) = lab::explore::smallest(&stock, card, store) {
                check_all_orders(&lab, card, store, &spec).await;
            }
        }
    }
}

#[tokio::test]
async fn whoever_looks_again_and_again_is_not_let_look_at_any_move_and_that_is_said() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({ "scenario": "checkout", "strategy": "saga-log", "workload": { "supervisor": 1 } });
    assert!(
        !explored(&lab, "sqlite", fields).await.is_all,
        "the supervisor could look before the coordinator is done"
    );
}

#[tokio::test]
async fn an_order_without_an_end_is_left_out_and_the_others_are_told() {
    let (lab, _folder) = open_lab().await;
    let asked = spec(
        &lab,
        "sqlite",
        json!({ "strategy": "distributed-lock", "engine": { "store": "sqlite", "locks": "raft" } }),
    );
    let explored = lab.explore(&asked, 6).await.expect("some have an end");
    assert!(!explored.orders.is_empty() && !explored.is_all, "{explored:?}");
}

#[tokio::test]
async fn what_is_tried_ends_at_its_limit_and_says_so() {
    let (lab, _folder) = open_lab().await;
    let asked = spec(
        &lab,
        "sqlite",
        json!({ "strategy": "unprotected", "workload": { "buyers": 3, "quantity": 3 } }),
    );
    let explored = lab.explore(&asked, 7).await.expect("the orders are tried");
    assert_eq!((explored.orders.len(), explored.is_all), (7, false));
}

#[tokio::test]
async fn a_view_goes_back_in_some_orders_of_two_events_and_in_none_where_versions_are_minded() {
    let (lab, _folder) = open_lab().await;
    let fields = |strategy: &str| {
        let workload = json!({ "orders": 1, "steps": 2, "consumers": 2 });
        json!({ "lab": "messages", "scenario": "order-status", "strategy": strategy, "workload": workload })
    };
    for store in STORES {
        let bare = explored(&lab, store, fields("arrival-order")).await;
        let minded = explored(&lab, store, fields("version-ignore-stale")).await;
        let counts = (bare.orders.len(), minded.orders.len());
        let back = broken(&bare, "final-view-correct").count();
        assert_eq!((back, counts), (18, (192, 192)), "on {store}");
        assert_eq!(broken(&minded, "final-view-correct").count(), 0, "on {store}");
    }
}
