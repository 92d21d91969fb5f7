//! A class: the teacher's page, the talk, and screens that follow.

use lab::wire::Followed;
use server::class::Class;
use server::class::talk::{Stop, Talk};
use server::share::{JOIN, Share, TEACHER};

use super::client::{Folder, QUICK, SLOW, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A shared server with a talk, its join code and the teacher's key.
async fn class() -> (Server, String, String) {
    let share = Share::new(Vec::new());
    let code = share.code().to_owned();
    let teacher = share.teacher_path().rsplit('/').next().unwrap().to_owned();
    let stop =
        |title: &str, link: &str| Stop { title: title.into(), link: link.into(), notes: "<b>Say</b>".into() };
    let stops = vec![stop("One", "/labs/concurrency"), stop("Two", "/labs/outbox")];
    let talk = Talk { title: "Lost & found".into(), stops };
    (Server::of_class(Class { share: Some(share), talk: Some(talk) }).await, code, teacher)
}

async fn start(server: &Server, spec: &str, key: (&str, &str)) -> String {
    let answer = server.send("POST /api/v1/runs", &[JSON, key], spec.as_bytes()).await;
    assert!([201, 202].contains(&answer.status), "{answer:?}");
    answer.header("location").rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_teachers_page_shows_the_code_and_is_for_the_teacher_alone() {
    let (server, code, teacher) = class().await;
    let page = server.send("GET /room", &[(TEACHER, &teacher)], b"").await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains(&code) && page.body.contains("<svg"), "{page:?}");
    let guest = server.send("GET /room", &[(JOIN, &code)], b"").await;
    assert_eq!((guest.status, guest.problem().kind.as_str()), (403, "/problems/not-told-here"));
    assert_eq!(server.get("/room").await.status, 401);
    let alone = Server::start().await.get("/room").await;
    assert_eq!(alone.status, 404, "{alone:?}");
    let door = server.get(&format!("/join?code={code}%22%3E%3Cscript")).await;
    assert!(door.body.contains(&format!("value=\"{code}script\"")), "{door:?}");
}

#[tokio::test]
async fn clearing_the_room_ends_and_forgets_what_is_not_pinned() {
    let (server, code, teacher) = class().await;
    let kept = start(&server, QUICK, (JOIN, &code)).await;
    let going = start(&server, SLOW, (JOIN, &code)).await;
    let pinned = server.send(&format!("PUT /api/v1/runs/{kept}/pin"), &[(TEACHER, &teacher)], b"").await;
    assert_eq!(pinned.status, 200, "{pinned:?}");
    assert_eq!(server.send("POST /room/clear", &[(JOIN, &code)], b"").await.status, 403);
    let cleared = server.send("POST /room/clear", &[(TEACHER, &teacher)], b"").await;
    assert_eq!((cleared.status, cleared.header("location")), (303, "/room"), "{cleared:?}");
    let status =
        async |id: &str| server.send(&format!("GET /api/v1/runs/{id}"), &[(JOIN, &code)], b"").await.status;
    assert_eq!((status(&kept).await, status(&going).await), (200, 404));
    // What screens followed is gone, too, and they wait for the next one.
    let led = start(&server, QUICK, (TEACHER, &teacher)).await;
    server.send("POST /room/clear", &[(TEACHER, &teacher)], b"").await;
    let told: Followed = server.send("GET /api/v1/follow", &[(JOIN, &code)], b"").await.json();
    assert_eq!(told.run, None, "{led}");
}

#[tokio::test]
async fn screens_follow_the_teacher_and_nobody_else() {
    let (server, code, teacher) = class().await;
    let guest = (JOIN, code.as_str());
    start(&server, QUICK, guest).await;
    let waits = server.send("GET /follow", &[guest], b"").await;
    assert!(waits.status == 200 && waits.body.contains("http-equiv=\"refresh\""), "{waits:?}");
    let led = start(&server, QUICK, (TEACHER, &teacher)).await;
    start(&server, QUICK, guest).await;
    let goes = server.send("GET /follow", &[guest], b"").await;
    assert_eq!((goes.status, goes.header("location")), (303, format!("/runs/{led}?follow=1").as_str()));
    let told: Followed = server.send("GET /api/v1/follow", &[guest], b"").await.json();
    assert_eq!(told.run, Some(led));
}

#[tokio::test]
async fn a_talk_goes_on_and_back_and_stops_at_its_ends() {
    let (server, code, teacher) = class().await;
    let list = server.send("GET /talk", &[(TEACHER, &teacher)], b"").await;
    assert!(list.body.contains("Lost &#38; found") && list.body.contains("&#60;b&#62;Say"), "{list:?}");
    let go = async |to: &str, place: &str| {
        let cookies = format!("{TEACHER}={teacher}; interleave-talk={place}");
        let answer = server.send(&format!("GET /talk/{to}"), &[("Cookie", &cookies)], b"").await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let place = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
        (answer.header("location").to_owned(), place)
    };
    for (to, from, at, place) in [
        ("next", "", "/labs/concurrency", "1"),
        ("next", "1", "/labs/outbox", "2"),
        ("next", "2", "/labs/outbox", "2"),
        ("back", "2", "/labs/concurrency", "1"),
        ("back", "1", "/labs/concurrency", "1"),
        ("2", "1", "/labs/outbox", "2"),
        ("99", "1", "/labs/outbox", "2"),
    ] {
        assert_eq!(go(to, from).await, (at.to_owned(), place.to_owned()), "{to} from {from:?}");
    }
    assert_eq!(server.send("GET /talk/next", &[(JOIN, &code)], b"").await.status, 204);
    assert_eq!(Server::start().await.get("/talk/next").await.status, 204);
}

#[test]
fn a_talk_that_cannot_be_given_is_refused_with_the_file_and_the_stop() {
    let folder = Folder::new();
    let file = folder
        .file("talk.json", r#"{ "title": "T", "stops": [{ "title": "One", "link": "http://elsewhere" }] }"#);
    let error = Talk::read(&file).unwrap_err();
    assert!(error.contains("talk.json") && error.contains("stops[0].link"), "{error}");
    assert!(Talk::read(&folder.0.join("none.json")).is_err());
}

#[tokio::test]
async fn every_stop_of_the_talk_that_comes_along_is_a_page_without_a_fault() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/talks/an-hour.json");
    let talk = Talk::read(file.as_ref()).unwrap();
    let server = Server::start().await;
    for stop in &talk.stops {
        let page = server.get(&stop.link).await;
        assert_eq!(page.status, 200, "{}", stop.link);
        assert!(!page.body.contains("data-testid=\"fault-"), "{}", stop.title);
    }
}
