//! Every order in which the steps of the form's run can come, each tried for real, each a run to watch.

use lab::explore::{Explored, Order};
use lab::matrix::Point;
use lab::spec::Spec;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bench::Bench;
use super::trying::{Column, TryPanel, Trying, outcome};
use crate::client;
use crate::live::{piece, piece_when};
use crate::testids;
use crate::words::explore as words;

/// The panel; nothing where messages are on their way, because their orders have no end.
#[component]
pub fn EveryOrder(bench: Bench) -> impl IntoView {
    let trying = Trying::default();
    piece_when(
        move || !bench.form.sends_messages(),
        move || {
            let on_try = Callback::new(move |()| try_all(trying, bench));
            let found = piece(move || trying.columns.with(|columns| found(columns, bench))).into_any();
            let words = [words::TITLE, words::ABOUT, words::TRY];
            view! { <TryPanel words testid=testids::TRY_ORDERS trying on_try found /> }
        },
    )
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

/// How many orders the strategy survives, and the orders: what broke comes first.
fn column(bench: Bench, spec: &Spec, Explored { mut orders, is_all }: Explored) -> Column {
    let fine = orders.iter().filter(|order| order.is_fine()).count();
    let (strategy, store) = bench.form.shelf.with_value(|catalog| {
        let card = catalog.strategy(&spec.scenario, &spec.strategy);
        let engine = catalog.engines.iter().find(|engine| engine.name == spec.engine.store);
        (card.map(|card| card.title.clone()), engine.map(|engine| engine.title.clone()))
    });
    let (strategy, store) = (strategy.unwrap_or_default(), store.unwrap_or_default());
    let title = words::survived(&strategy, &store, fine, orders.len(), is_all);
    orders.sort_by_key(Order::is_fine);
    Column { title, points: orders.into_iter().map(point).collect() }
}

/// An order as the page shows it: who took which steps, and what came of it.
fn point(order: Order) -> Point {
    let turns = order.turns().into_iter().map(|(actor, steps)| format!("{actor} {steps}"));
    let at = turns.collect::<Vec<_>>().join(words::THEN);
    Point { at, spec: order.spec, broken: order.broken, undecided: order.undecided }
}

/// A line for each time that orders were tried, and the orders of the last time.
fn found(columns: &[Column], bench: Bench) -> AnyView {
    let Some(last) = columns.last() else { return ().into_any() };
    let sums: Vec<AnyView> =
        columns.iter().map(|column| view! { <li>{column.title.clone()}</li> }.into_any()).collect();
    let rows = last.points.iter().enumerate().map(|(place, point)| {
        let link = outcome(bench, point, format!("order-{}", place + 1));
        view! { <li>{link} <span>{point.at.clone()}</span></li> }.into_any()
    });
    let rows: Vec<AnyView> = rows.collect();
    view! {
        <ul class="matrix-sums" data-testid=testids::ORDER_SUMS>{sums}</ul>
        <ol class="orders" data-testid=testids::ORDERS>{rows}</ol>
    }
    .into_any()
}
