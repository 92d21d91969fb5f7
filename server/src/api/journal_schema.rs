//! `GET /journal.schema.json`: what a line of a journal holds, for those who read journals without our code.

use axum::Json;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use lab::event::Entry;
use schemars::Schema;

use crate::calls::{Answer, Call, Content};

/// The media type of a JSON Schema.
const SCHEMA_JSON: &str = "application/schema+json";

/// `GET /journal.schema.json`.
pub const JOURNAL_SCHEMA: Call = Call {
    id: "getJournalSchema",
    method: Method::GET,
    path: "/api/v1/journal.schema.json",
    summary: "The schema of a journal's lines",
    text: "JSON Schema, draft 2020-12. The types of events are a closed list: whoever has the schema and the \
           journal can judge the run again.",
    query: &[],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The schema.",
        headers: &[],
        content: Some(Content { media: SCHEMA_JSON, schema: None, example: None }),
    }],
    refusals: &[],
    limits: &[],
    handler: || get(async || ([(header::CONTENT_TYPE, SCHEMA_JSON)], Json(schema())).into_response()),
};

/// The schema of one entry.
pub fn schema() -> Schema {
    schemars::schema_for!(Entry)
}
