//! The user's hand over HTTP: offers, moves, and what is refused.

use lab::event::{Event, Manner, Port};
use lab::hand::{CardAt, Down, Mover, Offer};
use lab::wire::{Frame, Problem, RunSummary, State};
use server::share::{JOIN, Share, TEACHER};

use super::client::{Answer, Feed, SLOW, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const BY_HAND: &str = r#"{"strategy":"unprotected","schedule":{"kind":"by-hand"}}"#;

impl Server {
    async fn moves(&self, id: &str, body: &str, keys: &[(&str, &str)]) -> Answer {
        let headers = [&[JSON], keys].concat();
        self.send(&format!("POST /api/v1/runs/{id}/hand"), &headers, body.as_bytes()).await
    }

    async fn choose(&self, id: &str, number: u64, actor: &str) -> Answer {
        let body = format!(
            r#"{{"move_id":"{number}-{actor}","expect":{number},"kind":"choose","actor":"{actor}"}}"#
        );
        self.moves(id, &body, &[]).await
    }
}

/// The next offer on which the run waits, and the last entry that came before it.
async fn next_offer(feed: &mut Feed) -> (Offer, u64) {
    let mut seq = 0;
    loop {
        match feed.next().await.expect("the run goes on") {
            Frame::Entries { entries } => seq = entries.last().expect("entries").seq,
            Frame::Offer { offer } if offer.mover == Mover::Hand => return (offer, seq),
            Frame::Bye { reason } => panic!("{reason}"),
            _ => {}
        }
    }
}

fn refusal(answer: &Answer) -> (u16, String) {
    let Problem { kind, status, .. } = answer.problem();
    (status, kind)
}

#[tokio::test]
async fn two_buyers_lose_an_update_by_hand_over_http() {
    let server = Server::start().await;
    let id = server.run(BY_HAND).await;
    let mut feed = server.feed(&id, 0).await;
    for actor in ["buyer-1", "buyer-2", "buyer-1", "buyer-2"] {
        let (offer, _) = next_offer(&mut feed).await;
        let shown: Offer = server.get(&format!("/api/v1/runs/{id}/hand")).await.json();
        assert_eq!(shown, offer);
        let made = server.choose(&id, offer.number, actor).await;
        assert_eq!(made.status, 200, "{made:?}");
        assert!(made.json::<Offer>().number > offer.number);
        let again = server.choose(&id, offer.number, actor).await;
        if again.status == 200 {
            assert_eq!(again.body, made.body, "the same move acts once");
        }
    }
    let entries = feed.entries().await;
    let Event::Verdict(verdict) = &entries.last().expect("entries").event else { panic!("{entries:?}") };
    assert!(!verdict.holds());
    assert_eq!(refusal(&server.choose(&id, 99, "buyer-1").await), (409, "/problems/no-hand".into()));
}

#[tokio::test]
async fn an_offer_comes_behind_the_entries_that_led_to_it() {
    let server = Server::start().await;
    let id = server.run(BY_HAND).await;
    let mut feed = server.feed(&id, 0).await;
    let (first, seq) = next_offer(&mut feed).await;
    assert_eq!(first.seq, seq);
    assert_eq!(server.choose(&id, first.number, "buyer-1").await.status, 200);
    let (second, seq) = next_offer(&mut feed).await;
    assert_eq!(second.seq, seq);
    let mut late = server.feed(&id, seq).await;
    loop {
        match late.next().await.expect("the run goes on") {
            Frame::Offer { offer } => break assert_eq!(offer, second, "who comes later gets the latest one"),
            Frame::Hello { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_the_hand_may_not_do_is_refused_with_its_reason() {
    let server = Server::start().await;
    let id = server.run(BY_HAND).await;
    let (offer, _) = next_offer(&mut server.feed(&id, 0).await).await;
    let number = offer.number;
    let passed = server.choose(&id, number + 1, "buyer-1").await;
    assert_eq!(refusal(&passed), (409, "/problems/offer-passed".into()));
    let unknown = server.choose(&id, number, "buyer-9").await;
    assert_eq!(refusal(&unknown), (422, "/problems/bad-move".into()));
    assert_eq!(unknown.problem().faults[0].field, "actor");
    let wrong = server.moves(&id, r#"{"move_id":"m","kind":"jump"}"#, &[]).await;
    assert_eq!(refusal(&wrong), (422, "/problems/bad-move".into()));
    assert!(wrong.problem().detail.contains("kind is \"jump\""), "{wrong:?}");
    let huge = format!(r#"{{"move_id":"{}"}}"#, "x".repeat(10_000));
    assert_eq!(refusal(&server.moves(&id, &huge, &[]).await), (413, "/problems/too-large".into()));
    let path = format!("POST /api/v1/runs/{id}/hand");
    assert_eq!(refusal(&server.send(&path, &[], b"{}").await), (415, "/problems/not-json".into()));
    let nobody = server.choose("01997d3e-8f00-7000-8000-000000000001", 1, "buyer-1").await;
    assert_eq!(refusal(&nobody), (404, "/problems/no-such-run".into()));
    let live = server.run(SLOW).await;
    let refused = server.moves(&live, r#"{"move_id":"m","kind":"pause"}"#, &[]).await;
    assert_eq!(refusal(&refused), (409, "/problems/no-hand".into()));
    assert!(refused.problem().detail.contains("live"), "{refused:?}");
}

#[tokio::test]
async fn in_a_shared_lab_only_its_starter_and_the_teacher_move_a_run() {
    let share = Share::new(Vec::new());
    let code = share.code().to_owned();
    let teacher = share.teacher_path().rsplit('/').next().unwrap().to_owned();
    let server = Server::shared(share).await;
    let started = server.send("POST /api/v1/runs", &[JSON, (JOIN, &code)], BY_HAND.as_bytes()).await;
    let token = started.header("interleave-run-token").to_owned();
    let id = started.json::<RunSummary>().id;
    let step = |name: &str| format!(r#"{{"move_id":"{name}","kind":"pause"}}"#);
    let other = server.moves(&id, &step("other"), &[(JOIN, &code)]).await;
    assert_eq!(refusal(&other), (403, "/problems/not-yours".into()));
    let wrong = server.moves(&id, &step("wrong"), &[(JOIN, &code), ("interleave-run-token", "guess")]).await;
    assert_eq!(refusal(&wrong), (403, "/problems/not-yours".into()));
    for key in [("interleave-run-token", token.as_str()), (TEACHER, teacher.as_str())] {
        let answer = server.moves(&id, &step(key.0), &[(JOIN, &code), key]).await;
        // The run may not have come to its first move yet; whoever may move is not refused as somebody else.
        assert!([200, 409].contains(&answer.status), "{answer:?}");
    }
}

#[tokio::test]
async fn a_run_by_hand_is_cancelled_while_it_waits() {
    let server = Server::start().await;
    let id = server.run(BY_HAND).await;
    next_offer(&mut server.feed(&id, 0).await).await;
    assert_eq!(server.send(&format!("POST /api/v1/runs/{id}/cancel"), &[], b"").await.status, 200);
    server.feed(&id, 0).await.entries().await;
    let run: RunSummary = server.get(&format!("/api/v1/runs/{id}")).await.json();
    assert_eq!(run.state, State::Interrupted);
}

#[tokio::test]
async fn a_message_on_its_way_is_moved_over_http_and_what_would_overtake_is_refused() {
    let server = Server::start().await;
    let spec = r#"{"lab":"messages","scenario":"order-status","strategy":"partitioned",
                   "workload":{"partitions":1},"schedule":{"kind":"by-hand"}}"#;
    let id = server.run(spec).await;
    let mut feed = server.feed(&id, 0).await;
    for _ in 0..2 {
        let (offer, _) = next_offer(&mut feed).await;
        assert_eq!(server.choose(&id, offer.number, "publisher").await.status, 200);
    }
    let (offer, _) = next_offer(&mut feed).await;
    let cards = offer.tray.expect("a tray");
    let (first, second) = (&cards[0].name, &cards[1].name);
    let on_tray = |move_id: &str, fields: String| {
        let number = offer.number;
        format!(r#"{{"move_id":"{move_id}","expect":{number},"kind":"tray",{fields}}}"#)
    };
    let put = on_tray("m-1", format!(r#""act":"put","card":"{second}","before":"{first}""#));
    let overtakes = server.moves(&id, &put, &[]).await;
    assert_eq!(refusal(&overtakes), (409, "/problems/move-refused".into()));
    assert!(overtakes.problem().detail.contains("keeps order inside a partition"), "{overtakes:?}");
    let wrong = on_tray("m-2", format!(r#""act":"burn","card":"{first}","before":7"#));
    let faults = server.moves(&id, &wrong, &[]).await.problem().faults;
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["act", "before"], "{faults:?}");
    assert!(faults[0].message.contains("hold, release, put"), "{faults:?}");
    let nowhere = on_tray("m-3", r#""act":"hold","card":"order-9.paid""#.into());
    let unknown = server.moves(&id, &nowhere, &[]).await;
    assert_eq!(refusal(&unknown), (422, "/problems/bad-move".into()));
    assert_eq!(unknown.problem().faults[0].field, "card");
    let hold = on_tray("m-4", format!(r#""act":"hold","card":"{first}""#));
    let held = server.moves(&id, &hold, &[]).await;
    assert_eq!(held.status, 200, "{held:?}");
    assert_eq!(held.json::<Offer>().tray.expect("a tray")[0].at, CardAt::Held);
}

#[tokio::test]
async fn an_outage_of_the_broker_is_begun_and_lifted_over_http_and_sqlite_cannot_be_cut() {
    let server = Server::start().await;
    let spec = r#"{"lab":"outbox","scenario":"order-placed","strategy":"outbox-polling","pace":"watch",
                   "workload":{"services":2,"orders":200},"schedule":{"kind":"live"}}"#;
    let id = server.run(spec).await;
    let mut feed = server.feed(&id, 0).await;
    loop {
        match feed.next().await.expect("the run goes on") {
            Frame::Offer { offer } => break assert_eq!(offer.may_cut, [Port::Broker]),
            Frame::Bye { reason } => panic!("{reason}"),
            _ => {}
        }
    }
    let on =
        |kind: &str, port: &str| format!(r#"{{"move_id":"{kind}-{port}","kind":"{kind}","port":"{port}"}}"#);
    let cut = server.moves(&id, &on("inject", "broker"), &[]).await;
    assert_eq!(cut.json::<Offer>().down, [Down { port: Port::Broker, manner: Manner::Cut }]);
    let database = server.moves(&id, &on("inject", "database"), &[]).await;
    assert_eq!(refusal(&database), (409, "/problems/move-refused".into()));
    assert!(database.problem().detail.contains("a file in this process"), "{database:?}");
    let wrong = server.moves(&id, &on("inject", "moon"), &[]).await;
    assert_eq!(refusal(&wrong), (422, "/problems/bad-move".into()));
    assert!(wrong.problem().detail.contains("database, broker"), "{wrong:?}");
    assert_eq!(server.moves(&id, &on("lift", "broker"), &[]).await.json::<Offer>().down, []);
    server.send(&format!("POST /api/v1/runs/{id}/cancel"), &[], b"").await;
    let entries = feed.entries().await;
    let is_cut = |event: &Event| matches!(event, Event::OutageBegan(outage) if outage.by_hand);
    assert!(entries.iter().any(|entry| is_cut(&entry.event)), "the journal says so");
}
