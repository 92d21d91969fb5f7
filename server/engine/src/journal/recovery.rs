//! What an earlier process left unfinished: each such run gets its last two entries, and is marked.
//!
//! Every entry that was told had been kept before, so nothing that anybody saw is missing. What the engine did
//! between the last entry and the end of the process is unknown, and the verdict judges what is there.

use lab::checks::Judge;
use lab::event::{Entry, Event};
use lab::wire::State;
use sqlx::{Row, SqliteConnection};

use super::chunk::{Chunk, Packer};
use super::{keeper, state_name};
use crate::Error;
use crate::recorder::Draft;

/// Why such a run ended.
const REASON: &str = "the program ended before the run did";

/// Finishes what was cut off. Returns how many runs that were.
pub(super) async fn finish_cut_off(connection: &mut SqliteConnection) -> Result<usize, Error> {
    let mut packer = Packer::new()?;
    let text = "select id from runs where state in ('queued', 'running') order by id";
    let rows = sqlx::query(text).fetch_all(&mut *connection).await?;
    for row in &rows {
        let run: String = row.try_get("id")?;
        if let Err(error) = finish(connection, &mut packer, &run, REASON).await {
            // One run that cannot be read must not keep the others from being there.
            tracing::warn!(run, %error, "a run that was cut off could not be judged");
            let text = "update runs set state = 'interrupted' where id = $1";
            sqlx::query(text).bind(&run).execute(&mut *connection).await?;
        }
    }
    Ok(rows.len())
}

/// Ends one run: what its journal lacks of an interruption and a verdict is added. Returns what was added.
pub(super) async fn finish(
    connection: &mut SqliteConnection,
    packer: &mut Packer,
    run: &str,
    reason: &str,
) -> Result<Option<Chunk>, Error> {
    let mut judge = Judge::default();
    let (mut last, mut interrupted, mut verdict) = (None::<Entry>, false, None);
    while let Some(entries) = read_chunk(connection, run, last.as_ref().map_or(0, |entry| entry.seq)).await? {
        for entry in &entries {
            judge.see(entry);
            match &entry.event {
                Event::Interrupted { .. } => interrupted = true,
                Event::Verdict(found) => verdict = Some((**found).clone()),
                _ => {}
            }
        }
        last = entries.into_iter().last();
    }
    let mut added = Vec::new();
    let verdict = verdict.unwrap_or_else(|| {
        if !interrupted {
            let cut = follow(last.as_ref(), Event::Interrupted { reason: reason.to_owned() });
            judge.see(&cut);
            interrupted = true;
            added.push(cut.clone());
            last = Some(cut);
        }
        let verdict = judge.verdict();
        added.push(follow(last.as_ref(), Event::Verdict(Box::new(verdict.clone()))));
        verdict
    });
    let added = Chunk::of(&added)?;
    let packed = keeper::pack(packer, added.iter().map(|chunk| (run, chunk)))?;
    keeper::append(connection, &packed).await?;
    let state = if interrupted { State::Interrupted } else { State::Finished };
    let json = serde_json::to_string(&verdict).map_err(|error| Error::new(error.to_string()))?;
    let text = "update runs set state = $1, verdict = $2 where id = $3";
    sqlx::query(text).bind(state_name(state)).bind(json).bind(run).execute(&mut *connection).await?;
    Ok(added)
}

async fn read_chunk(
    connection: &mut SqliteConnection,
    run: &str,
    after: u64,
) -> Result<Option<Vec<Entry>>, Error> {
    let text = "select first_seq, last_seq, body from chunks where run = $1 and first_seq > $2 order by first_seq limit 1";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let row = sqlx::query(text).bind(run).bind(after).fetch_optional(&mut *connection).await?;
    row.map(|row| Chunk::read(&row)?.entries()).transpose()
}

/// An entry of the run itself, right after another.
fn follow(last: Option<&Entry>, event: Event) -> Entry {
    let draft = Draft::of_run(last.map_or(0, |entry| entry.at_us), event);
    Entry {
        seq: last.map_or(0, |entry| entry.seq) + 1,
        at_us: draft.at_us,
        wall_us: last.map_or(0, |entry| entry.wall_us),
        actor: None,
        step: None,
        began_us: None,
        operation: None,
        attempt: None,
        causes: draft.causes,
        event: draft.event,
        sql: draft.sql,
        raw: draft.raw,
    }
}
