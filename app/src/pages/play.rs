//! A link that plays a run: with scripts it starts the run at once, without them it opens the workbench with the spec.

use lab::spec::Spec;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

use crate::browser;
use crate::client;
use crate::draft::{CHALLENGE_KEY, RUN_KEY, encode};
use crate::parts::Shelf;

/// What became of the press on such a link, shared by all links that are told about in one place.
#[derive(Clone, Copy)]
pub struct Starting {
    /// Whether a run is being started.
    pub is_on: RwSignal<bool>,
    /// What kept a run from starting.
    pub problem: RwSignal<Option<String>>,
}

/// Nobody has pressed anything.
impl Default for Starting {
    fn default() -> Self {
        Self { is_on: RwSignal::new(false), problem: RwSignal::new(None) }
    }
}

/// The link. A challenge that is being solved goes on with the run.
#[component]
pub fn Play(
    /// The run.
    spec: Spec,
    /// The catalog.
    shelf: Shelf,
    /// What became of it.
    starting: Starting,
    /// The classes of the link.
    class: &'static str,
    /// The name for tests.
    testid: String,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let Starting { is_on, problem } = starting;
    let challenge = use_query_map().with_untracked(|query| query.get(CHALLENGE_KEY));
    let href = workbench_of(&spec, shelf);
    let play = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        if is_on.get_untracked() {
            return;
        }
        is_on.set(true);
        problem.set(None);
        let (spec, challenge) = (spec.clone(), challenge.clone());
        spawn_local(async move {
            match client::start(&spec).await {
                Ok(run) => {
                    let mut pairs = shelf.with_value(|catalog| lab::query::pairs(&spec, catalog));
                    pairs.push((RUN_KEY.to_owned(), run.id));
                    pairs.extend(challenge.map(|name| (CHALLENGE_KEY.to_owned(), name)));
                    browser::go(&format!("/labs/{}{}", spec.lab, encode(&pairs)));
                }
                Err(refused) => {
                    problem.set(Some(refused.detail));
                    is_on.set(false);
                }
            }
        });
    };
    view! {
        <a class=class href=href rel="external" data-testid=testid on:click=play>
            {children()}
        </a>
    }
}

/// The workbench's address with this spec in it.
pub fn workbench_of(spec: &Spec, shelf: Shelf) -> String {
    let query = shelf.with_value(|catalog| encode(&lab::query::pairs(spec, catalog)));
    format!("/labs/{}{query}", spec.lab)
}
