//! What a page starts with: read from the [`Backend`] on the server, carried in the page to the browser.
//!
//! It travels as one text of one type. Leptos would carry any type, but compiles its machinery anew for each.

use std::sync::Arc;

use lab::catalog::Catalog;
use lab::event::Entry;
use lab::spec::Spec;
use lab::wire::{RunSummary, State};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::backend::Backend;

/// So many entries travel with the page; the feed brings the rest.
const ENTRIES_IN_PAGE: usize = 200;
/// Among so many latest runs a picture for the home page is looked for.
const RUNS_LOOKED_AT: usize = 50;

/// So many runs stand side by side at most: each needs a picture that can still be read.
pub const COMPARED_MAX: usize = 4;

/// Which runs a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    Nothing,
    /// The run with this id.
    Run(String),
    /// The runs with these ids, in this order.
    Runs(Vec<String>),
    /// For each scenario's pinned witness, the latest finished run of it.
    Classics,
}

/// What a page starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// The catalog.
    pub catalog: Catalog,
    /// The runs that were wanted and are there.
    pub shown: Vec<Shown>,
    /// Why they could not be read, in a sentence for people.
    pub problem: Option<String>,
}

/// A run and the first entries of its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The run.
    pub run: RunSummary,
    /// Its first entries.
    pub entries: Vec<Entry>,
}

/// A page that waits for its parcel.
#[component]
pub fn Loaded(
    /// Which runs it shows.
    wanted: Wanted,
    /// What stands there until then.
    waiting: &'static str,
    /// The page.
    show: Arc<dyn Fn(Parcel) -> AnyView + Send + Sync>,
) -> impl IntoView {
    let backend = use_context::<Arc<dyn Backend>>();
    let data = Resource::new_str_blocking(|| (), move |()| pack(backend.clone(), wanted.clone()));
    let body = move || {
        let show = Arc::clone(&show);
        Suspend::new(async move {
            let text = data.await;
            show(read(&text).unwrap_or_else(|error| Parcel::empty(&error.to_string())))
        })
    };
    view! {
        <Suspense fallback=move || view! { <p class="loading" role="status">{waiting}</p> }>{body}</Suspense>
    }
}

/// Reads a struct from JSON.
///
/// # Errors
/// When the text is not JSON, or not of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    /// Flattening leads all of it through the same buffer as the journal's tagged events. Read directly, every type
    /// would be compiled a second time for the text itself.
    #[derive(Deserialize)]
    struct Buffered<T> {
        #[serde(flatten)]
        it: T,
    }
    serde_json::from_str::<Buffered<T>>(text).map(|buffered| buffered.it)
}

impl Parcel {
    fn empty(problem: &str) -> Self {
        let catalog = Catalog {
            version: String::new(),
            labs: Vec::new(),
            scenarios: Vec::new(),
            strategies: Vec::new(),
            invariants: Vec::new(),
            engines: Vec::new(),
        };
        Self { catalog, shown: Vec::new(), problem: Some(problem.to_owned()) }
    }
}

async fn pack(backend: Option<Arc<dyn Backend>>, wanted: Wanted) -> String {
    // Only the server packs; the browser finds the parcel in the page.
    let Some(backend) = backend else { return String::new() };
    let found = match wanted {
        Wanted::Nothing => Ok(Vec::new()),
        Wanted::Run(id) => run(&*backend, &id).await,
        Wanted::Runs(ids) => each(&*backend, &ids).await,
        Wanted::Classics => classics(&*backend).await,
    };
    let (shown, problem) = match found {
        Ok(shown) => (shown, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let parcel = Parcel { catalog: (*backend.catalog()).clone(), shown, problem };
    serde_json::to_string(&parcel).unwrap_or_default()
}

async fn run(backend: &dyn Backend, id: &str) -> Result<Vec<Shown>, String> {
    let Some(run) = backend.run(id).await? else { return Ok(Vec::new()) };
    let entries = backend.entries(id, ENTRIES_IN_PAGE).await?;
    Ok(vec![Shown { run, entries }])
}

async fn each(backend: &dyn Backend, ids: &[String]) -> Result<Vec<Shown>, String> {
    let mut found = Vec::new();
    for id in ids.iter().take(COMPARED_MAX) {
        found.extend(run(backend, id).await?);
    }
    Ok(found)
}

async fn classics(backend: &dyn Backend) -> Result<Vec<Shown>, String> {
    let catalog = backend.catalog();
    let runs = backend.runs(RUNS_LOOKED_AT).await?;
    let mut found = Vec::new();
    for card in &catalog.scenarios {
        let is_classic = |run: &&RunSummary| {
            run.state == State::Finished && run.spec == Spec { pace: run.spec.pace, ..card.classic.clone() }
        };
        if let Some(run) = runs.iter().find(is_classic) {
            let entries = backend.entries(&run.id, ENTRIES_IN_PAGE).await?;
            found.push(Shown { run: run.clone(), entries });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_reads_back_as_it_was_packed() {
        let parcel = Parcel::empty("\u{201c}quoted\u{201d} <b>");
        let text = serde_json::to_string(&parcel).expect("it can be written");
        assert_eq!(read::<Parcel>(&text).expect("it can be read"), parcel);
        assert!(read::<Parcel>("").is_err());
    }
}
