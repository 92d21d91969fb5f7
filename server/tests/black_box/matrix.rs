//! The matrix of crash points over HTTP.

use lab::matrix::Matrix;
use lab::spec::Spec;
use lab::sweep::Sweep;
use serde_json::{Value, json};

use super::client::{Answer, Server};

/// Two orders whose events are published after the commit, or from the outbox, before a warehouse with an inbox or not.
fn orders(strategy: &str, keeps_inbox: u64) -> Value {
    let workload = json!({ "orders": 2, "keeps_inbox": keeps_inbox });
    json!({ "lab": "outbox", "scenario": "order-placed", "strategy": strategy, "workload": workload, "schedule": { "kind": "seeded" } })
}

async fn ask(server: &Server, query: &str, spec: &Value) -> Answer {
    let line = format!("POST /api/v1/matrix{query}");
    server.send(&line, &[("Content-Type", "application/json")], spec.to_string().as_bytes()).await
}

async fn matrix(server: &Server, query: &str, spec: &Value) -> Matrix {
    let answer = ask(server, query, spec).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// At which points an invariant breaks.
fn breaches<'a>(matrix: &'a Matrix, invariant: &str) -> Vec<&'a str> {
    let breaks = |broken: &[(String, String)]| broken.iter().any(|(name, _)| name == invariant);
    matrix.points.iter().filter(|point| breaks(&point.broken)).map(|point| point.at.as_str()).collect()
}

#[tokio::test]
async fn what_is_published_after_the_commit_is_lost_by_a_crash_between_the_two() {
    let server = Server::start().await;
    let matrix = matrix(&server, "", &orders("publish-after-commit", 1)).await;
    let lost = breaches(&matrix, "no-event-lost");
    assert!(!lost.is_empty(), "{matrix:?}");
    assert!(lost.iter().all(|at| at.contains("/publish#")), "{lost:?}");
}

#[tokio::test]
async fn an_outbox_doubles_where_no_inbox_is_and_survives_every_point_where_one_is() {
    let server = Server::start().await;
    let bare = matrix(&server, "", &orders("outbox-polling", 0)).await;
    assert!(!breaches(&bare, "no-double-effect").is_empty(), "{bare:?}");
    assert_eq!(breaches(&bare, "no-event-lost"), [""; 0]);
    let whole = matrix(&server, "", &orders("outbox-polling", 1)).await;
    assert!(whole.points.len() > 20 && whole.points.iter().all(lab::matrix::Point::is_fine), "{whole:?}");
}

#[tokio::test]
async fn the_whole_way_survives_a_crash_at_every_point_where_every_stage_is_protected() {
    let server = Server::start().await;
    let shop = |strategy: &str| json!({ "lab": "whole", "scenario": "shop", "strategy": strategy, "workload": { "changes": 1 }, "schedule": { "kind": "seeded" } });
    let whole = matrix(&server, "", &shop("every-stage")).await;
    assert!(whole.points.len() > 30 && whole.points.iter().all(lab::matrix::Point::is_fine), "{whole:?}");
    let bare = matrix(&server, "", &shop("outbox-alone")).await;
    assert!(breaches(&bare, "no-double-order").contains(&"service-1/respond#1"), "{bare:?}");
    assert!(breaches(&bare, "no-double-effect").contains(&"relay/mark#1"), "{bare:?}");
    assert_eq!(breaches(&bare, "no-event-lost"), [""; 0]);
}

#[tokio::test]
async fn a_points_spec_starts_the_run_that_the_matrix_tells_of() {
    let server = Server::start().await;
    let matrix = matrix(&server, "?actor=service-1", &orders("publish-after-commit", 1)).await;
    assert!(matrix.points.iter().all(|point| point.at.starts_with("service-1/")), "{matrix:?}");
    let point = matrix.points.iter().find(|point| !point.broken.is_empty()).expect("a broken point");
    let id = server.run(&serde_json::to_string::<Spec>(&point.spec).unwrap()).await;
    server.feed(&id, 0).await.entries().await;
    let run: Value = server.get(&format!("/api/v1/runs/{id}")).await.json();
    let judged = run["verdict"]["judgements"].as_array().unwrap();
    for (invariant, found) in &point.broken {
        let judgement = judged.iter().find(|judgement| judgement["invariant"] == invariant.as_str()).unwrap();
        assert_eq!(
            (judgement["ruling"].as_str(), judgement["found"].as_str()),
            (Some("broken"), Some(found.as_str()))
        );
    }
}

#[tokio::test]
async fn what_has_no_matrix_is_refused_with_the_field() {
    let server = Server::start().await;
    let refused = async |query: &str, spec: Value, field: &str, words: &[&str]| {
        let answer = ask(&server, query, &spec).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        let fault = answer.problem().faults.into_iter().find(|fault| fault.field == field).expect(field);
        assert!(words.iter().all(|word| fault.message.contains(word)), "{fault:?}");
    };
    let anomalies = json!({ "lab": "concurrency", "scenario": "anomalies" });
    refused("", anomalies, "scenario", &["anomalies", "order-placed"]).await;
    refused("?actor=nobody", orders("outbox-polling", 1), "actor", &["nobody"]).await;
    let mut many = orders("outbox-polling", 1);
    many["workload"]["orders"] = 50.into();
    refused("", many, "workload", &["steps", "at most 200"]).await;
    let answer = ask(&server, "?act=relay", &orders("outbox-polling", 1)).await;
    assert_eq!(answer.problem().kind, "/problems/bad-query");
    assert!(server.journal_count().await == 0, "a matrix keeps nothing");
}

#[tokio::test]
async fn a_sweep_tells_the_throughput_for_each_number_of_askers_and_refuses_where_nobody_counts_them() {
    let server = Server::start().await;
    let sweep = async |spec: &Value| {
        server
            .send("POST /api/v1/sweep", &[("Content-Type", "application/json")], spec.to_string().as_bytes())
            .await
    };
    let spec = json!({ "strategy": "atomic-update", "workload": { "think_ms": 0 } });
    let swept: Sweep = sweep(&spec).await.json();
    let values: Vec<u64> = swept.points.iter().map(|point| point.value).collect();
    assert_eq!(values, lab::sweep::VALUES);
    assert!(swept.points.iter().all(|point| point.holds && point.per_second > 0.0), "{swept:?}");
    let refused = sweep(&orders("outbox-polling", 1)).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.problem().detail.contains("stock has both"), "{refused:?}");
    assert!(server.journal_count().await == 0, "a sweep keeps nothing");
}

#[tokio::test]
async fn one_matrix_is_made_at_a_time_and_only_so_many_wait() {
    let server = Server::start().await;
    let mut long = orders("outbox-polling", 1);
    long["workload"]["orders"] = 3.into();
    let asked = (0..9).map(|_| ask(&server, "", &long));
    let answers = futures::future::join_all(asked).await;
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].problem().kind, "/problems/queue-full");
    assert!(!refused[0].header("retry-after").is_empty());
}
