//! One contract for every store: the same statements, the same answers; where engines differ, the difference is
//! asserted by name.

use engine::store::postgres::{Database, PostgresGround};
use engine::store::sqlite::SqliteGround;
use engine::store::{Answer, Ground, Isolation, PortError, Session, Statement};
use lab::event::{Counter, CounterRow, Refusal, RowRef, Sale};
use lab::spec::Pace;

use crate::harness::{Folder, STORES, postgres_url};

async fn ground(store: &str, folder: &Folder) -> Box<dyn Ground> {
    std::fs::create_dir_all(&folder.0).expect("made");
    let ground: Box<dyn Ground> = if store == "postgres" {
        let database = Database::reach(&postgres_url()).await.expect("ours");
        let name = folder.0.file_name().expect("named").to_string_lossy().into_owned();
        Box::new(
            PostgresGround::open(&database, &name, database.reserve(2).await.expect("enough"), true)
                .await
                .expect("opens"),
        )
    } else {
        Box::new(SqliteGround::open(folder.0.join("contract.db"), true, Pace::Instant).await.expect("opens"))
    };
    let counter = Counter { amount: 10, version: 1, last_op: "setup".into() };
    ground.set_up(&[CounterRow { row: row(), counter }], false).await.expect("set up");
    ground
}

fn row() -> RowRef {
    RowRef { table: "stock".into(), key: "sku-001".into() }
}

fn sale(operation: &str, quantity: i64) -> Sale {
    Sale { operation: operation.into(), key: "sku-001".into(), quantity }
}

fn write(operation: &str, amount: i64, if_version: Option<i64>) -> Statement {
    Statement::Write { row: row(), amount, if_version, sale: sale(operation, 1) }
}

fn take(operation: &str, quantity: i64) -> Statement {
    Statement::Take { row: row(), guarded: true, sale: sale(operation, quantity) }
}

async fn ask(session: &mut Box<dyn Session>, statement: Statement) -> Answer {
    session.run(&statement).await.expect("an answer")
}

#[tokio::test]
async fn a_write_tells_what_it_replaced_and_records_its_sale() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        let answer = ask(&mut a, write("op-1", 9, None)).await;
        assert_eq!(answer.overwrote.as_deref(), Some("setup"), "{store}");
        assert_eq!(answer.row, Some(Counter { amount: 9, version: 2, last_op: "op-1".into() }), "{store}");
        let contents = ground.contents().await.expect("reads");
        assert_eq!(contents.sales, [sale("op-1", 1)], "{store}");
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn a_write_for_a_stale_version_writes_nothing_and_tells_what_is_there() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        ask(&mut a, write("op-1", 9, Some(1))).await;
        let answer = ask(&mut a, write("op-2", 8, Some(1))).await;
        assert_eq!(answer.overwrote, None, "{store}");
        assert_eq!(answer.row.map(|row| (row.version, row.last_op)), Some((2, "op-1".into())), "{store}");
        assert_eq!(ground.contents().await.expect("reads").sales.len(), 1, "{store}");
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn a_guarded_take_of_more_than_is_left_takes_nothing() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        let answer = ask(&mut a, take("op-1", 11)).await;
        assert_eq!((answer.overwrote, answer.row.map(|row| row.amount)), (None, Some(10)), "{store}");
        ask(&mut a, take("op-2", 10)).await;
        let contents = ground.contents().await.expect("reads");
        assert_eq!((contents.rows[0].counter.amount, contents.sales.len()), (0, 1), "{store}");
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn a_rolled_back_write_and_its_sale_are_gone() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        ask(&mut a, Statement::Begin { isolation: Isolation::Standard }).await;
        ask(&mut a, write("op-1", 0, None)).await;
        assert!(a.in_transaction());
        ask(&mut a, Statement::Rollback).await;
        let contents = ground.contents().await.expect("reads");
        assert_eq!((contents.rows[0].counter.amount, contents.sales.len()), (10, 0), "{store}");
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn the_same_operation_cannot_be_sold_twice() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        ask(&mut a, write("op-1", 9, None)).await;
        match a.run(&write("op-1", 8, None)).await {
            Err(PortError::Refused { refusal: Refusal::Duplicate, .. }) => {}
            other => panic!("{store}: {other:?}"),
        }
        assert_eq!(ground.contents().await.expect("reads").rows[0].counter.amount, 9, "{store}");
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn two_default_transactions_lose_an_update_on_postgres_and_are_refused_on_sqlite() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        let mut b = ground.session(1, "b").await.expect("opens");
        for session in [&mut a, &mut b] {
            ask(session, Statement::Begin { isolation: Isolation::Standard }).await;
            ask(session, Statement::Read { row: row(), for_update: false }).await;
        }
        ask(&mut a, write("op-a", 9, None)).await;
        ask(&mut a, Statement::Commit).await;
        let second = b.run(&write("op-b", 9, None)).await;
        if store == "postgres" {
            assert_eq!(second.expect("no error").overwrote.as_deref(), Some("op-a"));
        } else {
            match second {
                Err(PortError::Refused {
                    refusal: Refusal::StaleSnapshot, code, may_wait: false, ..
                }) => {
                    assert_eq!(code, "517");
                }
                other => panic!("{other:?}"),
            }
        }
        ask(&mut b, Statement::Rollback).await;
        ground.tear_down().await.expect("drops");
    }
}

#[tokio::test]
async fn sqlite_says_at_once_that_a_first_write_may_wait() {
    let folder = Folder::new();
    let ground = ground("sqlite", &folder).await;
    let mut a = ground.session(0, "a").await.expect("opens");
    let mut b = ground.session(1, "b").await.expect("opens");
    ask(&mut a, Statement::Begin { isolation: Isolation::Standard }).await;
    ask(&mut a, write("op-a", 9, None)).await;
    match b.run(&write("op-b", 9, None)).await {
        Err(PortError::Refused { refusal: Refusal::Busy, code, may_wait: true, .. }) => assert_eq!(code, "5"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_watch_sees_who_waits_for_whom_on_postgres() {
    let folder = Folder::new();
    let ground = ground("postgres", &folder).await;
    let mut watch = ground.watch().await.expect("opens").expect("postgres has one");
    let mut a = ground.session(0, "a").await.expect("opens");
    let mut b = ground.session(1, "b").await.expect("opens");
    ask(&mut a, Statement::Begin { isolation: Isolation::Standard }).await;
    ask(&mut a, write("op-a", 9, None)).await;
    let waiting = tokio::spawn(async move { ask(&mut b, take("op-b", 1)).await });
    let seen = loop {
        let seen = watch.waiting().await.expect("reads");
        if !seen.is_empty() {
            break seen;
        }
    };
    assert_eq!((seen[0].actor, seen[0].by.clone()), (1, vec![0]));
    ask(&mut a, Statement::Commit).await;
    assert_eq!(waiting.await.expect("ends").overwrote.as_deref(), Some("op-a"));
    ground.tear_down().await.expect("drops");
}
