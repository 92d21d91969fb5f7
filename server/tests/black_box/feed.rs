//! The feed: everything, once, in order, whatever happens to the connection.

use lab::event::{Entry, Event};
use lab::wire::{Frame, PROTOCOL};
use tokio_tungstenite::tungstenite::Error as WsError;

use super::client::{PATIENCE, QUICK, SLOW, Server};

/// Seqs 1, 2, 3, ... to the verdict.
fn check_whole(entries: &[Entry]) {
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=entries.len() as u64).collect::<Vec<_>>());
    assert!(matches!(entries.last().unwrap().event, Event::Verdict(_)));
}

#[tokio::test]
async fn a_feed_begins_with_hello_and_ends_with_bye() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    let mut feed = server.feed(&id, 0).await;
    let Some(Frame::Hello { protocol, run, .. }) = feed.next().await else { panic!("no hello") };
    assert_eq!((protocol, run), (PROTOCOL, id));
    check_whole(&feed.entries().await);
    assert_eq!(feed.next().await, None, "nothing comes after bye");
}

#[tokio::test]
async fn a_feed_and_the_journal_say_the_same() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    let live = server.feed(&id, 0).await.entries().await;
    assert_eq!(live, server.journal(&id, 0).await);
    assert_eq!(live, server.feed(&id, 0).await.entries().await, "a run that is over is fed the same way");
    assert_eq!(live[10..], server.journal(&id, 10).await[..]);
    assert!(server.journal(&id, live.len() as u64).await.is_empty());
}

#[tokio::test]
async fn a_feed_that_is_cut_again_and_again_loses_and_repeats_nothing() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    let mut entries: Vec<Entry> = Vec::new();
    let mut cuts = 0;
    loop {
        let mut feed = server.feed(&id, entries.len() as u64).await;
        assert!(matches!(feed.next().await, Some(Frame::Hello { .. })));
        // One frame, then the connection is dropped without a goodbye.
        match feed.next().await {
            Some(Frame::Entries { entries: more }) => entries.extend(more),
            Some(Frame::Bye { .. }) => break,
            other => panic!("{other:?}"),
        }
        cuts += 1;
    }
    assert!(cuts > 1, "the run was over in {cuts} frames");
    check_whole(&entries);
}

/// How often the long feed is cut.
const CUTS: usize = 200;

#[tokio::test]
async fn a_feed_that_is_cut_200_times_at_random_moments_of_a_live_run_has_no_gap_and_no_repeat() {
    let server = Server::start().await;
    let spec = r#"{"strategy":"optimistic","pace":"instant","seed":7,"retry":{"attempts_max":100},
        "workload":{"buyers":16,"purchases":60,"quantity":900,"think_ms":6}}"#;
    let id = server.run(spec).await;
    // Where the cuts fall is drawn, but by whom does not matter: the moment decides anyhow.
    let dice = lab::dice::Dice::new(7);
    let mut entries: Vec<Entry> = Vec::new();
    for cut in 0..CUTS {
        let mut feed = server.feed(&id, entries.len() as u64).await;
        assert!(matches!(feed.next().await, Some(Frame::Hello { .. })));
        for _ in 0..dice.below(&["frames", &cut.to_string()], 4) {
            match feed.next().await {
                Some(Frame::Entries { entries: more }) => entries.extend(more),
                Some(Frame::Bye { .. }) => break,
                other => panic!("{other:?}"),
            }
        }
    }
    entries.extend(server.feed(&id, entries.len() as u64).await.entries().await);
    check_whole(&entries);
    assert_eq!(entries, server.journal(&id, 0).await);
}

#[tokio::test]
async fn many_watch_one_run_and_see_the_same() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    let watch = async || server.feed(&id, 0).await.entries().await;
    let (first, second, third) = futures::join!(watch(), watch(), watch());
    check_whole(&first);
    assert!(first == second && second == third);
}

/// A run with more entries than fit between server and client.
const LONG: &str = r#"{"strategy":"optimistic","pace":"instant","retry":{"policy":"immediate","attempts_max":100},
    "workload":{"buyers":16,"purchases":100,"quantity":100000,"products":100,"think_ms":0}}"#;

#[tokio::test]
async fn a_client_that_does_not_read_holds_up_neither_the_run_nor_who_reads() {
    let server = Server::start().await;
    let id = server.run(LONG).await;
    let idle = [server.feed(&id, 0).await, server.feed(&id, 0).await];
    let read = server.feed(&id, 0).await.entries().await;
    check_whole(&read);
    assert_eq!(read, server.journal(&id, 0).await);
    drop(idle);
}

#[tokio::test]
async fn a_place_beyond_the_end_is_refused() {
    let server = Server::start().await;
    let id = server.run(QUICK).await;
    let end = server.feed(&id, 0).await.entries().await.len() as u64;
    let mut at_the_end = server.feed(&id, end).await;
    assert!(at_the_end.entries().await.is_empty());
    let Err(WsError::Http(refused)) = server.feed_from(&id, end + 1, None).await.map(|_| ()) else {
        panic!("a feed was opened beyond the end");
    };
    assert_eq!(refused.status().as_u16(), 416);
    let answer = server.get(&format!("/api/v1/runs/{id}/journal?after={}", end + 1)).await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (416, "/problems/after-end"));
}

#[tokio::test]
async fn a_cancelled_run_ends_its_feed() {
    let server = Server::start().await;
    let id = server.run(SLOW).await;
    let mut feed = server.feed(&id, 0).await;
    assert!(matches!(feed.next().await, Some(Frame::Hello { .. })));
    assert_eq!(server.send(&format!("POST /api/v1/runs/{id}/cancel"), &[], b"").await.status, 200);
    let entries = feed.entries().await;
    assert!(entries.iter().any(|entry| matches!(entry.event, Event::Interrupted { .. })));
}

#[tokio::test]
async fn an_open_feed_does_not_hold_a_server_that_stops() {
    let mut server = Server::start().await;
    let id = server.run(SLOW).await;
    let mut feed = server.feed(&id, 0).await;
    assert!(matches!(feed.next().await, Some(Frame::Hello { .. })));
    server.stop.cancel();
    let mut last = feed.next().await;
    while let Some(Frame::Entries { .. }) = last {
        last = feed.next().await;
    }
    assert!(matches!(last, Some(Frame::Bye { reason }) if reason.contains("stops")));
    drop(feed);
    tokio::time::timeout(PATIENCE, &mut server.served).await.expect("it stops").unwrap().unwrap();
}
