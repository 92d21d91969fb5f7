//! One contract for every store: the same statements, the same answers; where engines differ, the difference is
//! asserted by name.

use engine::store::postgres::{Database, PostgresGround};
use engine::store::sqlite::SqliteGround;
use engine::store::{
    Answer, Column, Ground, Guard, Isolation, Layout, Locking, PortError, Put, Session, Statement, Table,
    WhenThere, Which,
};
use lab::event::{Counter, CounterRow, Effect, Fields, Refusal, RowRef, Sale, Value};
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
    ground.set_up(&layout()).await.expect("set up");
    ground
}

static NOTES: Table =
    Table { name: "notes", columns: &[("state", Column::Text), ("rank", Column::Integer)], numbered: true };

fn layout() -> Layout {
    let counter = Counter { amount: 10, version: 1, last_op: "setup".into() };
    let rows = vec![CounterRow { row: row(), counter, unit_of: None }];
    Layout { rows, never_below_zero: false, tables: vec![&NOTES], logged: None }
}

fn row() -> RowRef {
    RowRef { table: "stock".into(), key: "sku-001".into() }
}

fn sale(operation: &str, quantity: i64) -> Sale {
    Sale { operation: operation.into(), key: "sku-001".into(), quantity }
}

fn write(operation: &str, amount: i64, if_version: Option<i64>) -> Statement {
    let guard = if_version.map_or(Guard::Nothing, Guard::Version);
    Statement::Write { row: row(), amount, guard, sale: sale(operation, 1) }
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
        let contents = ground.contents(&layout()).await.expect("reads");
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
        assert_eq!(ground.contents(&layout()).await.expect("reads").sales.len(), 1, "{store}");
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
        let contents = ground.contents(&layout()).await.expect("reads");
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
        let contents = ground.contents(&layout()).await.expect("reads");
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
        assert_eq!(ground.contents(&layout()).await.expect("reads").rows[0].counter.amount, 9, "{store}");
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

fn note(key: &str, state: &str, rank: i64, when_there: WhenThere) -> Statement {
    let row = RowRef { table: "notes".into(), key: key.into() };
    let fields = Fields::from_iter([
        ("state".into(), Value::Text(state.into())),
        ("rank".into(), Value::Integer(rank)),
    ]);
    Statement::Put(Put { row, fields, when_there })
}

#[tokio::test]
async fn a_record_is_inserted_left_alone_changed_or_refused_as_asked() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        let effects = [
            ask(&mut a, note("n", "new", 1, WhenThere::Refuse)).await.effect,
            ask(&mut a, note("n", "other", 2, WhenThere::Leave)).await.effect,
            ask(&mut a, note("n", "old", 3, WhenThere::Change)).await.effect,
            ask(&mut a, note("nobody", "old", 3, WhenThere::Change)).await.effect,
        ];
        let expected = [Effect::Inserted, Effect::Unchanged, Effect::Updated, Effect::Unchanged];
        assert_eq!(effects, expected.map(Some), "{store}");
        match a.run(&note("n", "new", 1, WhenThere::Refuse)).await {
            Err(PortError::Refused { refusal: Refusal::Duplicate, .. }) => {}
            other => panic!("{store}: {other:?}"),
        }
        let records = ground.contents(&layout()).await.expect("reads").records;
        assert_eq!(
            (records.len(), records[0].text("state"), records[0].number("rank")),
            (1, "old", 3),
            "{store}"
        );
        ground.tear_down().await.expect("removed");
    }
}

#[tokio::test]
async fn what_waits_is_read_in_the_order_in_which_it_was_numbered() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        for key in ["z", "a", "m"] {
            ask(&mut a, note(key, "waits", 0, WhenThere::Refuse)).await;
        }
        ask(&mut a, note("a", "sent", 0, WhenThere::Change)).await;
        let waiting = Statement::Waiting {
            table: &NOTES,
            which: Which::State("waits"),
            limit: 10,
            locking: Locking::None,
        };
        let keys: Vec<String> =
            ask(&mut a, waiting).await.records.into_iter().map(|record| record.row.key).collect();
        assert_eq!(keys, ["z", "m"], "{store}");
        let later =
            Statement::Waiting { table: &NOTES, which: Which::After(1), limit: 10, locking: Locking::None };
        let records = ask(&mut a, later).await.records;
        let places: Vec<(i64, &str)> =
            records.iter().map(|record| (record.number("place"), record.row.key.as_str())).collect();
        assert_eq!(places, [(2, "a"), (3, "m")], "{store}");
        ground.tear_down().await.expect("removed");
    }
}

#[tokio::test]
async fn what_a_broken_off_connection_had_not_committed_is_gone_and_its_locks_are_free() {
    for store in STORES {
        let folder = Folder::new();
        let ground = ground(store, &folder).await;
        let mut a = ground.session(0, "a").await.expect("opens");
        ask(&mut a, Statement::Begin { isolation: Isolation::Standard }).await;
        ask(&mut a, note("n", "never", 1, WhenThere::Refuse)).await;
        a.break_off().await;
        let mut again = ground.session(0, "a").await.expect("opens again");
        let answer = ask(&mut again, note("n", "kept", 2, WhenThere::Leave)).await;
        assert_eq!(answer.effect, Some(Effect::Inserted), "{store}");
        let records = ground.contents(&layout()).await.expect("reads").records;
        assert_eq!(records[0].text("state"), "kept", "{store}");
        ground.tear_down().await.expect("removed");
    }
}
