//! The journal: entries are kept first, then told.
//!
//! One writer owns the file and commits in groups: whatever has queued up while the last commit was written goes
//! into the next one, whichever run it belongs to. An entry reaches a feed only after its commit.

mod chunk;
mod feed;
mod keeper;
mod recovery;
mod shelf;
mod shelves;
#[cfg(test)]
mod tests;
mod whole;

use std::path::Path;
use std::sync::Arc;

use futures::TryStreamExt;
use lab::event::Entry;
use lab::spec::Spec;
use lab::verdict::Verdict;
use lab::wire::{RunSummary, State};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection, Row, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::{Error, OpenError};
use chunk::Chunk;
pub use chunk::Lines;
pub use feed::Feed;
pub use keeper::PINNED_BYTES_MAX;
use keeper::{BYTES_MAX, Item, Keeper};
use shelf::Shelf;
use shelves::Shelves;

/// The file's name in the data folder.
const FILE: &str = "journal.db";
/// How many requests may wait for the writer.
const QUEUE_MAX: usize = 256;
/// A page of runs goes on no further once it holds this much of specs and verdicts, in bytes: a recorded spec alone may have
/// four million.
const RUNS_BYTES_MAX: usize = 1_000_000;
/// How many connections read at the same time.
const READERS_MAX: u32 = 4;
/// The most entries that one page of [`Journal::entries`] gives.
pub const PAGE_MAX: usize = 5_000;

/// What an entry that was told survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The death of the program: it was written to the operating system.
    #[default]
    Process,
    /// Loss of power as well: each group was flushed to the disk.
    Power,
}

/// The journal of all runs.
#[derive(Debug, Clone)]
pub struct Journal {
    queue: mpsc::Sender<Item>,
    readers: SqlitePool,
    shelves: Shelves,
}

impl Journal {
    /// Opens the journal in a folder that exists, and marks what an earlier process left running.
    ///
    /// # Errors
    /// When the file cannot be opened or written.
    pub async fn open(folder: &Path, durability: Durability) -> Result<Self, OpenError> {
        Self::open_with(folder, durability, BYTES_MAX).await
    }

    /// The same with other room, in bytes of compressed entries.
    async fn open_with(folder: &Path, durability: Durability, room: i64) -> Result<Self, OpenError> {
        let path = folder.join(FILE);
        let unusable = |why: String| {
            OpenError::Data(format!(
                "The journal {} cannot be used ({why}); choose another folder with --data or repair its rights.",
                path.display()
            ))
        };
        whole::check(&path).map_err(OpenError::Data)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Process => SqliteSynchronous::Normal,
                Durability::Power => SqliteSynchronous::Full,
            })
            .foreign_keys(true);
        let mut writer =
            SqliteConnection::connect_with(&options).await.map_err(|error| unusable(error.to_string()))?;
        sqlx::migrate!("./migrations").run(&mut writer).await.map_err(|error| unusable(error.to_string()))?;
        let cut_off =
            recovery::finish_cut_off(&mut writer).await.map_err(|error| unusable(error.to_string()))?;
        if cut_off > 0 {
            tracing::warn!(
                runs = cut_off,
                "runs that an earlier process left unfinished are marked as interrupted"
            );
        }
        let writable = options.clone();
        let readers =
            SqlitePoolOptions::new().max_connections(READERS_MAX).connect_lazy_with(options.read_only(true));
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let shelves = Shelves::default();
        Keeper::spawn(writer, writable, requests, shelves.clone(), room)
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Self { queue, readers, shelves })
    }

    /// Keeps a new run.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn create(&self, run: &RunSummary) -> Result<(), Error> {
        self.shelves.add(&run.id);
        let run = Box::new(run.clone());
        self.ask(|done| Item::Create { run, done }).await
    }

    /// Keeps entries of a run, in order, and tells its feeds once they are kept. Waits while the queue is full.
    ///
    /// # Errors
    /// When the journal is closed.
    pub async fn append(&self, run: &str, entries: &[Entry]) -> Result<(), Error> {
        // The writer drops the shelf of a run that it could not write: what came after would leave a hole.
        if self.shelves.get(run).is_none() {
            return Err(Error::new("the journal could not keep this run's entries"));
        }
        // Written down here, beside the other runs, and not by the one writer.
        let Some(chunk) = Chunk::of(entries)? else { return Ok(()) };
        let item = Item::Append { run: run.to_owned(), chunk };
        self.queue.send(item).await.map_err(|_| closed())
    }

    /// Marks where a run stands; a run that is over stops feeding.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn mark(&self, run: &str, state: State, verdict: Option<Verdict>) -> Result<(), Error> {
        let run = run.to_owned();
        self.ask(|done| Item::Mark { run, state, verdict: verdict.map(Box::new), done }).await
    }

    /// Ends a run that came to no end of its own: its journal says why, and judges what is there.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn cut_off(&self, run: &str, reason: &str) -> Result<(), Error> {
        let (run, reason) = (run.to_owned(), reason.to_owned());
        self.ask(|done| Item::CutOff { run, reason, done }).await
    }

    /// Forgets a run and its entries.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn forget(&self, run: &str) -> Result<(), Error> {
        let run = run.to_owned();
        self.ask(|done| Item::Forget { run, done }).await
    }

    /// Pins a run, so that it stays when older ones make room, or lets it go again. Answers whether there was room for
    /// one more: what is pinned may take half of all room, or new runs would find none.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn pin(&self, run: &str, pinned: bool) -> Result<bool, Error> {
        if pinned {
            let text = "select coalesce(sum(bytes), 0) from runs where pinned <> 0 or id = $1";
            let taken: i64 = sqlx::query_scalar(text).bind(run).fetch_one(&self.readers).await?;
            if taken > PINNED_BYTES_MAX {
                return Ok(false);
            }
        }
        let run = run.to_owned();
        self.ask(|done| Item::Pin { run, pinned, done }).await.map(|()| true)
    }

    /// One run.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn run(&self, id: &str) -> Result<Option<RunSummary>, Error> {
        let row =
            sqlx::query("select * from runs where id = $1").bind(id).fetch_optional(&self.readers).await?;
        row.as_ref().map(summary).transpose()
    }

    /// Runs, newest first, those before a given id: at most `limit`, and no more once their specs and verdicts take
    /// [`RUNS_BYTES_MAX`]. The last page is empty.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs(&self, before: Option<&str>, limit: usize) -> Result<Vec<RunSummary>, Error> {
        let text = "select * from runs where $1 is null or id < $1 order by id desc limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = sqlx::query(text).bind(before).bind(limit).fetch(&self.readers);
        let (mut runs, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            runs.push(summary(&row)?);
            bytes += row.try_get::<&str, _>("spec")?.len();
            bytes += row.try_get::<Option<&str>, _>("verdict")?.map_or(0, str::len);
            if bytes >= RUNS_BYTES_MAX {
                break;
            }
        }
        Ok(runs)
    }

    /// Whether there is any run older than this one.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn has_older(&self, id: &str) -> Result<bool, Error> {
        let text = "select exists(select 1 from runs where id < $1)";
        Ok(sqlx::query_scalar(text).bind(id).fetch_one(&self.readers).await?)
    }

    /// Entries after a seq, in order, at most `limit` and at most [`PAGE_MAX`].
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn entries(&self, run: &str, after: u64, limit: usize) -> Result<Vec<Entry>, Error> {
        let limit = limit.min(PAGE_MAX);
        let mut page: Vec<Entry> = Vec::new();
        let mut after = after;
        while page.len() < limit {
            let Some(chunk) = self.chunk(run, after).await? else {
                break;
            };
            let lines = Lines { after, chunk: Arc::new(chunk) };
            page.extend(lines.entries()?);
            after = lines.chunk.last_seq;
        }
        page.truncate(limit);
        Ok(page)
    }

    /// The live feed of a run after a seq; `None` if there is no such run.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn feed(&self, run: &str, after: u64) -> Result<Option<Feed>, Error> {
        // The shelf is taken first: whatever is kept from here on is seen, and what was kept before is read back.
        let shelf = self.shelves.get(run);
        let Some(summary) = self.run(run).await? else {
            return Ok(None);
        };
        let shelf = shelf.unwrap_or_else(|| Arc::new(Shelf::over(summary.entries)));
        Ok(Some(Feed::new(self.clone(), summary, shelf, after)))
    }

    /// The chunk that holds the entry after a seq.
    async fn chunk(&self, run: &str, after: u64) -> Result<Option<Chunk>, Error> {
        // The chunk that begins last before the next entry; a search by last_seq would read every chunk.
        let text = "select first_seq, last_seq, body from chunks where run = $1 and first_seq <= $2 \
                    order by first_seq desc limit 1";
        let next = i64::try_from(after.saturating_add(1)).unwrap_or(i64::MAX);
        let row = sqlx::query(text).bind(run).bind(next).fetch_optional(&self.readers).await?;
        let row = row.filter(|row| row.try_get::<i64, _>("last_seq").is_ok_and(|last| last >= next));
        row.as_ref().map(Chunk::read).transpose()
    }

    async fn ask(&self, item: impl FnOnce(oneshot::Sender<Result<(), Error>>) -> Item) -> Result<(), Error> {
        let (done, answer) = oneshot::channel();
        self.queue.send(item(done)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> Error {
    Error::new("the journal is closed")
}

/// The name of a state in the file.
fn state_name(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Finished => "finished",
        State::Interrupted => "interrupted",
    }
}

fn summary(row: &SqliteRow) -> Result<RunSummary, Error> {
    let json = |text: String| serde_json::from_str(&text).map_err(|error| Error::new(error.to_string()));
    let spec: Spec =
        serde_json::from_str(row.try_get("spec")?).map_err(|error| Error::new(error.to_string()))?;
    let state: String = row.try_get("state")?;
    let states = [State::Queued, State::Running, State::Finished, State::Interrupted];
    Ok(RunSummary {
        id: row.try_get("id")?,
        state: states.into_iter().find(|known| state_name(*known) == state).unwrap_or(State::Interrupted),
        spec,
        created_ms: row.try_get::<i64, _>("created_ms")?.unsigned_abs(),
        entries: row.try_get::<i64, _>("entries")?.unsigned_abs(),
        verdict: row.try_get::<Option<String>, _>("verdict")?.map(json).transpose()?,
        pinned: row.try_get::<i64, _>("pinned")? != 0,
    })
}
