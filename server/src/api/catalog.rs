//! `GET /catalog`: everything that a spec may name.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use lab::catalog::Catalog;

use crate::calls::{Answer, Call, Content};
use crate::state::AppState;

/// `GET /catalog`.
pub const CATALOG: Call = Call {
    id: "getCatalog",
    method: Method::GET,
    path: "/api/v1/catalog",
    summary: "Everything that a spec may name",
    text: "Labs, scenarios with their knobs and ranges, strategies with their promises, invariants, and engines \
           with what is missing where one cannot be used.",
    query: &[],
    body: None,
    answers: &[Answer {
        status: 200,
        text: "The catalog of this server.",
        headers: &[],
        content: Some(Content { media: "application/json", schema: Some("Catalog"), example: None }),
    }],
    refusals: &[],
    limits: &[],
    handler: || get(catalog),
};

/// The catalog.
pub async fn catalog(State(state): State<AppState>) -> Json<Catalog> {
    Json(Catalog::clone(&state.lab.catalog()))
}
