//! The outbox read from PostgreSQL's log: what is kept, what is lost with a slot, what dead runs leave, and who is
//! refused.

use engine::store::postgres::Database;
use engine::{Config, Lab, StartError};
use lab::canon;
use lab::event::{Entry, Event, Refusal};
use lab::spec::Spec;
use lab::verdict::Ruling;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::harness::{Folder, open_lab, postgres_url, run, spec, verdict};

fn asked(lab: &Lab, workload: Value, choices: Option<Value>) -> Spec {
    let schedule = match choices {
        Some(choices) => json!({ "kind": "recorded", "choices": choices }),
        None => json!({ "kind": "seeded" }),
    };
    let fields = json!({
        "lab": "outbox", "scenario": "order-placed", "strategy": "outbox-cdc",
        "schedule": schedule, "workload": workload,
    });
    spec(lab, "postgres", fields)
}

/// The ids of published events, each once, in order.
fn published(entries: &[Entry]) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for entry in entries {
        if let Event::Published { message, .. } = &entry.event
            && !ids.contains(&message.id.as_str())
        {
            ids.push(&message.id);
        }
    }
    ids
}

fn ruling(entries: &[Entry], invariant: &str) -> Ruling {
    verdict(entries).on(invariant).expect("it is judged").ruling
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal_30_times_from_the_log() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({
        "services": 2, "orders": 2, "changes": 2, "crashes": 8, "outage_ms": 40, "poison": 1, "lost_acks": 10,
    });
    let mut asked = asked(&lab, workload, None);
    asked.seed = 7;
    let first = run(&lab, asked.clone()).await;
    for time in 1..30 {
        let again = run(&lab, asked.clone()).await;
        if let Some(seq) = canon::first_difference(&first, &again) {
            let place = usize::try_from(seq).expect("small") - 1;
            let lines = [&first, &again].map(|entries| entries.get(place).map(canon::line));
            panic!("time {time}, entry {seq}: {lines:#?}");
        }
    }
}

#[tokio::test]
async fn orders_are_sent_in_the_order_of_their_commits_whatever_their_numbers() {
    let (lab, _folder) = open_lab().await;
    let choices = json!([
        "service-1/begin#1",
        "service-1/order#1",
        "service-1/outbox#1",
        "service-2/begin#1",
        "service-2/order#1",
        "service-2/outbox#1",
        "service-2/commit#1",
        "relay/peek#1",
        "relay/publish#1",
        "relay/advance#1",
        "service-1/commit#1",
    ]);
    let entries = run(&lab, asked(&lab, json!({ "services": 2 }), Some(choices))).await;
    assert_eq!(published(&entries), ["order-2.placed", "order-1.placed"]);
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}

#[tokio::test]
async fn no_place_in_the_log_is_in_the_canonical_form_but_beside_each_move_of_the_slot() {
    let (lab, _folder) = open_lab().await;
    let entries = run(&lab, asked(&lab, json!({ "orders": 3 }), None)).await;
    let advances: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.step.as_deref().is_some_and(|s| s.starts_with("advance")))
        .collect();
    assert!(!advances.is_empty());
    for entry in advances {
        let place = entry.raw.get("$1").expect("it is told beside the statement");
        assert!(place.contains('/') && !canon::line(entry).contains(place), "{}", canon::line(entry));
        assert!(entry.raw.contains_key("kept_bytes_of_log"), "{:?}", entry.raw);
    }
}

#[tokio::test]
async fn an_order_that_was_placed_before_the_slot_is_lost_and_a_later_one_is_not() {
    let (lab, _folder) = open_lab().await;
    let choices = json!([
        "service-1/begin#1",
        "service-1/order#1",
        "service-1/outbox#1",
        "service-1/commit#1",
        "relay/peek#1",
        "relay/slot#1",
    ]);
    let entries = run(&lab, asked(&lab, json!({ "orders": 2, "slot_late": 1 }), Some(choices))).await;
    assert_eq!(published(&entries), ["order-2.placed"]);
    let missed = |entry: &Entry| matches!(&entry.event, Event::EngineRefused { refusal: Refusal::SlotGone, code } if code == "42704");
    assert!(entries.iter().any(missed));
    assert_eq!(ruling(&entries, "no-event-lost"), Ruling::Broken);
}

#[tokio::test]
async fn a_late_slot_waits_for_the_transactions_that_are_open_and_hears_nothing_of_them() {
    let (lab, _folder) = open_lab().await;
    let choices = json!([
        "service-1/begin#1",
        "service-1/order#1",
        "service-1/outbox#1",
        "relay/peek#1",
        "relay/slot#1",
        "service-1/commit#1",
    ]);
    let asked = asked(&lab, json!({ "orders": 2, "slot_late": 1 }), Some(choices));
    let entries = run(&lab, asked.clone()).await;
    let by = |entry: &Entry| match &entry.event {
        Event::Blocked { by, .. } if entry.actor.as_deref() == Some("relay") => Some(by.clone()),
        _ => None,
    };
    assert_eq!(entries.iter().find_map(by), Some(vec!["service-1".to_owned()]));
    assert_eq!(published(&entries), ["order-2.placed"]);
    assert_eq!(canon::form(&entries), canon::form(&run(&lab, asked).await));
}

#[tokio::test]
async fn with_the_slot_goes_what_nobody_has_read_and_the_relay_says_so() {
    let (lab, _folder) = open_lab().await;
    let choices = json!([
        "service-1/begin#1",
        "service-1/order#1",
        "service-1/outbox#1",
        "service-1/commit#1",
        "administrator/drop#1",
        "relay/peek#1",
        "relay/slot#1",
    ]);
    let entries =
        run(&lab, asked(&lab, json!({ "orders": 2, "slot_dropped_at_ms": 1 }), Some(choices))).await;
    assert_eq!(published(&entries), ["order-2.placed"]);
    assert!(
        entries
            .iter()
            .any(|entry| matches!(&entry.event, Event::EngineRefused { refusal: Refusal::SlotGone, .. })
                && entry.actor.as_deref() == Some("relay"))
    );
    assert_eq!(ruling(&entries, "outbox-drained"), Ruling::Broken);
}

#[tokio::test]
async fn what_a_dead_relay_had_published_it_publishes_again_and_the_inbox_catches_it() {
    let (lab, _folder) = open_lab().await;
    let mut asked = asked(&lab, json!({ "orders": 2 }), None);
    let at = "relay/advance#1".parse::<lab::schedule::Choice>().expect("a choice");
    asked.hardships.extend(lab::spec::Hardship::new("crash", at.into()));
    let entries = run(&lab, asked).await;
    let all = entries.iter().filter(|entry| matches!(entry.event, Event::Published { .. })).count();
    assert!(all > published(&entries).len(), "something was published twice");
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_up_every_order_until_it_is_mended() {
    let (lab, _folder) = open_lab().await;
    let workload = json!({ "orders": 3, "changes": 1, "poison": 2 });
    let entries = run(&lab, asked(&lab, workload, None)).await;
    let order = ["order-1.placed", "order-1.changed-1", "order-2.placed", "order-2.changed-1"];
    assert_eq!(published(&entries)[..4], order);
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}

#[tokio::test]
async fn two_relays_on_one_slot_lose_nothing_live() {
    let (lab, _folder) = open_lab().await;
    let mut asked = asked(&lab, json!({ "services": 2, "orders": 20, "relays": 2 }), None);
    asked.schedule = lab::schedule::Schedule::Live;
    let entries = run(&lab, asked).await;
    assert_eq!(published(&entries).len(), 40);
    for invariant in ["no-event-lost", "no-phantom", "outbox-drained", "no-double-effect"] {
        assert_eq!(ruling(&entries, invariant), Ruling::Holds, "{invariant}");
    }
}

#[tokio::test]
async fn a_run_leaves_no_slot_and_no_database_and_a_dead_runs_are_dropped() {
    let (lab, _folder) = open_lab().await;
    let entries = run(&lab, asked(&lab, json!({}), None)).await;
    assert!(verdict(&entries).holds());
    let mut connection = PgConnection::connect(&postgres_url()).await.expect("it answers");
    // As a run leaves it whose process was killed: nobody holds its lock. It is marked last, because every lab that opens
    // meanwhile drops what is marked and nobody's.
    let name = format!("interleave_run_dead{}", std::process::id());
    let mark =
        "Interleave's mark: the database of one run, made from the database postgres".replace('\'', "''");
    let create = format!("create database {name}");
    sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.expect("it is made");
    let (base, _) =
        postgres_url().rsplit_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a path");
    let mut inside = PgConnection::connect(&format!("{base}/{name}")).await.expect("it answers");
    sqlx::query("select pg_create_logical_replication_slot($1, 'pgoutput')")
        .bind(&name)
        .execute(&mut inside)
        .await
        .expect("it is made");
    drop(inside);
    let comment = format!("comment on database {name} is '{mark}'");
    sqlx::query(AssertSqlSafe(comment)).execute(&mut connection).await.expect("it is marked");
    Database::reach(&postgres_url()).await.expect("ours").drop_leftovers().await.expect("they are dropped");
    for (left, text) in [
        ("slot", "select count(*) from pg_replication_slots where slot_name = $1"),
        ("database", "select count(*) from pg_database where datname = $1"),
    ] {
        let count: i64 =
            sqlx::query_scalar(text).bind(&name).fetch_one(&mut connection).await.expect("an answer");
        assert_eq!(count, 0, "a {left} is left");
    }
}

#[tokio::test]
async fn a_role_without_the_right_to_replicate_is_told_which_one_is_missing() {
    let mut connection = PgConnection::connect(&postgres_url()).await.expect("it answers");
    let name = format!("clerk_{}", std::process::id());
    for text in [
        format!("create role {name} login createdb password 'clerk'"),
        format!("create database {name} owner {name}"),
    ] {
        sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.expect("it is made");
    }
    let url = postgres_url();
    let (_, place) = url.rsplit_once('@').expect("a host");
    let (host, _) = place.rsplit_once('/').expect("a path");
    let folder = Folder::new();
    let postgres = Some(format!("postgres://{name}:clerk@{host}/{name}"));
    let lab = Lab::open(Config { data: folder.0.clone(), postgres, nats: None, zookeeper: None }).await;
    let lab = lab.expect("the lab opens: everything else can be done");
    let right = format!("alter role {name} replication");
    let card = lab.catalog().engines.iter().find(|card| card.port == "log").cloned().expect("it is listed");
    assert!(!card.available && card.remedy.contains(&right), "{card:?}");
    match lab.start(asked(&lab, json!({}), None)).await {
        Err(StartError::EngineMissing(sentence)) => {
            assert!(
                sentence.contains("not on this server, because") && sentence.contains(&right),
                "{sentence}"
            );
        }
        other => panic!("{other:?}"),
    }
    lab.close().await;
    for text in [format!("drop database {name} with (force)"), format!("drop role {name}")] {
        sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.expect("it is dropped");
    }
}
