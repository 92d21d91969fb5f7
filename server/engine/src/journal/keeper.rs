//! The one writer of the journal's file.

use std::sync::Arc;

use lab::verdict::Verdict;
use lab::wire::{RunSummary, State};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::chunk::{Chunk, Packer};
use super::shelves::Shelves;
use super::{recovery, state_name};
use crate::Error;

/// What all runs together may take, in bytes of compressed entries; beyond it the oldest ones go.
pub(super) const BYTES_MAX: i64 = 512 * 1024 * 1024;
/// What pinned runs may take of it: the other half is for new ones.
pub const PINNED_BYTES_MAX: i64 = BYTES_MAX / 2;
/// The most requests that share one commit.
const GROUP_MAX: usize = 128;
/// Of so many runs whose end could not be kept it is remembered that they must be ended later. More than may go on at
/// once, so none is forgotten; a restart would find them all.
const OWED_MAX: usize = 64;
/// What the journal of such a run says.
const OWED_REASON: &str = "the journal could not be written";

/// A request to the writer.
pub(super) enum Item {
    /// A new run.
    Create {
        /// The run.
        run: Box<RunSummary>,
        /// Kept.
        done: oneshot::Sender<Result<(), Error>>,
    },
    /// More entries.
    Append {
        /// Of this run.
        run: String,
        /// In order.
        chunk: Chunk,
    },
    /// A new state.
    Mark {
        /// Of this run.
        run: String,
        /// The state.
        state: State,
        /// The verdict, when there is one.
        verdict: Option<Box<Verdict>>,
        /// Kept.
        done: oneshot::Sender<Result<(), Error>>,
    },
    /// A run to end with what its journal lacks.
    CutOff {
        /// This run.
        run: String,
        /// Why it ended.
        reason: String,
        /// Kept.
        done: oneshot::Sender<Result<(), Error>>,
    },
    /// A run that stays, or need not stay any more, when others make room.
    Pin {
        /// This run.
        run: String,
        /// Whether it stays.
        pinned: bool,
        /// Kept.
        done: oneshot::Sender<Result<(), Error>>,
    },
    /// A run to forget.
    Forget {
        /// This run.
        run: String,
        /// Forgotten.
        done: oneshot::Sender<Result<(), Error>>,
    },
}

/// Owns the file.
pub(super) struct Keeper {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    packer: Packer,
    shelves: Shelves,
    /// Runs that are over, though the file does not say so.
    owed: Vec<String>,
    /// What all runs together may take, in bytes of compressed entries.
    room: i64,
}

impl Keeper {
    /// Starts the writer; it ends when nobody can ask it any more.
    pub fn spawn(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        mut requests: mpsc::Receiver<Item>,
        shelves: Shelves,
        room: i64,
    ) -> Result<(), Error> {
        let mut keeper =
            Self { connection, options, packer: Packer::new()?, shelves, owed: Vec::new(), room };
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(GROUP_MAX);
            while requests.recv_many(&mut group, GROUP_MAX).await > 0 {
                keeper.keep(&mut group).await;
            }
        });
        Ok(())
    }

    /// Keeps a group in one commit, then tells.
    async fn keep(&mut self, group: &mut Vec<Item>) {
        join_appends(group);
        let (ends, mut rest): (Vec<Item>, Vec<Item>) =
            group.drain(..).partition(|item| matches!(item, Item::CutOff { .. }));
        self.keep_group(&mut rest).await;
        for end in ends {
            self.cut_off(end).await;
        }
    }

    /// Ends a run in a commit of its own: that is rare, and must not fail with others.
    async fn cut_off(&mut self, item: Item) {
        let Item::CutOff { run, reason, done } = item else { return };
        let added = recovery::finish(&mut self.connection, &mut self.packer, &run, &reason).await;
        let kept = added.map(|added| {
            if let (Some(added), Some(shelf)) = (added, self.shelves.get(&run)) {
                shelf.put(Arc::new(added));
            }
        });
        self.shelves.close(&run);
        if kept.is_err() {
            self.owe(&run);
            self.reopen().await;
        }
        let _ = done.send(kept);
    }

    async fn keep_group(&mut self, group: &mut Vec<Item>) {
        let result = self.commit(group).await.map_err(|error| Error::of_journal(&error));
        if let Err(error) = &result {
            tracing::error!(%error, requests = group.len(), "the journal could not be written");
            group.iter().filter_map(run_ended_by).for_each(|run| self.owe(run));
            self.reopen().await;
        }
        for item in group.drain(..) {
            self.tell(item, &result);
        }
        if result.is_ok() {
            self.pay().await;
        }
    }

    fn owe(&mut self, run: &str) {
        if self.owed.len() < OWED_MAX {
            self.owed.push(run.to_owned());
        }
    }

    /// Ends what is owed, now that the file takes something again.
    async fn pay(&mut self) {
        while let Some(run) = self.owed.last() {
            let ended = recovery::finish(&mut self.connection, &mut self.packer, run, OWED_REASON).await;
            if let Err(error) = ended {
                tracing::error!(run, %error, "a run could not be marked as over");
                return self.reopen().await;
            }
            self.owed.pop();
        }
    }

    /// A new connection for one on which something failed: SQLite may have rolled back by itself, on a full disk it
    /// does, and then the driver's count of open transactions is wrong for ever.
    async fn reopen(&mut self) {
        match SqliteConnection::connect_with(&self.options).await {
            Ok(connection) => self.connection = connection,
            Err(error) => tracing::error!(%error, "the journal could not be opened again"),
        }
    }

    /// Runs are made first and marked last, so that the entries of all of them can be written between, together.
    async fn commit(&mut self, group: &[Item]) -> Result<(), sqlx::Error> {
        let appends = group.iter().filter_map(|item| match item {
            Item::Append { run, chunk } => Some((run.as_str(), chunk)),
            _ => None,
        });
        let appends = pack(&mut self.packer, appends)?;
        if !appends.is_empty() && appends.len() == group.len() {
            return append_alone(&mut self.connection, &appends).await;
        }
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        for item in group {
            if let Item::Create { run, .. } = item {
                create(&mut transaction, run).await?;
            }
        }
        append(&mut transaction, &appends).await?;
        for item in group {
            finish(&mut transaction, item, self.room).await?;
        }
        transaction.commit().await
    }

    fn tell(&self, item: Item, result: &Result<(), Error>) {
        match item {
            Item::Append { run, chunk } => match (result, self.shelves.get(&run)) {
                (Ok(()), Some(shelf)) => shelf.put(Arc::new(chunk)),
                // What is not kept is not told: the run's feeds end where the journal ends.
                _ => self.shelves.close(&run),
            },
            Item::Mark { run, state, done, .. } => {
                if matches!(state, State::Finished | State::Interrupted) {
                    self.shelves.close(&run);
                }
                drop(done.send(result.clone()));
            }
            Item::Create { done, .. }
            | Item::Forget { done, .. }
            | Item::Pin { done, .. }
            | Item::CutOff { done, .. } => drop(done.send(result.clone())),
        }
    }
}

/// The run whose end a request would have kept.
fn run_ended_by(item: &Item) -> Option<&str> {
    match item {
        Item::Mark { run, state: State::Finished | State::Interrupted, .. } => Some(run),
        _ => None,
    }
}

/// Joins what a run appends within one group into one chunk. A run's other requests never come between its
/// appends: it is created before the first and marked after the last.
fn join_appends(group: &mut Vec<Item>) {
    let mut joined: Vec<Item> = Vec::with_capacity(group.len());
    for item in group.drain(..) {
        let Item::Append { run, chunk } = item else {
            joined.push(item);
            continue;
        };
        let same = |kept: &&mut Item| matches!(kept, Item::Append { run: other, .. } if *other == run);
        match joined.iter_mut().find(same) {
            Some(Item::Append { chunk: kept, .. }) => kept.join(&chunk),
            _ => joined.push(Item::Append { run, chunk }),
        }
    }
    *group = joined;
}

async fn create(connection: &mut SqliteConnection, run: &RunSummary) -> Result<(), sqlx::Error> {
    sqlx::query("insert into runs (id, created_ms, state, spec) values ($1, $2, $3, $4)")
        .bind(&run.id)
        .bind(number(run.created_ms))
        .bind(state_name(run.state))
        .bind(json(&run.spec)?)
        .execute(connection)
        .await
        .map(drop)
}

/// Marks, pins, or forgets.
async fn finish(connection: &mut SqliteConnection, item: &Item, room: i64) -> Result<(), sqlx::Error> {
    match item {
        Item::Mark { run, state, verdict, .. } => {
            let verdict = verdict.as_ref().map(json).transpose()?;
            sqlx::query("update runs set state = $1, verdict = coalesce($2, verdict) where id = $3")
                .bind(state_name(*state))
                .bind(verdict)
                .bind(run)
                .execute(&mut *connection)
                .await?;
            if *state == State::Running { Ok(()) } else { make_room(connection, room).await }
        }
        Item::Pin { run, pinned, .. } => {
            let text = "update runs set pinned = $1 where id = $2";
            sqlx::query(text).bind(i64::from(*pinned)).bind(run).execute(connection).await.map(drop)
        }
        Item::Forget { run, .. } => {
            sqlx::query("delete from runs where id = $1").bind(run).execute(connection).await.map(drop)
        }
        // Written before; ended in a commit of its own.
        Item::Create { .. } | Item::Append { .. } | Item::CutOff { .. } => Ok(()),
    }
}

/// A chunk that is ready for the file.
pub(super) struct Packed<'a> {
    run: &'a str,
    first_seq: i64,
    last_seq: i64,
    body: Vec<u8>,
}

/// Makes chunks ready for the file; at most one for each run.
pub(super) fn pack<'a>(
    packer: &mut Packer,
    chunks: impl Iterator<Item = (&'a str, &'a Chunk)>,
) -> Result<Vec<Packed<'a>>, sqlx::Error> {
    let pack = |(run, chunk): (&'a str, &'a Chunk)| {
        let body = packer.pack(chunk).map_err(|error| sqlx::Error::Encode(error.into()))?;
        Ok(Packed { run, first_seq: number(chunk.first_seq), last_seq: number(chunk.last_seq), body })
    };
    chunks.map(pack).collect()
}

/// Keeps chunks within a transaction.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    chunks: &[Packed<'_>],
) -> Result<(), sqlx::Error> {
    if chunks.is_empty() {
        return Ok(());
    }
    let mut text = QueryBuilder::new("");
    push_chunks(&mut text, chunks);
    text.build().execute(connection).await.map(drop)
}

/// Keeps chunks in a transaction of their own, all in one text: each way to the file's thread and back costs more than
/// what is done there. Whoever gets an error opens the file again, which ends a transaction that stayed open.
async fn append_alone(connection: &mut SqliteConnection, chunks: &[Packed<'_>]) -> Result<(), sqlx::Error> {
    let mut text = QueryBuilder::new("begin immediate; ");
    push_chunks(&mut text, chunks);
    text.push("; commit").build().execute(connection).await.map(drop)
}

/// Two statements, however many chunks there are.
fn push_chunks(text: &mut QueryBuilder<Sqlite>, chunks: &[Packed<'_>]) {
    text.push("update runs set entries = kept.column2, bytes = bytes + kept.column3 from (");
    text.push_values(chunks, |mut row, chunk| {
        row.push_bind(chunk.run).push_bind(chunk.last_seq).push_bind(number(chunk.body.len() as u64));
    });
    text.push(") as kept where runs.id = kept.column1; insert into chunks (run, first_seq, last_seq, body) ");
    text.push_values(chunks, |mut row, chunk| {
        row.push_bind(chunk.run)
            .push_bind(chunk.first_seq)
            .push_bind(chunk.last_seq)
            .push_bind(&chunk.body[..]);
    });
}

/// Makes room: the oldest runs that are over and not pinned go, as long as all together take more than `room`.
async fn make_room(connection: &mut SqliteConnection, room: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from runs where state in ('finished', 'interrupted') and pinned = 0 and id in (select id from \
         (select id, sum(bytes) over (order by pinned desc, id desc) as taken from runs) where taken > $1 \
         and id <> (select max(id) from runs))",
    )
    .bind(room)
    .execute(connection)
    .await
    .map(drop)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn json(value: &impl serde::Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}
