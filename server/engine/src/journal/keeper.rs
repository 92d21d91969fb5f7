//! The one writer of the journal's file.

use lab::event::Entry;
use lab::verdict::Verdict;
use lab::wire::{RunSummary, State};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{mpsc, oneshot};

use super::shelves::Shelves;
use super::{chunk, recovery, state_name};
use crate::Error;

/// What all runs together may take, in bytes of compressed entries; beyond it the oldest ones go.
pub const BYTES_MAX: i64 = 512 * 1024 * 1024;
/// The most requests that share one commit.
const GROUP_MAX: usize = 128;

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
        entries: Vec<Entry>,
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
    shelves: Shelves,
}

impl Keeper {
    /// Starts the writer; it ends when nobody can ask it any more.
    pub fn spawn(connection: SqliteConnection, mut requests: mpsc::Receiver<Item>, shelves: Shelves) {
        let mut keeper = Self { connection, shelves };
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(GROUP_MAX);
            while requests.recv_many(&mut group, GROUP_MAX).await > 0 {
                keeper.keep(&mut group).await;
            }
        });
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
        let added = recovery::finish(&mut self.connection, &run, &reason).await;
        if let (Ok(added), Some(shelf)) = (&added, self.shelves.get(&run)) {
            shelf.put(added.clone().into());
        }
        self.shelves.close(&run);
        let _ = done.send(added.map(drop));
    }

    async fn keep_group(&mut self, group: &mut Vec<Item>) {
        let result = self.commit(group).await.map_err(|error| Error::new(format!("the journal: {error}")));
        if let Err(error) = &result {
            tracing::error!(%error, requests = group.len(), "the journal could not be written");
        }
        for item in group.drain(..) {
            self.tell(item, &result);
        }
    }

    async fn commit(&mut self, group: &[Item]) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        for item in group {
            write(&mut transaction, item).await?;
        }
        transaction.commit().await
    }

    fn tell(&self, item: Item, result: &Result<(), Error>) {
        match item {
            Item::Append { run, entries } => match (result, self.shelves.get(&run)) {
                (Ok(()), Some(shelf)) => shelf.put(entries.into()),
                // What is not kept is not told: the run's feeds end where the journal ends.
                _ => self.shelves.close(&run),
            },
            Item::Mark { run, state, done, .. } => {
                if matches!(state, State::Finished | State::Interrupted) {
                    self.shelves.close(&run);
                }
                drop(done.send(result.clone()));
            }
            Item::Create { done, .. } | Item::Forget { done, .. } | Item::CutOff { done, .. } => {
                drop(done.send(result.clone()))
            }
        }
    }
}

/// Joins what a run appends within one group into one chunk. A run's other requests never come between its
/// appends: it is created before the first and marked after the last.
fn join_appends(group: &mut Vec<Item>) {
    let mut joined: Vec<Item> = Vec::with_capacity(group.len());
    for item in group.drain(..) {
        let Item::Append { run, mut entries } = item else {
            joined.push(item);
            continue;
        };
        let same = |kept: &&mut Item| matches!(kept, Item::Append { run: other, .. } if *other == run);
        match joined.iter_mut().find(same) {
            Some(Item::Append { entries: kept, .. }) => kept.append(&mut entries),
            _ => joined.push(Item::Append { run, entries }),
        }
    }
    *group = joined;
}

async fn write(transaction: &mut Transaction<'_, Sqlite>, item: &Item) -> Result<(), sqlx::Error> {
    match item {
        Item::Create { run, .. } => create(transaction, run).await,
        Item::Append { run, entries } => append(transaction, run, entries).await,
        Item::Mark { run, state, verdict, .. } => {
            let verdict = verdict.as_ref().map(json).transpose()?;
            sqlx::query("update runs set state = $1, verdict = coalesce($2, verdict) where id = $3")
                .bind(state_name(*state))
                .bind(verdict)
                .bind(run)
                .execute(&mut **transaction)
                .await?;
            if *state == State::Running { Ok(()) } else { make_room(transaction).await }
        }
        // Ended in a commit of its own.
        Item::CutOff { .. } => Ok(()),
        Item::Forget { run, .. } => sqlx::query("delete from runs where id = $1")
            .bind(run)
            .execute(&mut **transaction)
            .await
            .map(drop),
    }
}

async fn create(transaction: &mut Transaction<'_, Sqlite>, run: &RunSummary) -> Result<(), sqlx::Error> {
    sqlx::query("insert into runs (id, created_ms, state, spec) values ($1, $2, $3, $4)")
        .bind(&run.id)
        .bind(i64::try_from(run.created_ms).unwrap_or(i64::MAX))
        .bind(state_name(run.state))
        .bind(json(&run.spec)?)
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Keeps entries of a run as one chunk.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    run: &str,
    entries: &[Entry],
) -> Result<(), sqlx::Error> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
    let body = chunk::pack(entries).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let bytes = number(body.len() as u64);
    sqlx::query("insert into chunks (run, first_seq, last_seq, body) values ($1, $2, $3, $4)")
        .bind(run)
        .bind(number(first.seq))
        .bind(number(last.seq))
        .bind(body)
        .execute(&mut *connection)
        .await?;
    sqlx::query("update runs set entries = $1, bytes = bytes + $2 where id = $3")
        .bind(number(last.seq))
        .bind(bytes)
        .bind(run)
        .execute(connection)
        .await
        .map(drop)
}

/// Makes room: the oldest runs that are over go, as long as all together take more than [`BYTES_MAX`].
async fn make_room(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from runs where state in ('finished', 'interrupted') and id in (select id from \
         (select id, sum(bytes) over (order by id desc) as taken from runs) where taken > $1 \
         and id <> (select max(id) from runs))",
    )
    .bind(BYTES_MAX)
    .execute(connection)
    .await
    .map(drop)
}

fn json(value: &impl serde::Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}
