//! What the server says of itself: the OpenAPI description, the readable page, the journal's schema, the metrics.

use serde_json::Value;

use super::client::{QUICK, Server};

async fn json(server: &Server, path: &str) -> Value {
    let answer = server.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn every_described_call_that_needs_no_run_answers_as_described() {
    let server = Server::start().await;
    let described = json(&server, "/api/v1/openapi.json").await;
    let paths = described["paths"].as_object().unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3."), "{described}");
    for (path, methods) in paths.iter().filter(|(path, _)| !path.contains('{')) {
        if methods.get("get").is_some() {
            assert_eq!(server.get(path).await.status, 200, "{path}");
        }
    }
    for path in ["/api/v1/runs", "/api/v1/runs/{id}/journal", "/api/v1/runs/{id}/feed"] {
        assert!(paths.contains_key(path), "{path} is not described");
    }
}

#[tokio::test]
async fn the_journals_schema_names_every_event_that_a_run_writes() {
    let server = Server::start().await;
    let schema = server.get("/api/v1/journal.schema.json").await.body;
    let id = server.run(QUICK).await;
    for entry in server.journal(&id, 0).await {
        let name = format!("\"{}\"", entry.event.name());
        assert!(schema.contains(&name), "{name} is not in the schema");
    }
}

#[tokio::test]
async fn the_readable_page_names_every_described_path() {
    let server = Server::start().await;
    let page = server.get("/api/docs").await;
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    let described = json(&server, "/api/v1/openapi.json").await;
    for path in described["paths"].as_object().unwrap().keys() {
        assert!(page.body.contains(path.as_str()), "{path} is not on the page");
    }
}

#[tokio::test]
async fn metrics_are_told_in_the_format_that_collectors_read() {
    let server = Server::start().await;
    server.run(QUICK).await;
    let answer = server.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain"), "{answer:?}");
    let samples = answer.body.lines().filter(|line| !line.starts_with('#'));
    for sample in samples {
        let (_, value) = sample.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{sample}");
    }
    assert!(answer.body.contains("# TYPE "), "{}", answer.body);
}
