//! Every order of steps of a small run: what breaks in some, and what in none.

use engine::Lab;
use lab::canon;
use lab::catalog::{PromiseValue, StrategyCard};
use lab::explore::{Explored, Order};
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
async fn check_all_orders(lab: &Lab, card: &StrategyCard, store: &str, fields: Value) {
    let explored = explored(lab, store, fields).await;
    let place = format!("{} on {store}", card.name);
    assert!(explored.is_all, "{place}: more than {ORDERS_MAX} orders");
    let mut lists: Vec<&Vec<String>> = explored.orders.iter().map(|order| &order.steps).collect();
    lists.dedup();
    assert_eq!(lists.len(), explored.orders.len(), "{place}: each order comes once");
    for cell in card.promises.iter().filter(|cell| cell.engine == store && cell.value == PromiseValue::Holds)
    {
        let worst = explored.orders.iter().find(|order| {
            order.broken.iter().any(|(name, _)| *name == cell.invariant)
                || order.undecided.contains(&cell.invariant)
        });
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
    for store in STORES {
        for card in lab.catalog().strategies_of("stock").filter(|card| !card.is_missing_on(store)) {
            // Whoever waits for a lease or for a command looks again and again, so there is no last order.
            if !card.leases && !card.name.starts_with("single-writer") {
                let fields = json!({ "strategy": card.name, "retry": { "attempts_max": 2 } });
                check_all_orders(&lab, card, store, fields).await;
            }
        }
    }
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
async fn orders_of_a_scenario_with_messages_have_no_end_and_are_refused() {
    let (lab, _folder) = open_lab().await;
    let asked = spec(
        &lab,
        "sqlite",
        json!({ "lab": "outbox", "scenario": "order-placed", "strategy": "outbox-polling" }),
    );
    let refused = lab.explore(&asked, 10).await.expect_err("it has no end");
    assert!(refused.to_string().contains("order-placed"), "{refused}");
}
