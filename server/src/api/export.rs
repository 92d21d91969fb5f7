//! `GET /runs/{id}/export`: a run that is over, taken out of the lab.

use app::export::document::{self, document};
use app::export::shells::{self, Shell, script};
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lab::wire::{RunSummary, State as RunState};

use super::query::Pairs;
use super::{RunId, runs};
use crate::calls::{Answer, Call, Content, Limit, Parameter, Takes};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::story;

/// What a run can be taken out as.
const FORMS: [&str; 3] = ["html", "psql", "sqlite3"];

/// `GET /runs/{id}/export`.
pub const EXPORT: Call = Call {
    id: "exportRun",
    method: Method::GET,
    path: "/api/v1/runs/{id}/export",
    summary: "A run as a document, or as steps for the database's own shell",
    text: "As `html` it is one file with the verdict, the picture and every entry with its SQL; it needs no server, runs \
           no script and prints. As `psql` or `sqlite3` it is a list of numbered steps with their terminals: the \
           statements of the run, word for word and with their values, to be typed by hand into one shell for each \
           actor. What happened outside the database stands between them as remarks.",
    query: &[Parameter { name: "as", text: "What it is taken out as.", takes: Takes::Name(&FORMS) }],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The file.",
        headers: &[("Content-Disposition", "A file name for those who keep it.")],
        content: Some(Content { media: "text/html, text/plain", schema: None, example: None }),
    }],
    refusals: &["bad-query", "no-such-run", "not-exportable"],
    limits: &[
        Limit {
            name: "entries in a document",
            max: document::ENTRIES_MAX as u64,
            text: "Of a longer run the document holds the first ones, and says so.",
        },
        Limit {
            name: "entries in a list of steps",
            max: shells::ENTRIES_MAX as u64,
            text: "A longer run is refused: nobody types it.",
        },
    ],
    handler: || get(export),
};

async fn export(
    State(state): State<AppState>,
    RunId(id): RunId,
    mut query: Pairs,
) -> Result<Response, ApiError> {
    let form = query.name("as", &FORMS);
    query.end()?;
    let run = runs::find(&state, id).await?;
    if matches!(run.state, RunState::Queued | RunState::Running) {
        return Err(ApiError::NotExportable(format!(
            "The run {} goes on; take it out when it is over.",
            run.id
        )));
    }
    match form {
        "psql" => steps(&state, &run, Shell::Psql).await,
        "sqlite3" => steps(&state, &run, Shell::Sqlite3).await,
        _ => whole(&state, &run).await,
    }
}

async fn whole(state: &AppState, run: &RunSummary) -> Result<Response, ApiError> {
    let entries = state.lab.entries(&run.id, 0, document::ENTRIES_MAX).await?;
    let story = story::of(&state.lab, run).await?;
    let document = document(run, &entries, story.as_ref(), &state.lab.catalog());
    Ok(file(run, "html", "text/html; charset=utf-8", document))
}

async fn steps(state: &AppState, run: &RunSummary, shell: Shell) -> Result<Response, ApiError> {
    let fitting = Shell::of(&run.spec.engine.store);
    if shell != fitting {
        return Err(ApiError::NotExportable(format!(
            "The run {} was on {}, which {} does not speak to; ask for as={}.",
            run.id,
            run.spec.engine.store,
            shell.name(),
            fitting.name()
        )));
    }
    let entries = state.lab.entries(&run.id, 0, shells::ENTRIES_MAX + 1).await?;
    if entries.len() > shells::ENTRIES_MAX {
        return Err(ApiError::NotExportable(format!(
            "The run {} has {} entries; a list of steps takes at most {}. Make the workload smaller.",
            run.id,
            run.entries,
            shells::ENTRIES_MAX
        )));
    }
    let script = script(&entries, shell).map_err(ApiError::NotExportable)?;
    Ok(file(run, "sql", "text/plain; charset=utf-8", script))
}

fn file(run: &RunSummary, ending: &str, media: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"interleave-{}.{ending}\"", run.id);
    ([(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, name.as_str())], text).into_response()
}
