//! The matrix: every crash point of the form's run in every design, each tried for real, each cell a run to watch.

use lab::catalog::{Catalog, Design};
use lab::matrix::{Point, steps_by_actor};
use lab::spec::Spec;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bench::Bench;
use crate::client;
use crate::form::Form;
use crate::live::{piece, piece_when, press, text};
use crate::pages::play::workbench_of;
use crate::parts::icon::{Icon, Sign};
use crate::testids;
use crate::words::matrix as words;
use crate::words::sentence::failure_point;

/// A design, and what came of a crash at each point of its run.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    design: Design,
    points: Vec<Point>,
}

/// What has been tried. Copies are the same.
#[derive(Clone, Copy)]
struct Tried {
    /// The spec that the columns come from.
    spec: RwSignal<Option<Spec>>,
    columns: RwSignal<Vec<Column>>,
    /// The design that is being tried.
    trying: RwSignal<Option<String>>,
    problem: RwSignal<Option<String>>,
}

/// The matrix's panel; nothing where crashes are not what the scenario is about.
#[component]
pub fn CrashMatrix(bench: Bench) -> impl IntoView {
    let form = bench.form;
    let scenario = Memo::new(move |_| form.value("scenario"));
    let tried = Tried {
        spec: RwSignal::new(None),
        columns: RwSignal::new(Vec::new()),
        trying: RwSignal::new(None),
        problem: RwSignal::new(None),
    };
    piece(move || {
        let designs = form.shelf.with_value(|catalog| designs(&scenario.get(), catalog));
        (!designs.is_empty()).then(|| view! { <Panel bench designs tried /> })
    })
}

#[component]
fn Panel(bench: Bench, designs: Vec<Design>, tried: Tried) -> impl IntoView {
    let form = bench.form;
    let is_of_form = Memo::new(move |_| {
        let scenario = form.value("scenario");
        tried.spec.with(|spec| spec.as_ref().is_some_and(|spec| spec.scenario == scenario))
    });
    let said = text(move || tried.trying.get().map_or_else(String::new, |title| words::trying(&title)));
    let problem = piece(move || tried.problem.get());
    let table = piece_when(
        move || is_of_form.get(),
        move || {
            let table = piece(move || tried.columns.with(|columns| table(columns, bench)));
            view! { {table} }
        },
    );
    view! {
        <details class="matrix glance panel">
            <summary>{words::TITLE}</summary>
            <p class="quiet">{words::ABOUT}</p>
            <button
                type="button"
                class="button"
                data-testid=testids::TRY_CRASHES
                aria-disabled=text(move || if tried.trying.with(Option::is_some) { "true" } else { "false" })
                on:click=press(move || tried.try_all(form, designs.clone()))
            >
                {words::TRY}
            </button>
            <span class="quiet" role="status">{said}</span>
            <p class="fault" role="alert">{problem}</p>
            {table}
        </details>
    }
}

impl Tried {
    /// Tries design after design, and shows each as soon as it is tried.
    fn try_all(self, form: Form, designs: Vec<Design>) {
        if self.trying.with_untracked(Option::is_some) {
            return;
        }
        let spec = match form.spec.get_untracked() {
            Ok(spec) => spec,
            Err(faults) => return self.problem.set(Some(faults.to_string())),
        };
        self.problem.set(None);
        self.columns.set(Vec::new());
        self.spec.set(Some(spec.clone()));
        spawn_local(async move {
            for design in designs {
                self.trying.set(Some(design.title.clone()));
                match client::matrix(&design.of(&spec)).await {
                    Ok(matrix) => {
                        let points = matrix.points.into_iter().map(|point| watched(point, &spec)).collect();
                        self.columns.update(|columns| columns.push(Column { design, points }));
                    }
                    Err(refused) => {
                        self.problem.set(Some(refused.detail));
                        break;
                    }
                }
            }
            self.trying.set(None);
        });
    }
}

/// The same point, to be played at the form's own pace.
fn watched(point: Point, form: &Spec) -> Point {
    Point { spec: Spec { pace: form.pace, ..point.spec }, ..point }
}

fn designs(scenario: &str, catalog: &Catalog) -> Vec<Design> {
    let card = catalog.scenarios.iter().find(|card| card.name == scenario);
    card.map(|card| card.designs.clone()).unwrap_or_default()
}

/// Pieces of the table, of one type for all of them.
type Pieces = Vec<AnyView>;

fn table(columns: &[Column], bench: Bench) -> AnyView {
    if columns.is_empty() {
        return ().into_any();
    }
    let titles = columns.iter().map(|column| column.design.title.clone());
    let heads: Pieces = titles.map(|title| view! { <th scope="col">{title}</th> }.into_any()).collect();
    let sums: Pieces = columns.iter().map(|column| view! { <li>{sum(column)}</li> }.into_any()).collect();
    let places = columns.iter().map(|column| column.points.iter().map(|point| point.at.as_str()).collect());
    let groups = steps_by_actor(places).into_iter().map(|(actor, steps)| {
        let rows = steps.into_iter().map(|step| row(columns, actor, step, bench));
        let head = view! {
            <tr class="matrix-actor">
                <th scope="rowgroup" colspan=(columns.len() + 1).to_string()>{actor}</th>
            </tr>
        };
        let rows: Pieces = std::iter::once(head.into_any()).chain(rows).collect();
        view! { <tbody>{rows}</tbody> }.into_any()
    });
    let groups: Pieces = groups.collect();
    view! {
        <ul class="matrix-sums" data-testid=testids::MATRIX_SUMS>{sums}</ul>
        <table data-testid=testids::MATRIX>
            <caption class="visually-hidden">{words::CAPTION}</caption>
            <thead>
                <tr>
                    <th scope="col">{words::BEFORE}</th>
                    {heads}
                </tr>
            </thead>
            {groups}
        </table>
    }
    .into_any()
}

/// How many points a design survives.
fn sum(column: &Column) -> String {
    let fine = column.points.iter().filter(|point| point.is_fine()).count();
    words::survived(&column.design.title, fine, column.points.len())
}

fn row(columns: &[Column], actor: &str, step: &str, bench: Bench) -> AnyView {
    let at = format!("{actor}/{step}");
    let point = step.split('#').next().and_then(failure_point).map_or("", |point| point.name);
    let cells: Pieces = columns.iter().map(|column| cell(column, &at, bench)).collect();
    let step = step.to_owned();
    view! {
        <tr>
            <th scope="row">
                {step}
                <span class="glance-engine">{point}</span>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}

fn cell(column: &Column, at: &str, bench: Bench) -> AnyView {
    let label = column.design.title.clone();
    let Some(point) = column.points.iter().find(|point| point.at == at) else {
        return view! { <td class="matrix-absent quiet">{words::NO_STEP}</td> }.into_any();
    };
    let (icon, class) = match (point.broken.is_empty(), point.is_fine()) {
        (_, true) => (Icon::Tick, "glance-cell is-good"),
        (true, _) => (Icon::Question, "glance-cell"),
        _ => (Icon::Cross, "glance-cell is-bad"),
    };
    let word = bench.form.shelf.with_value(|catalog| word(point, catalog));
    let found: Vec<&str> = point.broken.iter().map(|(_, found)| found.as_str()).collect();
    let testid = format!("matrix-{}-{at}", column.design.title);
    let (spec, href) = (point.spec.clone(), workbench_of(&point.spec, bench.form.shelf));
    // Played on this page, so that the table stays where it is.
    let play = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        bench.start_instead(spec.clone());
    };
    view! {
        <td data-label=label title=found.join("; ")>
            <a class=class href=href rel="external" data-testid=testid on:click=play>
                <Sign icon=icon />
                {word}
            </a>
        </td>
    }
    .into_any()
}

/// What is the matter at a point, in a few words.
fn word(point: &Point, catalog: &Catalog) -> String {
    let mut said: Vec<&str> = Vec::new();
    for (invariant, _) in &point.broken {
        let breach = catalog.invariant(invariant).map_or(invariant.as_str(), |card| card.breach.as_str());
        if !said.contains(&breach) {
            said.push(breach);
        }
    }
    match (said.is_empty(), point.undecided.is_empty()) {
        (true, true) => words::FINE.to_owned(),
        (true, false) => words::UNDECIDED.to_owned(),
        _ => said.join(", "),
    }
}
