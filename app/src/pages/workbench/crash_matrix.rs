//! The matrix: every crash point of the form's run in every design, each tried for real, each cell a run to watch.

use lab::catalog::{Catalog, Design};
use lab::matrix::{Point, steps_by_actor};
use lab::spec::Spec;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bench::Bench;
use super::trying::{Column, TryPanel, Trying, outcome};
use crate::client;
use crate::live::piece;
use crate::testids;
use crate::words::matrix as words;
use crate::words::sentence::failure_point;

/// The matrix's panel; nothing where crashes are not what the scenario is about.
#[component]
pub fn CrashMatrix(bench: Bench) -> impl IntoView {
    let form = bench.form;
    let scenario = Memo::new(move |_| form.value("scenario"));
    let trying = Trying::default();
    piece(move || {
        let scenario = scenario.get();
        // What was tried in another scenario is no answer here.
        trying.columns.set(Vec::new());
        let designs = form.shelf.with_value(|catalog| designs(&scenario, catalog));
        if designs.is_empty() {
            return ().into_any();
        }
        let on_try = Callback::new(move |()| try_all(trying, bench, designs.clone()));
        let found = piece(move || trying.columns.with(|columns| table(columns, bench))).into_any();
        let words = [words::TITLE, words::ABOUT, words::TRY];
        view! { <TryPanel words testid=testids::TRY_CRASHES trying on_try found /> }.into_any()
    })
}

/// Tries design after design, and shows each as soon as it is tried.
fn try_all(trying: Trying, bench: Bench, designs: Vec<Design>) {
    let Some(spec) = trying.begin(bench) else { return };
    trying.columns.set(Vec::new());
    spawn_local(async move {
        for design in designs {
            trying.said.set(words::trying(&design.title));
            match client::matrix(&design.of(&spec)).await {
                Ok(matrix) => {
                    let points = matrix.points.into_iter().map(|point| watched(point, &spec)).collect();
                    trying.columns.update(|columns| columns.push(Column { title: design.title, points }));
                }
                Err(refused) => {
                    trying.problem.set(Some(refused.detail));
                    break;
                }
            }
        }
        trying.said.set(String::new());
    });
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
    let titles = columns.iter().map(|column| column.title.clone());
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
    words::survived(&column.title, fine, column.points.len())
}

fn row(columns: &[Column], actor: &str, step: &str, bench: Bench) -> AnyView {
    let at = format!("{actor}/{step}");
    let point =
        step.split('#').next().and_then(|step| failure_point(actor, step)).map_or("", |point| point.name);
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
    let label = column.title.clone();
    let Some(point) = column.points.iter().find(|point| point.at == at) else {
        return view! { <td class="matrix-absent quiet">{words::NO_STEP}</td> }.into_any();
    };
    let found: Vec<&str> = point.broken.iter().map(|(_, found)| found.as_str()).collect();
    let testid = format!("matrix-{}-{at}", column.title);
    view! {
        <td data-label=label title=found.join("; ")>{outcome(bench, point, testid)}</td>
    }
    .into_any()
}
