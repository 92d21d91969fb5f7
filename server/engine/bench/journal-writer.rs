//! The journal's one writer against eight connections that each write for themselves; round by round, same file layout.
//!
//! Both sides keep the same rows with the same settings, one entry to a commit's request, written as JSON and compressed
//! by whoever asks. Ours come through [`Journal`], as a run's entries do, and count when the feed tells them; theirs are
//! eight threads with a connection each, `begin immediate` and SQLite's own busy handler.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use engine::journal::{Durability, Journal};
use lab::event::{Basis, Counter, Entry, Event, RowRef, Sql};
use lab::spec::Spec;
use lab::wire::{RunSummary, State};
use rusqlite::{Connection, TransactionBehavior, params};

/// Who writes at the same time.
const WRITERS: usize = 8;
/// How long each side writes in a round.
const ROUND: Duration = Duration::from_secs(3);
/// How long a connection waits for the file: longer than any round, so that nobody gives up.
const BUSY: Duration = Duration::from_secs(60);
/// The journal's level.
const ZSTD_LEVEL: i32 = 3;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What one writer got, in microseconds for each write.
type Waits = Vec<u64>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let rounds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    println!("sync    round   ours/s  theirs/s  ratio  longest wait, ms  least/most served");
    for round in 1..=rounds {
        for (name, durability) in [("NORMAL", Durability::Process), ("FULL", Durability::Power)] {
            let ours = in_folder(&folder, |folder| ours(folder, durability))?;
            let theirs = in_folder(&folder, |folder| theirs(folder, name))?;
            tell(name, round, &ours, &theirs);
        }
    }
    Ok(())
}

fn tell(sync: &str, round: u64, ours: &[Waits], theirs: &[Waits]) {
    let rate = |waits: &[Waits]| waits.iter().map(Vec::len).sum::<usize>() as f64 / ROUND.as_secs_f64();
    let longest = |waits: &[Waits]| waits.iter().flatten().max().copied().unwrap_or_default() as f64 / 1e3;
    let served = |waits: &[Waits]| {
        let most = waits.iter().map(Vec::len).max().unwrap_or_default().max(1);
        waits.iter().map(Vec::len).min().unwrap_or_default() as f64 / most as f64
    };
    println!(
        "{sync:<7} {round:>5} {:>8.0} {:>9.0} {:>6.2} {:>7.1} {:>7.1}   {:>8.2} {:>8.2}",
        rate(ours),
        rate(theirs),
        rate(ours) / rate(theirs),
        longest(ours),
        longest(theirs),
        served(ours),
        served(theirs),
    );
}

/// A fresh folder beside nothing else, which goes afterwards.
fn in_folder<T>(parent: &Path, work: impl FnOnce(&Path) -> Result<T, Failure>) -> Result<T, Failure> {
    let folder = parent.join(format!("interleave-journal-writer-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = work(&folder);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn ours(folder: &Path, durability: Durability) -> Result<Vec<Waits>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let journal = open(folder, durability).await?;
        let until = Instant::now() + ROUND;
        let writers = (0..WRITERS).map(|writer| {
            let journal = journal.clone();
            tokio::task::spawn(async move { write(&journal, &name(writer), until).await })
        });
        let mut all = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            all.push(writer.await??);
        }
        Ok(all)
    })
}

async fn write(journal: &Journal, run: &str, until: Instant) -> Result<Waits, Failure> {
    let mut feed = journal.feed(run, 0).await?.ok_or("the run is not there")?;
    let mut waits = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        journal.append(run, &[entry(waits.len() as u64 + 1)]).await?;
        feed.next().await?.ok_or("the journal could not keep an entry")?;
        waits.push(micros(began));
    }
    Ok(waits)
}

fn theirs(folder: &Path, sync: &str) -> Result<Vec<Waits>, Failure> {
    // Our journal makes the tables and the runs, and is closed before they begin.
    tokio::runtime::Runtime::new()?.block_on(open(folder, Durability::Process)).map(drop)?;
    let until = Instant::now() + ROUND;
    thread::scope(|scope| {
        let write =
            |writer| scope.spawn(move || write_alone(&folder.join("journal.db"), sync, writer, until));
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        writers.into_iter().map(|writer| writer.join().map_err(|_| "a writer broke")?).collect()
    })
}

fn write_alone(file: &Path, sync: &str, writer: usize, until: Instant) -> Result<Waits, Failure> {
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", sync)?;
    let (run, mut packer, mut waits) = (name(writer), zstd::bulk::Compressor::new(ZSTD_LEVEL)?, Vec::new());
    while Instant::now() < until {
        let began = Instant::now();
        let seq = waits.len() as i64 + 1;
        let body = packer.compress(&serde_json::to_vec(&entry(seq.unsigned_abs()))?)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .prepare_cached("update runs set entries = ?1, bytes = bytes + ?2 where id = ?3")?
            .execute(params![seq, body.len() as i64, run])?;
        transaction
            .prepare_cached("insert into chunks (run, first_seq, last_seq, body) values (?1, ?2, ?2, ?3)")?
            .execute(params![run, seq, body])?;
        transaction.commit()?;
        waits.push(micros(began));
    }
    Ok(waits)
}

/// A journal with a run for each writer.
async fn open(folder: &Path, durability: Durability) -> Result<Journal, Failure> {
    let journal = Journal::open(folder, durability).await?;
    let spec = Spec::read(&serde_json::json!({}), &engine::catalog::catalog(Default::default()))?;
    for writer in 0..WRITERS {
        let run = RunSummary {
            id: name(writer),
            state: State::Running,
            spec: spec.clone(),
            created_ms: 0,
            entries: 0,
            verdict: None,
            pinned: false,
        };
        journal.create(&run).await?;
    }
    Ok(journal)
}

fn name(writer: usize) -> String {
    format!("run-{writer}")
}

fn micros(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// What a write leaves in a journal.
fn entry(seq: u64) -> Entry {
    let row = RowRef { table: "stock".into(), key: "sku-001".into() };
    let version = i64::try_from(seq).unwrap_or(i64::MAX);
    Entry {
        seq,
        at_us: seq * 137,
        wall_us: seq * 137,
        actor: Some("buyer-1".into()),
        step: Some(format!("write#{seq}")),
        began_us: Some(seq * 137 - 90),
        operation: Some(format!("buyer-1/{seq}")),
        attempt: None,
        causes: vec![seq.saturating_sub(1)],
        event: Event::Wrote {
            row,
            overwrote: format!("buyer-2/{seq}"),
            now: Counter { amount: 1_000_000 - version, version, last_op: format!("buyer-1/{seq}") },
            basis: Basis::EarlierRead,
            committed: true,
        },
        sql: vec![Sql {
            text: "update stock set quantity = $1, version = version + 1 where sku = $2".into(),
            values: Vec::new(),
        }],
        raw: Default::default(),
    }
}
