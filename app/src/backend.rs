//! What the pages ask of the server while they are rendered there.
//!
//! The server provides an `Arc<dyn Backend>` as leptos context for each request. The browser has none: it starts
//! with what the page carries, and from then on talks to the API.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use lab::catalog::Catalog;
use lab::event::Entry;
use lab::wire::RunSummary;

/// An answer that takes a while. The error is a sentence for people.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// The server, as far as the pages need it.
pub trait Backend: Send + Sync + 'static {
    /// Everything there is to choose from.
    fn catalog(&self) -> Arc<Catalog>;

    /// A run by its id; `None` if there is no such run.
    fn run<'a>(&'a self, id: &'a str) -> Answer<'a, Option<RunSummary>>;

    /// The first entries of a run's journal, at most `limit`.
    fn entries<'a>(&'a self, id: &'a str, limit: usize) -> Answer<'a, Vec<Entry>>;

    /// The story of a run as HTML; `None` while it goes on.
    fn story<'a>(&'a self, run: &'a RunSummary) -> Answer<'a, Option<String>>;

    /// The journal of the server's own run of a scenario's classic failure, which nobody asked for; `None` where it has
    /// made none.
    fn sample(&self, scenario: &str) -> Option<Vec<Entry>>;

    /// The newest runs, newest first, at most `limit`.
    fn runs(&self, limit: usize) -> Answer<'_, Vec<RunSummary>>;
}
