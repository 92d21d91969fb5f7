//! A journal whose disk is full, and one whose file was cut.

use std::path::PathBuf;

use lab::dice::Dice;
use lab::event::{Entry, Event};
use lab::spec::Spec;

use super::*;
use crate::recorder::Draft;

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("interleave-journal-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(id: &str) -> RunSummary {
    let catalog = crate::catalog::catalog(Default::default());
    let spec = Spec::read(&serde_json::json!({}), &catalog).expect("defaults are a spec");
    RunSummary {
        id: id.into(),
        state: State::Running,
        spec,
        created_ms: 0,
        entries: 0,
        verdict: None,
        pinned: false,
    }
}

/// An entry that compresses badly and fills dozens of pages.
fn large(seq: u64) -> Entry {
    let dice = Dice::new(seq);
    let text =
        (0..20_000).map(|word| dice.below(&["word", &word.to_string()], u64::MAX).to_string()).collect();
    let draft = Draft::of_run(0, Event::Note { text });
    Entry {
        seq,
        at_us: 0,
        wall_us: 0,
        actor: None,
        step: None,
        began_us: None,
        operation: None,
        attempt: None,
        causes: Vec::new(),
        event: draft.event,
        sql: Vec::new(),
        raw: draft.raw,
    }
}

/// A journal whose writer finds the disk full after some more pages, until it opens the file again.
async fn nearly_full(folder: &Folder) -> Journal {
    drop(Journal::open(&folder.0, Durability::Process).await.expect("it opens"));
    let options = SqliteConnectOptions::new().filename(folder.0.join(FILE)).foreign_keys(true);
    let mut writer = SqliteConnection::connect_with(&options).await.expect("it connects");
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&mut writer).await.expect("counts");
    let limit = sqlx::AssertSqlSafe(format!("pragma max_page_count = {}", pages + 8));
    sqlx::query(limit).execute(&mut writer).await.expect("it is limited");
    let readers = SqlitePoolOptions::new().connect_lazy_with(options.clone().read_only(true));
    let (queue, requests) = mpsc::channel(QUEUE_MAX);
    let shelves = Shelves::default();
    Keeper::spawn(writer, options, requests, shelves.clone(), BYTES_MAX).expect("it starts");
    Journal { queue, readers, shelves }
}

#[tokio::test]
async fn a_full_disk_ends_the_run_that_met_it_and_no_other() {
    let folder = Folder::new("full");
    let journal = nearly_full(&folder).await;
    journal.create(&run("a")).await.expect("there is room for a run");
    let mut feed = journal.feed("a", 0).await.expect("reads").expect("is there");
    journal.append("a", &[large(1)]).await.expect("it is taken");
    assert!(feed.next().await.expect("reads").is_none(), "what is not kept is not told");
    assert!(journal.append("a", &[large(2)]).await.is_err(), "a hole in a journal is refused");
    journal.cut_off("a", "the journal could not be written").await.expect("there is room again");
    assert_eq!(journal.run("a").await.expect("reads").expect("is there").state, State::Interrupted);
    journal.create(&run("b")).await.expect("there is room again");
    let mut feed = journal.feed("b", 0).await.expect("reads").expect("is there");
    journal.append("b", &[large(1)]).await.expect("it is taken");
    let told = feed.next().await.expect("reads").expect("it is told").entries().expect("an entry");
    assert_eq!(told, [large(1)]);
}

#[tokio::test]
async fn a_full_disk_is_told_in_a_sentence_with_the_remedy() {
    let folder = Folder::new("sentence");
    let journal = nearly_full(&folder).await;
    let mut huge = run("a");
    // The spec stands in the run's row, so that making the run is what fails.
    huge.spec.scenario = "x".repeat(200_000);
    let error = journal.create(&huge).await.expect_err("there is no room");
    assert!(
        matches!(crate::StartError::from(error), crate::StartError::NoRoom(words) if words.contains("make room"))
    );
}

#[tokio::test]
async fn the_oldest_run_that_is_not_pinned_makes_room() {
    let folder = Folder::new("pinned");
    // Any entry is more than a byte, so whatever may go goes whenever a run ends.
    let journal = Journal::open_with(&folder.0, Durability::Process, 1).await.expect("it opens");
    for id in ["a", "b", "c"] {
        journal.create(&run(id)).await.expect("it is made");
        journal.append(id, &[large(1)]).await.expect("it is taken");
        if id == "a" {
            assert!(journal.pin(id, true).await.expect("it is written"));
        }
        journal.mark(id, State::Finished, None).await.expect("it is marked");
    }
    let kept = |runs: Vec<RunSummary>| runs.into_iter().map(|run| (run.id, run.pinned)).collect::<Vec<_>>();
    let runs = journal.runs(None, 10).await.expect("it is read");
    assert_eq!(kept(runs), [("c".to_owned(), false), ("a".to_owned(), true)]);
    assert_eq!(journal.entries("a", 0, 10).await.expect("it is read").len(), 1, "with its entries");
    assert!(journal.pin("a", false).await.expect("it is written"));
    journal.mark("c", State::Finished, None).await.expect("it is marked");
    let runs = journal.runs(None, 10).await.expect("it is read");
    assert_eq!(kept(runs), [("c".to_owned(), false)], "a run that is let go makes room like any other");
}

#[tokio::test]
async fn a_page_of_runs_with_long_specs_is_short_and_the_pages_after_it_hold_the_rest() {
    let folder = Folder::new("long-specs");
    let journal = Journal::open(&folder.0, Durability::Process).await.expect("it opens");
    for id in ["a", "b", "c"] {
        let mut long = run(id);
        long.spec.scenario = "x".repeat(RUNS_BYTES_MAX / 2);
        journal.create(&long).await.expect("it is made");
    }
    let ids = |runs: Vec<RunSummary>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids(journal.runs(None, 10).await.expect("it is read")), ["c", "b"]);
    assert_eq!(ids(journal.runs(Some("b"), 10).await.expect("it is read")), ["a"]);
    assert!(journal.runs(Some("a"), 10).await.expect("it is read").is_empty());
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused_in_a_sentence() {
    let folder = Folder::new("cut");
    let path = folder.0.join(FILE);
    // The only connection brings everything into the file when it closes; a journal's own close when they like.
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("it connects");
    sqlx::migrate!("./migrations").run(&mut connection).await.expect("it has its tables");
    connection.close().await.expect("it closes");
    let whole = std::fs::read(&path).expect("reads");
    for left in [whole.len() / 2, whole.len() - 1, 100] {
        std::fs::write(&path, &whole[..left]).expect("writes");
        let Err(error) = Journal::open(&folder.0, Durability::Process).await else {
            panic!("it was opened with {left} bytes")
        };
        assert!(error.to_string().contains(&format!("{left} of {} bytes", whole.len())), "{error}");
    }
    let log = folder.0.join(format!("{FILE}-wal"));
    std::fs::write(&log, "frames").expect("writes");
    assert!(whole::check(&path).is_ok(), "the rest may be in the log");
    std::fs::remove_file(&log).expect("is there");
    std::fs::write(&path, &whole).expect("writes");
    assert!(Journal::open(&folder.0, Durability::Process).await.is_ok());
}
