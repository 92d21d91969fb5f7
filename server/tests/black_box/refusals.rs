//! What is refused, with which sentence, and that nothing is lost by it.

use super::client::{Answer, QUICK, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The server took no harm: it still tells the catalog.
async fn check_still_serves(server: &Server) {
    assert_eq!(server.get("/api/v1/catalog").await.status, 200);
}

/// A spec is refused for this field, with a sentence that holds these words.
async fn check(server: &Server, spec: &str, field: &str, words: &[&str]) {
    let answer = server.post_spec(spec).await;
    assert_eq!(answer.status, 422, "{spec}: {answer:?}");
    let problem = answer.problem();
    assert_eq!(problem.kind, "/problems/bad-spec");
    let fault = problem.faults.iter().find(|fault| fault.field == field);
    let fault = fault.unwrap_or_else(|| panic!("no fault of {field:?}: {problem:?}"));
    words.iter().for_each(|word| assert!(fault.message.contains(word), "{word}: {fault:?}"));
    check_still_serves(server).await;
}

#[tokio::test]
async fn a_wrong_spec_is_refused_by_field_value_and_range() {
    let server = Server::start().await;
    check(&server, r#"{"strategy":"magic"}"#, "strategy", &["magic", "optimistic"]).await;
    check(&server, r#"{"lab":7}"#, "lab", &["7", "concurrency"]).await;
    check(&server, r#"{"workload":{"buyers":0}}"#, "workload.buyers", &["is 0", "from 1 to"]).await;
    check(&server, r#"{"workload":{"buyers":1000000}}"#, "workload.buyers", &["1000000", "from 1 to"]).await;
    check(&server, r#"{"workload":{"buyers":"two"}}"#, "workload.buyers", &["two", "whole number"]).await;
    check(&server, r#"{"workload":{"buyers":1.5}}"#, "workload.buyers", &["1.5"]).await;
    check(&server, r#"{"workload":[]}"#, "workload", &["object"]).await;
    check(&server, r#"{"wrkload":{}}"#, "wrkload", &["not a known field"]).await;
    check(&server, r#"{"seed":-1}"#, "seed", &["-1"]).await;
    check(&server, r#"{"seed":9007199254740992}"#, "seed", &["9007199254740992"]).await;
    check(&server, r#"{"engine":{"store":"oracle"}}"#, "engine.store", &["oracle", "sqlite"]).await;
    check(&server, "[]", "", &["object"]).await;
    assert!(server.journal_count().await == 0, "a refused spec starts nothing");
}

#[tokio::test]
async fn all_faults_of_a_spec_are_told_at_once() {
    let server = Server::start().await;
    let problem = server.post_spec(r#"{"seed":-1,"pace":"lazy","workload":{"buyers":0}}"#).await.problem();
    let fields: Vec<&str> = problem.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert!(["seed", "pace", "workload.buyers"].iter().all(|field| fields.contains(field)), "{fields:?}");
}

#[tokio::test]
async fn of_a_spec_with_very_many_faults_the_first_are_told_and_how_many_there_are_besides() {
    let server = Server::start().await;
    let fields: Vec<String> = (0..50_000).map(|number| format!("\"x{number}\":1")).collect();
    let answer = server.post_spec(&format!("{{\"workload\":{{{}}}}}", fields.join(","))).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.len() < 32 * 1024, "{} bytes", answer.body.len());
    let problem = answer.problem();
    let last = problem.faults.last().unwrap();
    assert!(last.message.starts_with("49980 more faults"), "{last:?}");
}

#[tokio::test]
async fn what_is_not_json_is_refused_with_its_place() {
    let server = Server::start().await;
    check(&server, r#"{"lab": "#, "", &["not JSON", "line 1"]).await;
    check(&server, "", "", &["not JSON"]).await;
    check(&server, &"[".repeat(10_000), "", &["not JSON"]).await;
    let answer = server.send("POST /api/v1/runs", &[JSON], b"{\"lab\":\"\xff\"}").await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (422, "/problems/bad-spec"));
}

#[tokio::test]
async fn an_engine_that_this_server_does_not_have_is_refused() {
    let server = Server::start().await;
    let answer = server.post_spec(r#"{"engine":{"store":"postgres"}}"#).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    let problem = answer.problem();
    assert_eq!(problem.kind, "/problems/engine-missing");
    assert!(problem.detail.contains("--engine"), "{problem:?}");
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_and_the_answer_arrives() {
    let server = Server::start().await;
    let body = vec![b' '; 10 * 1024 * 1024];
    let answer = server.send("POST /api/v1/runs", &[JSON], &body).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.problem().detail.contains("4194304"));
    check_still_serves(&server).await;
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let server = Server::start().await;
    for headers in [&[][..], &[("Content-Type", "text/plain")], &[("Content-Type", "application/jsonp")]] {
        let answer = server.send("POST /api/v1/runs", headers, QUICK.as_bytes()).await;
        assert_eq!((answer.status, answer.problem().kind.as_str()), (415, "/problems/not-json"));
    }
    let headers = [("Content-Type", "Application/JSON; charset=utf-8")];
    assert_eq!(server.send("POST /api/v1/runs", &headers, QUICK.as_bytes()).await.status, 201);
}

#[tokio::test]
async fn a_foreign_host_is_refused() {
    let server = Server::start().await;
    let port = server.address.port();
    for host in ["evil.example", "localhost", &format!("evil.example:{port}"), "127.0.0.1:1", ""] {
        let answer = server.send("GET /api/v1/catalog", &[("Host", host)], b"").await;
        assert_eq!(
            (answer.status, answer.problem().kind.as_str()),
            (421, "/problems/foreign-host"),
            "{host}"
        );
    }
    let at_home = format!("localhost:{port}");
    assert_eq!(server.send("GET /api/v1/catalog", &[("Host", &at_home)], b"").await.status, 200);
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"] {
        let check = |answer: Answer| {
            assert_eq!(
                (answer.status, answer.problem().kind.as_str()),
                (403, "/problems/foreign-origin"),
                "{origin}"
            );
        };
        let headers = [JSON, ("Origin", origin)];
        check(server.send("POST /api/v1/runs", &headers, QUICK.as_bytes()).await);
        check(server.send(&format!("POST /api/v1/runs/{id}/cancel"), &headers[1..], b"").await);
        check(server.send(&format!("DELETE /api/v1/runs/{id}"), &headers[1..], b"").await);
        assert!(server.feed_from(&id, 0, Some(origin)).await.is_err(), "{origin}");
    }
    let home = format!("http://{}", server.address);
    assert!(server.feed_from(&id, 0, Some(&home)).await.is_ok());
    let headers = [JSON, ("Origin", home.as_str())];
    assert_eq!(server.send("POST /api/v1/runs", &headers, QUICK.as_bytes()).await.status, 201);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let server = Server::start().await;
    for (line, status, kind) in [
        ("GET /api/v1/nothing", 404, "no-such-path"),
        ("GET /api/", 404, "no-such-path"),
        ("GET /api", 404, "no-such-path"),
        ("GET /api/v1/runs/none", 404, "no-such-run"),
        ("GET /api/v1/runs/..%2f..%2fetc", 404, "no-such-run"),
        ("GET /api/v1/runs/%ff", 404, "no-such-path"),
        ("GET /api/v1/runs/none/journal", 404, "no-such-run"),
        ("POST /api/v1/runs/none/cancel", 404, "no-such-run"),
        ("DELETE /api/v1/runs/none", 404, "no-such-run"),
        ("PUT /api/v1/runs", 405, "wrong-method"),
        ("DELETE /api/v1/catalog", 405, "wrong-method"),
        ("GET /api/v1/runs?limit=0", 400, "bad-query"),
        ("GET /api/v1/runs?limit=101", 400, "bad-query"),
        ("GET /api/v1/runs?limit=many", 400, "bad-query"),
        ("GET /api/v1/runs?size=3", 400, "bad-query"),
        ("GET /api/v1/runs?limit=1&limit=2", 400, "bad-query"),
        ("GET /api/v1/runs?before=yesterday", 400, "bad-query"),
        ("GET /api/v1/runs/none/journal?after=-1", 400, "bad-query"),
        ("GET /api/v1/runs/none/feed", 426, "not-a-websocket"),
    ] {
        let answer = server.send(line, &[], b"").await;
        let problem = answer.problem();
        assert_eq!((answer.status, problem.kind), (status, format!("/problems/{kind}")), "{line}");
    }
    let refused = server.get("/api/v1/runs?limit=0").await.problem();
    assert_eq!(refused.faults[0].field, "limit");
}

#[tokio::test]
async fn a_flood_is_refused_with_the_time_to_wait() {
    let server = Server::start().await;
    let headers = [JSON, ("Cookie", "a=b; interleave-session=0198c0de000070008000000000000001")];
    // Even a wrong spec is asked for. More than the burst, because the bucket refills meanwhile.
    for _ in 0..1_000 {
        let answer = server.send("POST /api/v1/runs", &headers, b"{}}").await;
        if answer.status == 429 {
            assert_eq!(answer.problem().kind, "/problems/flood");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            // Others are not held up by it.
            assert_eq!(server.post_spec(QUICK).await.status, 201);
            return;
        }
        assert_eq!(answer.status, 422, "{answer:?}");
    }
    panic!("a thousand runs were asked for, and none was refused");
}
