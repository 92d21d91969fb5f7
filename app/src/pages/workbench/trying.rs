//! What panels have in common that try a run many times over: a button, what is being tried, what kept it from being tried,
//! and links that say what came of a run and play it.

use lab::catalog::Catalog;
use lab::matrix::Point;
use lab::spec::Spec;
use leptos::prelude::*;

use super::bench::Bench;
use crate::live::{piece, press, text};
use crate::pages::play::workbench_of;
use crate::parts::icon::{Icon, Sign};
use crate::words::matrix as words;

/// Runs that were tried together, and what came of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// What they have in common.
    pub title: String,
    /// The runs; a point is what was done in it.
    pub points: Vec<Point>,
}

/// How it stands with trying. Copies are the same.
#[derive(Clone, Copy)]
pub struct Trying {
    /// What was found.
    pub columns: RwSignal<Vec<Column>>,
    /// What is being tried, in words; nothing when nothing is.
    pub said: RwSignal<String>,
    /// What kept it from being tried.
    pub problem: RwSignal<Option<String>>,
}

impl Default for Trying {
    fn default() -> Self {
        Self {
            columns: RwSignal::new(Vec::new()),
            said: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
        }
    }
}

impl Trying {
    /// The spec of the form, to be tried now; nothing while something is being tried, or when the form is wrong.
    pub fn begin(self, bench: Bench) -> Option<Spec> {
        if !self.said.with_untracked(String::is_empty) {
            return None;
        }
        match bench.form.spec.get_untracked() {
            Ok(spec) => {
                self.problem.set(None);
                Some(spec)
            }
            Err(faults) => {
                self.problem.set(Some(faults.to_string()));
                None
            }
        }
    }
}

/// A panel that opens on demand.
#[component]
pub fn TryPanel(
    /// Over it, what it does, and what stands on its button.
    words: [&'static str; 3],
    /// The button's name for tests.
    testid: &'static str,
    /// How it stands.
    trying: Trying,
    /// What the button does.
    on_try: Callback<()>,
    /// What was found.
    found: AnyView,
) -> impl IntoView {
    let [title, about, label] = words;
    view! {
        <details class="matrix glance panel">
            <summary>{title}</summary>
            <p class="quiet">{about}</p>
            <button
                type="button"
                class="button"
                data-testid=testid
                aria-disabled=text(move || if trying.said.with(String::is_empty) { "false" } else { "true" })
                on:click=press(move || on_try.run(()))
            >
                {label}
            </button>
            <span class="quiet" role="status">{text(move || trying.said.get())}</span>
            <p class="fault" role="alert">{piece(move || trying.problem.get())}</p>
            {found}
        </details>
    }
}

/// What came of a run, as a link that plays it on this page, so that what was found stays where it is.
pub fn outcome(bench: Bench, point: &Point, testid: String) -> AnyView {
    let Point { broken, undecided, .. } = point;
    let (icon, class) = match (broken.is_empty(), undecided.is_empty()) {
        (true, true) => (Icon::Tick, "glance-cell is-good"),
        (true, false) => (Icon::Question, "glance-cell"),
        _ => (Icon::Cross, "glance-cell is-bad"),
    };
    let word = bench.form.shelf.with_value(|catalog| word(broken, undecided, catalog));
    let spec = point.spec.clone();
    let href = workbench_of(&spec, bench.form.shelf);
    let play = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        bench.start_instead(spec.clone());
    };
    view! {
        <a class=class href=href rel="external" data-testid=testid on:click=play>
            <Sign icon=icon />
            {word}
        </a>
    }
    .into_any()
}

/// What is the matter with a run, in a few words.
fn word(broken: &[(String, String)], undecided: &[String], catalog: &Catalog) -> String {
    let mut said: Vec<&str> = Vec::new();
    for (invariant, _) in broken {
        let breach = catalog.invariant(invariant).map_or(invariant.as_str(), |card| card.breach.as_str());
        if !said.contains(&breach) {
            said.push(breach);
        }
    }
    match (said.is_empty(), undecided.is_empty()) {
        (true, true) => words::FINE.to_owned(),
        (true, false) => words::UNDECIDED.to_owned(),
        _ => said.join(", "),
    }
}
