//! Packs what a page starts with: on the server, from the [`Backend`].

use std::sync::Arc;

use lab::catalog::{Catalog, PromiseValue};
use lab::event::{Entry, Event};
use lab::spec::Spec;
use lab::wire::{RunSummary, State};

use super::{COMPARED_MAX, Course, Parcel, Shown, Wanted};
use crate::backend::Backend;

/// So many entries travel with the page; the feed brings the rest.
const ENTRIES_IN_PAGE: usize = 200;
/// Of a run with more entries than this the browser asks for the story, so that the page need not wait for it.
const ENTRIES_TOLD_OF: u64 = 20_000;
/// Among so many latest runs a picture for the home page is looked for.
const RUNS_LOOKED_AT: usize = 50;

/// The parcel of a page, as a text.
pub(super) async fn pack(
    backend: Option<Arc<dyn Backend>>,
    wanted: Wanted,
    lab: Option<String>,
    course: Course,
) -> String {
    let is_of_one_run = matches!(wanted, Wanted::Run(_));
    let Some(backend) = backend else { return String::new() };
    let found = match wanted {
        Wanted::Nothing => Ok(Vec::new()),
        Wanted::Run(id) => run_with_story(&*backend, &id).await,
        Wanted::Runs(ids) => each(&*backend, &ids).await,
        Wanted::Classics => classics(&*backend).await,
    };
    let (shown, problem) = match found {
        Ok(shown) => (shown, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let lab = lab.or_else(|| shown.first().filter(|_| is_of_one_run).map(|shown| shown.run.spec.lab.clone()));
    let mut catalog = lightened(&backend.catalog(), lab.as_deref());
    keep_course(&mut catalog, &course);
    let parcel = Parcel { catalog, shown, problem };
    serde_json::to_string(&parcel).unwrap_or_default()
}

/// The catalog without what the page does not show: nine tenths of it are promises, their specs and sources, and a
/// browser would read them before it comes to life.
fn lightened(catalog: &Catalog, lab: Option<&str>) -> Catalog {
    let mut catalog = catalog.clone();
    let shown: Vec<&str> = catalog
        .scenarios
        .iter()
        .filter(|card| Some(card.lab.as_str()) == lab)
        .map(|card| card.name.as_str())
        .collect();
    for card in &mut catalog.strategies {
        if card.scenarios.iter().any(|scenario| shown.contains(&scenario.as_str())) {
            // Trials are for tests: no page plays them.
            card.promises.iter_mut().for_each(|promise| promise.trial = None);
        } else {
            card.promises.retain(|promise| promise.value == PromiseValue::NotOnThisEngine);
            card.source.clear();
        }
    }
    catalog
}

/// Leaves in the catalog what a page has for learners.
fn keep_course(catalog: &mut Catalog, course: &Course) {
    let Course::Lesson(name) = course else {
        catalog.lessons.clear();
        if *course == Course::Nothing {
            catalog.challenges.clear();
        }
        return;
    };
    let mut after = String::new();
    for lesson in &mut catalog.lessons {
        if lesson.name == *name {
            after.clone_from(&lesson.challenge);
        } else {
            lesson.parts.clear();
        }
    }
    catalog.challenges.retain(|challenge| challenge.name == after);
}

async fn run(backend: &dyn Backend, id: &str) -> Result<Vec<Shown>, String> {
    let Some(run) = backend.run(id).await? else { return Ok(Vec::new()) };
    let entries = backend.entries(id, ENTRIES_IN_PAGE).await?;
    Ok(vec![Shown { run, entries, story: None }])
}

async fn run_with_story(backend: &dyn Backend, id: &str) -> Result<Vec<Shown>, String> {
    let mut found = run(backend, id).await?;
    for shown in found.iter_mut().filter(|shown| shown.run.entries <= ENTRIES_TOLD_OF) {
        shown.story = backend.story(&shown.run).await?;
    }
    Ok(found)
}

async fn each(backend: &dyn Backend, ids: &[String]) -> Result<Vec<Shown>, String> {
    let mut found = Vec::new();
    for id in ids.iter().take(COMPARED_MAX) {
        found.extend(run(backend, id).await?);
    }
    Ok(found)
}

/// A run that nobody asked for: it is in no journal, so it has no id.
fn sample(classic: &Spec, entries: Vec<Entry>) -> Shown {
    let verdict = entries.last().and_then(|entry| match &entry.event {
        Event::Verdict(verdict) => Some((**verdict).clone()),
        _ => None,
    });
    let run = RunSummary {
        id: String::new(),
        state: State::Finished,
        spec: classic.clone(),
        created_ms: 0,
        entries: entries.len() as u64,
        verdict,
        pinned: false,
    };
    Shown { run, entries, story: None }
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
            found.push(Shown { run: run.clone(), entries, story: None });
        } else if let Some(entries) = backend.sample(&card.name) {
            found.push(sample(&card.classic, entries));
        }
    }
    Ok(found)
}
