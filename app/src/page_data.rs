//! What a page starts with: read from the [`Backend`] on the server, carried in the page to the browser.
//!
//! It travels as one text of one type. Leptos would carry any type, but compiles its machinery anew for each.

#[cfg(feature = "ssr")]
mod pack;

use std::sync::Arc;

use lab::catalog::Catalog;
use lab::event::Entry;
use lab::wire::RunSummary;
use leptos::prelude::*;
use serde::Deserialize;

use crate::backend::Backend;
use crate::reading::read;
#[cfg(feature = "ssr")]
use pack::pack;

/// So many runs stand side by side at most: each needs a picture that can still be read.
pub const COMPARED_MAX: usize = 6;

/// Which runs a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    Nothing,
    /// The run with this id.
    Run(String),
    /// The runs with these ids, in this order.
    Runs(Vec<String>),
    /// For each scenario's pinned witness, the latest finished run of it, or the server's own, which has no id.
    Classics,
}

/// What a page has for learners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Course {
    /// Nothing.
    #[default]
    Nothing,
    /// The challenges.
    Challenges,
    /// The lessons by name and title, and the one with this name whole, with the challenge that comes after it.
    Lesson(String),
}

/// What a page starts with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct Parcel {
    /// The catalog, as far as the page shows it.
    pub catalog: Catalog,
    /// The runs that were wanted and are there.
    pub shown: Vec<Shown>,
    /// Why they could not be read, in a sentence for people.
    pub problem: Option<String>,
}

/// A run and the first entries of its journal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct Shown {
    /// The run.
    pub run: RunSummary,
    /// Its first entries.
    pub entries: Vec<Entry>,
    /// Its story as HTML, where a page shows it and the run is over and not too long.
    pub story: Option<String>,
}

/// A page that waits for its parcel.
#[component]
pub fn Loaded(
    /// Which runs it shows.
    wanted: Wanted,
    /// What stands there until then.
    waiting: &'static str,
    /// The lab whose strategies come with their promises and sources; those of the others come with their names alone. A
    /// page of one run needs not say it.
    lab: Option<String>,
    /// What it has for learners.
    #[prop(optional)]
    course: Course,
    /// The page.
    show: Arc<dyn Fn(Parcel) -> AnyView + Send + Sync>,
) -> impl IntoView {
    let backend = use_context::<Arc<dyn Backend>>();
    let data = Resource::new_str_blocking(
        || (),
        move |()| pack(backend.clone(), wanted.clone(), lab.clone(), course.clone()),
    );
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

impl Parcel {
    fn empty(problem: &str) -> Self {
        let catalog = Catalog {
            version: String::new(),
            labs: Vec::new(),
            scenarios: Vec::new(),
            strategies: Vec::new(),
            invariants: Vec::new(),
            engines: Vec::new(),
            challenges: Vec::new(),
            lessons: Vec::new(),
        };
        Self { catalog, shown: Vec::new(), problem: Some(problem.to_owned()) }
    }
}

/// The browser finds the parcel in the page, and packs none.
#[cfg(not(feature = "ssr"))]
async fn pack(_: Option<Arc<dyn Backend>>, _: Wanted, _: Option<String>, _: Course) -> String {
    String::new()
}

#[cfg(all(test, feature = "ssr"))]
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
