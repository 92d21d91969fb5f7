//! A shared lab: strangers stay outside, guests play, everybody disposes of his own runs alone, the teacher of all.

use server::share::{JOIN, Share, TEACHER};

use super::client::{QUICK, Server};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A shared server with its join code and the teacher's key.
async fn shared() -> (Server, String, String) {
    let share = Share::new(Vec::new());
    let code = share.code().to_owned();
    let teacher = share.teacher_path().rsplit('/').next().unwrap().to_owned();
    (Server::shared(share).await, code, teacher)
}

#[tokio::test]
async fn a_stranger_is_led_to_the_door_and_a_program_is_told_what_to_send() {
    let (server, code, _) = shared().await;
    let page = server.send("GET /labs/concurrency", &[("Accept", "text/html")], b"").await;
    assert_eq!((page.status, page.header("location")), (303, "/join"));
    let answer = server.get("/api/v1/catalog").await;
    assert_eq!((answer.status, answer.problem().kind.as_str()), (401, "/problems/not-joined"));
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.send("GET /api/v1/catalog", &[(JOIN, &code)], b"").await.status, 200);
    assert_eq!(server.send("GET /api/v1/catalog", &[(JOIN, "WRONG")], b"").await.status, 401);
}

#[tokio::test]
async fn the_right_code_opens_the_door_and_a_wrong_one_says_so() {
    let (server, code, _) = shared().await;
    assert_eq!(server.get("/join").await.status, 200);
    let wrong = server.send("POST /join", &[FORM], b"code=WRONG").await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.body.contains("not the join code"), "{wrong:?}");
    let right = server.send("POST /join", &[FORM], format!("code={}", code.to_lowercase()).as_bytes()).await;
    assert_eq!((right.status, right.header("location")), (303, "/"));
    let cookie = right.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(right.header("set-cookie").contains("HttpOnly"), "{right:?}");
    assert_eq!(server.send("GET /api/v1/catalog", &[("Cookie", &cookie)], b"").await.status, 200);
}

#[tokio::test]
async fn a_run_is_its_starters_and_the_teachers() {
    let (server, code, teacher) = shared().await;
    let started = server.send("POST /api/v1/runs", &[JSON, (JOIN, &code)], QUICK.as_bytes()).await;
    assert_eq!(started.status, 201, "{started:?}");
    let token = started.header("interleave-run-token").to_owned();
    let id = started.header("location").rsplit('/').next().unwrap().to_owned();
    let cancel = format!("POST /api/v1/runs/{id}/cancel");
    let other = server.send(&cancel, &[(JOIN, &code)], b"").await;
    assert_eq!((other.status, other.problem().kind.as_str()), (403, "/problems/not-yours"));
    // Over already or not: whoever may ask is not refused as somebody else.
    for key in [("interleave-run-token", token.as_str()), (TEACHER, teacher.as_str())] {
        let answer = server.send(&cancel, &[(JOIN, &code), key], b"").await;
        assert!([200, 409].contains(&answer.status), "{answer:?}");
    }
}

#[tokio::test]
async fn figures_are_the_teachers() {
    let (server, code, teacher) = shared().await;
    let guest = server.send("GET /metrics", &[(JOIN, &code)], b"").await;
    assert_eq!((guest.status, guest.problem().kind.as_str()), (403, "/problems/not-told-here"));
    assert_eq!(server.send("GET /metrics", &[(TEACHER, &teacher)], b"").await.status, 200);
    let link = server.get(&format!("/teach/{teacher}")).await;
    assert!(link.status == 303 && link.header("set-cookie").starts_with(TEACHER), "{link:?}");
    let wrong = server.get("/teach/guess").await;
    assert_eq!((wrong.status, wrong.header("location")), (303, "/join"));
}
