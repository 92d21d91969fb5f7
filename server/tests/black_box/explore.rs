//! Every order of steps over HTTP.

use lab::explore::Explored;
use serde_json::{Value, json};

use super::client::{Answer, Server};

async fn ask(server: &Server, spec: &Value) -> Answer {
    let headers = [("Content-Type", "application/json")];
    server.send("POST /api/v1/explore", &headers, spec.to_string().as_bytes()).await
}

#[tokio::test]
async fn an_orders_spec_starts_the_run_that_the_answer_tells_of() {
    let server = Server::start().await;
    let answer = ask(&server, &json!({ "strategy": "unprotected" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let explored: Explored = answer.json();
    assert_eq!((explored.orders.len(), explored.is_all), (6, true));
    assert_eq!(server.journal_count().await, 0, "nothing of it is kept");
    let order = explored.orders.iter().find(|order| !order.is_fine()).expect("an order that breaks");
    let id = server.run(&serde_json::to_string(&order.spec).unwrap()).await;
    let entries = server.feed(&id, 0).await.entries().await;
    let judged = lab::checks::judge(&entries);
    assert_eq!(judged.broken(), order.broken);
}

#[tokio::test]
async fn more_orders_than_anybody_waits_for_end_at_the_limit() {
    let server = Server::start().await;
    let explored: Explored = ask(&server, &json!({ "strategy": "transaction-only" })).await.json();
    assert_eq!((explored.orders.len(), explored.is_all), (250, false));
}

#[tokio::test]
async fn a_run_that_is_too_long_is_refused_with_the_field() {
    let server = Server::start().await;
    let workload = json!({ "buyers": 64, "purchases": 5 });
    let answer = ask(&server, &json!({ "strategy": "unprotected", "workload": workload })).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(answer.problem().faults[0].field, "workload");
}
