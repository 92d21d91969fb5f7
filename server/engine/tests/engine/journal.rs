//! Kept runs: the journal, the feed, and what a restart finds.

use engine::{Config, Lab};
use lab::event::Entry;
use lab::wire::State;
use serde_json::json;

use crate::harness::{Folder, open_lab, spec};

async fn drain(lab: &Lab, id: &str, after: u64) -> Vec<Entry> {
    let mut feed = lab.feed(id, after).await.expect("the journal reads").expect("the run is there");
    let mut entries = Vec::new();
    while let Some(lines) = feed.next().await.expect("the journal reads") {
        entries.extend(lines.entries().expect("lines are entries"));
    }
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_gives_what_the_journal_keeps() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({ "workload": { "buyers": 8, "purchases": 50, "quantity": 100, "think_ms": 0 } });
    let run = lab.start(spec(&lab, "sqlite", fields)).await.expect("it starts");
    let fed = drain(&lab, &run.id, 0).await;
    let mut kept = Vec::new();
    while let Some(last) = {
        let page = lab.entries(&run.id, kept.len() as u64, 700).await.expect("reads");
        kept.extend(page.clone());
        page.last().map(|entry| entry.seq)
    } {
        assert_eq!(last, kept.len() as u64);
    }
    assert_eq!(fed, kept);
    let summary = lab.run(&run.id).await.expect("reads").expect("is there");
    assert_eq!((summary.state, summary.entries), (State::Finished, fed.len() as u64));
    assert!(summary.verdict.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_resumes_after_any_seq_without_gap_or_repeat() {
    let (lab, _folder) = open_lab().await;
    let run = lab
        .start(spec(&lab, "sqlite", json!({ "workload": { "buyers": 4, "purchases": 4 } })))
        .await
        .expect("starts");
    let whole = drain(&lab, &run.id, 0).await;
    for after in 0..=whole.len() {
        assert_eq!(drain(&lab, &run.id, after as u64).await, whole[after..], "after {after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_as_interrupted_with_a_verdict() {
    let (lab, _folder) = open_lab().await;
    for schedule in ["live", "seeded"] {
        let fields = json!({ "pace": "watch", "schedule": { "kind": schedule }, "workload": { "buyers": 4, "purchases": 50 } });
        let run = lab.start(spec(&lab, "sqlite", fields)).await.expect("starts");
        let mut feed = lab.feed(&run.id, 0).await.expect("reads").expect("is there");
        feed.next().await.expect("reads").expect("an entry comes");
        assert!(lab.cancel(&run.id).await.expect("reads"));
        let entries = drain(&lab, &run.id, 0).await;
        let names: Vec<&str> = entries.iter().rev().take(2).map(|entry| entry.event.name()).collect();
        assert_eq!(names, ["verdict", "interrupted"], "{schedule}");
        // The feed ends when the mark is kept, so the state is told by then.
        assert_eq!(lab.run(&run.id).await.expect("reads").expect("is there").state, State::Interrupted);
        assert!(!lab.cancel(&run.id).await.expect("reads") || schedule == "live" || schedule == "seeded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_run_is_there_after_a_restart_and_can_be_forgotten() {
    let folder = Folder::new();
    let config = Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: None };
    let lab = Lab::open(config.clone()).await.expect("opens");
    let run = lab.start(spec(&lab, "sqlite", json!({}))).await.expect("starts");
    let before = drain(&lab, &run.id, 0).await;
    lab.close().await;
    drop(lab);
    let lab = Lab::open(config).await.expect("opens again");
    assert_eq!(drain(&lab, &run.id, 0).await, before);
    assert!(lab.forget(&run.id).await.expect("writes"));
    assert!(lab.run(&run.id).await.expect("reads").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_while_a_run_is_opened_leaves_no_run_that_nobody_carries_out() {
    let (lab, _folder) = open_lab().await;
    for _ in 0..50 {
        let starting = lab.start(spec(&lab, "sqlite", json!({})));
        // Polled once and dropped, as a server drops the request of a client that hangs up.
        futures::future::select(Box::pin(starting), Box::pin(futures::future::ready(()))).await;
    }
    // The lab closes only when every run that was admitted has come to its end.
    lab.close().await;
    for run in lab.runs(None, 100).await.expect("reads") {
        assert!(matches!(run.state, State::Finished | State::Interrupted), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cancelled_while_it_waits_says_so_and_holds_nothing() {
    let (lab, _folder) = open_lab().await;
    let slow = || spec(&lab, "sqlite", json!({ "pace": "watch", "workload": { "purchases": 100 } }));
    let mut last = lab.start(slow()).await.expect("starts");
    while last.state != State::Queued {
        last = lab.start(slow()).await.expect("starts");
    }
    assert!(lab.cancel(&last.id).await.expect("reads"));
    let entries = drain(&lab, &last.id, 0).await;
    let names: Vec<&str> = entries.iter().map(|entry| entry.event.name()).collect();
    assert_eq!(names, ["interrupted", "verdict"]);
    let kept = lab.run(&last.id).await.expect("reads").expect("is there");
    assert_eq!(kept.state, State::Interrupted);
    assert!(!kept.verdict.expect("it is judged").holds(), "a verdict that judged nothing does not hold");
    lab.close().await;
}
