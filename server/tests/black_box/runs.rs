//! Runs over HTTP, from the spec to the verdict.

use lab::event::Event;
use lab::wire::{RunSummary, State};
use serde_json::Value;

use super::client::{QUICK, SLOW, Server};

impl Server {
    /// How many runs there are.
    pub async fn journal_count(&self) -> usize {
        self.get("/api/v1/runs?limit=100").await.json::<Value>()["runs"].as_array().unwrap().len()
    }

    /// Waits for the end of a run, which is the end of its feed, and shows it.
    async fn finished(&self, id: &str) -> RunSummary {
        self.feed(id, 0).await.entries().await;
        self.get(&format!("/api/v1/runs/{id}")).await.json()
    }
}

#[tokio::test]
async fn a_run_goes_from_its_spec_to_its_verdict() {
    let server = Server::start().await;
    let answer = server.post_spec(QUICK).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let begun: RunSummary = answer.json();
    assert_eq!(answer.header("location"), format!("/api/v1/runs/{}", begun.id));
    assert_eq!(begun.spec.knob("buyers"), 8);
    let ended = server.finished(&begun.id).await;
    assert_eq!(ended.state, State::Finished, "{ended:?}");
    let verdict = ended.verdict.expect("a finished run has a verdict");
    assert!(verdict.on("no-lost-update").is_some());
    let journal = server.journal(&begun.id, 0).await;
    assert_eq!(journal.len() as u64, ended.entries);
    assert!(matches!(journal[0].event, Event::Header(_)));
    assert_eq!(lab::checks::judge(&journal), verdict, "the journal alone bears the verdict out");
}

#[tokio::test]
async fn a_run_that_is_over_has_a_story_as_soon_as_its_verdict_is_told() {
    const ALONE: &str = r#"{"strategy":"optimistic","pace":"instant","workload":{"buyers":1}}"#;
    let server = Server::start().await;
    for (spec, words) in [(QUICK, ""), (ALONE, "never put to the test")] {
        let id = server.run(spec).await;
        let entries = server.feed(&id, 0).await.entries().await;
        let answer = server.get(&format!("/api/v1/runs/{id}/story")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let story: lab::story::Story = answer.json();
        assert!(story.why.iter().any(|sentence| sentence.text.contains(words)), "{story:#?}");
        let last = entries.last().map_or(0, |entry| entry.seq);
        let cited = story.why.iter().flat_map(|sentence| &sentence.entries);
        assert!(cited.clone().count() > 0 && cited.clone().all(|seq| *seq <= last), "{story:#?}");
    }
    let slow = server.run(SLOW).await;
    let answer = server.get(&format!("/api/v1/runs/{slow}/story")).await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (409, "/problems/not-over"));
    let answer = server.get("/api/v1/runs/7/story").await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (404, "/problems/no-such-run"));
}

#[tokio::test]
async fn whoever_creates_a_run_gets_its_token() {
    let server = Server::start().await;
    let answer = server.post_spec(QUICK).await;
    let token = answer.header("interleave-run-token");
    assert!(token.len() >= 32, "{answer:?}");
    let cookies: Vec<&String> =
        answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value).collect();
    assert!(cookies.iter().any(|cookie| cookie.contains(token)), "{cookies:?}");
    for cookie in cookies {
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_page_by_page() {
    let server = Server::start().await;
    let mut asked = Vec::new();
    for _ in 0..5 {
        let id = server.run(QUICK).await;
        server.finished(&id).await;
        asked.insert(0, id);
    }
    let mut listed = Vec::new();
    let mut path = "/api/v1/runs?limit=2".to_owned();
    loop {
        let page: Value = server.get(&path).await.json();
        let ids = page["runs"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned());
        listed.extend(ids);
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/runs?limit=2&before={next}");
    }
    assert_eq!(listed, asked);
}

#[tokio::test]
async fn a_running_run_is_cancelled_and_then_forgotten() {
    let server = Server::start().await;
    let id = server.run(SLOW).await;
    let (cancel, forget) = (format!("POST /api/v1/runs/{id}/cancel"), format!("DELETE /api/v1/runs/{id}"));
    let refused = server.send(&forget, &[], b"").await;
    assert_eq!((refused.status, refused.problem().kind.as_str()), (409, "/problems/still-running"));
    assert_eq!(server.send(&cancel, &[], b"").await.status, 200);
    assert_eq!(server.finished(&id).await.state, State::Interrupted);
    let refused = server.send(&cancel, &[], b"").await;
    assert_eq!((refused.status, refused.problem().kind.as_str()), (409, "/problems/already-over"));
    assert_eq!(server.send(&forget, &[], b"").await.status, 204);
    assert_eq!(server.get(&format!("/api/v1/runs/{id}")).await.status, 404);
}

#[tokio::test]
async fn the_queue_is_bounded_and_says_when_to_come_back() {
    let server = Server::start().await;
    let mut queued = 0;
    for _ in 0..1_000 {
        let answer = server.post_spec(SLOW).await;
        match answer.status {
            201 => {}
            202 => queued += 1,
            429 => {
                assert_eq!(answer.problem().kind, "/problems/queue-full");
                assert!(!answer.header("retry-after").is_empty() && queued > 0);
                return;
            }
            _ => panic!("{answer:?}"),
        }
    }
    panic!("a thousand runs were queued");
}

#[tokio::test]
async fn the_server_says_that_it_lives() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_run_is_pinned_and_let_go_again() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    assert!(!server.finished(&id).await.pinned);
    let (pin, unpin) = (format!("PUT /api/v1/runs/{id}/pin"), format!("DELETE /api/v1/runs/{id}/pin"));
    for _ in 0..2 {
        let answer = server.send(&pin, &[], b"").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json::<RunSummary>().pinned, "again changes nothing");
    }
    assert!(server.finished(&id).await.pinned, "it is kept");
    assert!(!server.send(&unpin, &[], b"").await.json::<RunSummary>().pinned);
    let refused = server.send("PUT /api/v1/runs/nobody/pin", &[], b"").await;
    assert_eq!(refused.status, 404, "{refused:?}");
}
