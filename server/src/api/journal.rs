//! `GET /runs/{id}/journal`: the journal as JSON Lines, as far as it goes.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::Lab;
use futures::{StreamExt, stream};
use lab::dice::SEED_MAX;
use lab::event::Entry;

use super::query::Pairs;
use super::{RunId, runs};
use crate::calls::{Answer, Call, Content, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::AppState;

/// One JSON value on each line.
const JSON_LINES: &str = "application/jsonl";
/// So many entries are read from the journal at once.
const PAGE: usize = 1_000;
/// The largest seq that may be asked for: the largest integer that JavaScript keeps exactly.
pub(super) const SEQ_MAX: u64 = SEED_MAX;

/// `GET /runs/{id}/journal`.
pub const JOURNAL: Call = Call {
    id: "getJournal",
    method: Method::GET,
    path: "/api/v1/runs/{id}/journal",
    summary: "The journal, as far as it goes",
    text: "JSON Lines: one entry on each line, by the schema at /api/v1/journal.schema.json. The journal of a run \
           that goes on ends where it stands. Compressed with gzip when the request accepts it.",
    query: &[AFTER],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The entries behind `after`, in order, without gaps.",
        headers: &[("Content-Disposition", "A file name for those who keep it.")],
        content: Some(Content {
            media: JSON_LINES,
            schema: Some("Entry"),
            example: Some(super::examples::ENTRY),
        }),
    }],
    refusals: &["bad-query", "no-such-run", "after-end"],
    limits: &[],
    handler: || get(journal),
};

/// The place in the journal behind which an answer begins.
pub(super) const AFTER: Parameter = Parameter {
    name: "after",
    text: "The seq of the last entry that the asker has; 0 for the whole journal.",
    takes: Takes::Number { min: 0, max: SEQ_MAX, default: 0 },
};

/// The entries behind `after`. That of a run that goes on ends where the journal stands.
pub async fn journal(
    State(state): State<AppState>,
    RunId(id): RunId,
    mut query: Pairs,
) -> Result<Response, ApiError> {
    let after = query.number("after", 0..=SEQ_MAX, 0);
    query.end()?;
    let run = runs::find(&state, id).await?;
    runs::check_after(&state, &run, after).await?;
    let name = format!("attachment; filename=\"interleave-{}.jsonl\"", run.id);
    let pages = stream::unfold(Some(after), move |after| page(state.lab.clone(), run.id.clone(), after));
    // The compressing layer asks once more behind the end, which a bare unfold answers with a panic.
    let pages = pages.fuse();
    let headers = [(header::CONTENT_TYPE, JSON_LINES), (header::CONTENT_DISPOSITION, name.as_str())];
    Ok((headers, Body::from_stream(pages)).into_response())
}

type Page = (Result<String, io::Error>, Option<u64>);

/// The page behind `after`, and behind what the next one begins. A fault ends the answer early, so that the
/// client sees it break off and does not take a part for the whole.
async fn page(lab: Lab, id: String, after: Option<u64>) -> Option<Page> {
    match lab.entries(&id, after?, PAGE).await {
        Ok(entries) => {
            let last = entries.last()?.seq;
            Some((lines(&entries), Some(last)))
        }
        Err(error) => {
            tracing::error!("the journal of {id} breaks off: {error}");
            Some((Err(io::Error::other(error)), None))
        }
    }
}

fn lines(entries: &[Entry]) -> Result<String, io::Error> {
    let mut text = String::new();
    for entry in entries {
        text += &serde_json::to_string(entry)?;
        text.push('\n');
    }
    Ok(text)
}
