//! Units as rows of their own: whom a lock keeps away, and what whoever wants several does about it.

use std::sync::Arc;

use engine::bench::{Bench, Locking, Purchase, Replies, Requests, Seat, Writes};
use engine::broker::embedded::Embedded;
use engine::broker::network::{Network, Troubles};
use engine::broker::{Terms, Topology};
use engine::live::Flights;
use engine::outages::Outages;
use engine::quiet::Quiet;
use engine::recorder::{QUEUE_MAX, Recorder};
use engine::store::postgres::{Database, PostgresGround};
use engine::store::sqlite::SqliteGround;
use engine::store::{Answer, Contents, Ground, Guard, Isolation, Layout, PortError, Session, Statement};
use engine::strategies::{self, Play};
use engine::turn::Turn;
use lab::dice::Dice;
use lab::event::{Counter, CounterRow, Entry, Outcome, Reason, RowRef, Sale};
use lab::spec::Pace;
use serde_json::json;
use tokio::sync::mpsc;

use crate::harness::{Folder, open_lab, postgres_url, spec};

fn product() -> RowRef {
    RowRef { table: "stock".into(), key: "sku-001".into() }
}

fn layout(units: i64) -> Layout {
    let counter = Counter { amount: units, version: 1, last_op: "setup".into() };
    let product = CounterRow { row: product(), counter, unit_of: None };
    Layout { rows: engine::scenarios::stock::unit_rows(&[product]), ..Layout::default() }
}

async fn postgres(folder: &Folder, units: i64) -> Arc<dyn Ground> {
    let database = Database::reach(&postgres_url()).await.expect("ours");
    let name = folder.0.file_name().expect("named").to_string_lossy().into_owned();
    let reserved = database.reserve(3).await.expect("enough");
    let ground = PostgresGround::open(&database, &name, reserved, false).await.expect("opens");
    ground.set_up(&layout(units)).await.expect("set up");
    Arc::new(ground)
}

async fn contents(ground: &Arc<dyn Ground>, units: i64) -> Contents {
    ground.contents(&layout(units)).await.expect("reads")
}

/// An actor who acts at once, and the entries that it writes.
async fn bench(ground: &Arc<dyn Ground>, number: usize) -> (Bench, mpsc::Receiver<Entry>) {
    let (lab, _folder) = open_lab().await;
    let spec = Arc::new(spec(&lab, "postgres", json!({ "workload": { "think_ms": 0 } })));
    let (sender, entries) = mpsc::channel(QUEUE_MAX);
    let turn = Turn::Live {
        actor: number,
        recorder: Recorder::new(sender, true),
        flights: Flights::new(number + 1),
        pace: Pace::Instant,
        quiet: Quiet::new(number + 1),
    };
    let broker = Embedded::new(Terms {
        topology: Topology::Shared,
        lease_us: 1,
        rebalances: false,
        attempts_max: 0,
        window_us: None,
    });
    let outages = Arc::new(Outages::new(&spec, None, None));
    let network = Network::new(
        Arc::new(broker),
        Topology::Shared,
        Troubles::default(),
        outages.clone(),
        Dice::new(1),
        1,
    );
    let seat = Seat {
        number,
        spec,
        ground: ground.clone(),
        network: Arc::new(network),
        outages,
        locks: None,
        account: None,
        writes: Writes::default(),
        replies: Replies::default(),
        requests: Requests::default(),
        takes_messages: false,
    };
    let session = ground.session(number, "buyer").await.expect("opens");
    (Bench::new("buyer", session, turn, seat), entries)
}

async fn buy_two(mut bench: Bench) -> Outcome {
    let strategy = strategies::find("stock", "units-skip-locked").expect("it is registered");
    let Play::BuyUnits(buy) = &strategy.play else { panic!("it sells units") };
    buy(&mut bench, &Purchase { row: product(), quantity: 2 }).await.expect("an outcome")
}

fn find(locking: Locking) -> Statement {
    Statement::Find { product: product(), after: None, locking }
}

async fn ask(session: &mut Box<dyn Session>, statement: Statement) -> Answer {
    session.run(&statement).await.expect("an answer")
}

async fn key_found(session: &mut Box<dyn Session>, locking: Locking) -> Option<String> {
    ask(session, find(locking)).await.found.map(|row| row.key)
}

#[tokio::test]
async fn what_somebody_has_locked_is_passed_over_on_postgres() {
    let folder = Folder::new();
    let ground = postgres(&folder, 2).await;
    let mut sessions = Vec::new();
    for (number, expected) in [Some("sku-001.001"), Some("sku-001.002"), None].into_iter().enumerate() {
        let mut session = ground.session(number, "buyer").await.expect("opens");
        ask(&mut session, Statement::Begin { isolation: Isolation::Standard }).await;
        assert_eq!(key_found(&mut session, Locking::SkipLocked).await.as_deref(), expected);
        // Whoever does not lock sees the first one all the same.
        assert_eq!(key_found(&mut session, Locking::None).await.as_deref(), Some("sku-001.001"));
        sessions.push(session);
    }
    for session in &mut sessions {
        ask(session, Statement::Rollback).await;
    }
    ground.tear_down().await.expect("drops");
}

#[tokio::test]
async fn sqlite_finds_a_unit_and_has_no_locks_to_skip() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).expect("made");
    let ground = SqliteGround::open(folder.0.join("units.db"), true, Pace::Instant).await.expect("opens");
    ground.set_up(&layout(2)).await.expect("set up");
    let mut session = ground.session(0, "buyer").await.expect("opens");
    assert_eq!(key_found(&mut session, Locking::None).await.as_deref(), Some("sku-001.001"));
    for locking in [Locking::SkipLocked, Locking::Wait] {
        match session.run(&find(locking)).await {
            Err(PortError::Broken(sentence)) => assert!(sentence.contains("no row locks"), "{sentence}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn two_units_are_two_rows_and_two_sales() {
    let folder = Folder::new();
    let ground = postgres(&folder, 3).await;
    let (buyer, _entries) = bench(&ground, 0).await;
    assert_eq!(buy_two(buyer).await, Outcome::Done);
    let contents = contents(&ground, 3).await;
    let left: Vec<i64> = contents.rows.iter().map(|row| row.counter.amount).collect();
    let sold: Vec<&str> = contents.sales.iter().map(|sale| sale.key.as_str()).collect();
    assert_eq!((left, sold), (vec![0, 0, 1], vec!["sku-001.001", "sku-001.002"]));
    ground.tear_down().await.expect("drops");
}

#[tokio::test]
async fn whoever_wants_two_and_finds_one_lets_go_of_it_and_waits_before_it_is_sent_away() {
    let folder = Folder::new();
    let ground = postgres(&folder, 2).await;
    let mut holder = ground.session(0, "holder").await.expect("opens");
    ask(&mut holder, Statement::Begin { isolation: Isolation::Standard }).await;
    ask(&mut holder, find(Locking::SkipLocked)).await;
    let mut watch = ground.watch().await.expect("opens").expect("postgres has one");
    let (buyer, _entries) = bench(&ground, 1).await;
    let buying = tokio::spawn(buy_two(buyer));
    while watch.waiting().await.expect("reads").is_empty() {}
    let mut other = ground.session(2, "other").await.expect("opens");
    assert_eq!(key_found(&mut other, Locking::SkipLocked).await.as_deref(), Some("sku-001.002"));
    let row = RowRef { key: "sku-001.001".into(), ..product() };
    let sale = Sale { operation: "holder.1".into(), key: row.key.clone(), quantity: 1 };
    ask(&mut holder, Statement::Write { row, amount: 0, guard: Guard::Nothing, sale }).await;
    ask(&mut holder, Statement::Commit).await;
    assert_eq!(buying.await.expect("ends"), Outcome::Refused(Reason::SoldOut));
    let left: Vec<i64> = contents(&ground, 2).await.rows.iter().map(|row| row.counter.amount).collect();
    assert_eq!(left, [0, 1]);
    ground.tear_down().await.expect("drops");
}
