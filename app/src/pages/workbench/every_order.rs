//! Every order in which the steps of the form's run can come, each tried for real, each a run to watch.

use lab::catalog::Catalog;
use lab::explore::{Explored, Order};
use lab::matrix::Point;
use lab::spec::Spec;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bench::Bench;
use super::trying::{Column, TryPanel, Trying, outcome};
use crate::client;
use crate::live::piece;
use crate::testids;
use crate::words::explore as words;

/// No more orders are listed.
const ROWS_MAX: usize = 30;

/// The panel.
#[component]
pub fn EveryOrder(bench: Bench) -> impl IntoView {
    let trying = Trying::default();
    let on_try = Callback::new(move |()| try_all(trying, bench));
    let found = piece(move || trying.columns.with(|columns| found(columns, bench))).into_any();
    let words = [words::TITLE, words::ABOUT, words::TRY];
    view! { <TryPanel words testid=testids::TRY_ORDERS trying on_try found /> }
}

fn try_all(trying: Trying, bench: Bench) {
    let Some(spec) = trying.begin(bench) else { return };
    trying.said.set(words::TRYING.to_owned());
    spawn_local(async move {
        match client::explore(&spec).await {
            Ok(explored) => {
                let column = column(bench, &spec, explored);
                trying.columns.update(|columns| {
                    // The same outcome again is the same line, last.
                    columns.retain(|before| before.title != column.title);
                    columns.push(column);
                });
            }
            Err(refused) => trying.problem.set(Some(refused.detail)),
        }
        trying.said.set(String::new());
    });
}

/// How many orders the run survives, and the orders: what broke comes first.
fn column(bench: Bench, spec: &Spec, Explored { mut orders, is_all }: Explored) -> Column {
    let fine = orders.iter().filter(|order| order.is_fine()).count();
    let run = bench.form.shelf.with_value(|catalog| told(spec, catalog));
    let title = words::survived(&run, fine, orders.len(), is_all);
    orders.sort_by_key(Order::is_fine);
    Column { title, points: orders.into_iter().map(|order| point(order, spec)).collect() }
}

/// The strategy, the database, and the knobs that are not at their defaults.
fn told(spec: &Spec, catalog: &Catalog) -> String {
    let card = catalog.strategy(&spec.scenario, &spec.strategy);
    let engine = catalog.engines.iter().find(|engine| engine.name == spec.engine.store);
    let mut told = card.map(|card| card.title.clone()).unwrap_or_default();
    if let Some(engine) = engine {
        told = told + words::AND + &engine.title;
    }
    let scenario = catalog.scenario(&spec.lab, &spec.scenario);
    for knob in scenario.map_or(&[][..], |card| &card.knobs) {
        if spec.knob(&knob.name) != knob.default {
            told = told + words::AND + &knob.label + " " + &spec.knob(&knob.name).to_string();
        }
    }
    told
}

/// An order as the page shows it: who took which steps, and what came of it; to be played at the form's pace.
fn point(order: Order, form: &Spec) -> Point {
    let at = order.turns(words::THEN);
    let spec = Spec { pace: form.pace, ..order.spec };
    Point { at, spec, broken: order.broken, undecided: order.undecided }
}

/// A line for each time that orders were tried in the form's scenario, and the orders of the last time.
fn found(columns: &[Column], bench: Bench) -> AnyView {
    let scenario = bench.form.value("scenario");
    let is_of_form =
        |column: &&Column| column.points.first().is_some_and(|point| point.spec.scenario == scenario);
    let columns: Vec<&Column> = columns.iter().filter(is_of_form).collect();
    let Some(last) = columns.last() else { return ().into_any() };
    let line = |text: String| view! { <li>{text}</li> }.into_any();
    let sums: Vec<AnyView> = columns.iter().map(|column| line(column.title.clone())).collect();
    let rows = last.points.iter().take(ROWS_MAX).enumerate().map(|(place, point)| {
        let link = outcome(bench, point, format!("order-{}", place + 1));
        view! { <li>{link} <span>{point.at.clone()}</span></li> }.into_any()
    });
    let mut rows: Vec<AnyView> = rows.collect();
    if last.points.len() > ROWS_MAX {
        rows.push(view! { <li>{words::MORE}<code>{words::MORE_COMMAND}</code></li> }.into_any());
    }
    view! {
        <ul class="matrix-sums" data-testid=testids::ORDER_SUMS>{sums}</ul>
        <ol class="orders" data-testid=testids::ORDERS>{rows}</ol>
    }
    .into_any()
}
