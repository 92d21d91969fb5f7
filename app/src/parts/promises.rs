//! What a strategy promises, cell by cell, with the premises beside the sign.

use lab::catalog::{Promise, PromiseValue, StrategyCard};
use leptos::prelude::*;

use super::Shelf;
use super::icon::{Icon, Sign};
use crate::live::{Each, piece};
use crate::pages::play::{Play, Starting};
use crate::testids;
use crate::words::promises as words;

/// The promises of a strategy in one scenario.
#[component]
pub fn Promises(
    /// The strategy.
    card: StrategyCard,
    /// The scenario.
    scenario: String,
    /// The catalog, for titles.
    shelf: Shelf,
) -> impl IntoView {
    let promises: Vec<Promise> =
        card.promises.into_iter().filter(|promise| promise.scenario == scenario).collect();
    if promises.is_empty() {
        return view! { <p class="quiet">{words::EMPTY}</p> }.into_any();
    }
    // One group for each setting of the knobs that promises differ by, in the order of the catalog.
    let mut groups: Vec<Vec<Promise>> = Vec::new();
    for promise in promises {
        match groups.iter_mut().find(|group| group[0].knobs == promise.knobs) {
            Some(group) => group.push(promise),
            None => groups.push(vec![promise]),
        }
    }
    let starting = Starting::default();
    let heads = words::COLUMNS.map(|column| view! { <th scope="col">{column}</th> });
    let bodies = groups.into_iter().map(|promises| {
        let title = title(&promises[0], &scenario, shelf);
        let mut rows: Vec<AnyView> = Vec::new();
        if let Some(title) = title {
            let head = view! {
                <tr class="promises-about">
                    <th scope="rowgroup" colspan=words::COLUMNS.len().to_string()>{title}</th>
                </tr>
            };
            rows.push(head.into_any());
        }
        rows.extend(alike(promises).into_iter().map(|alike| row(alike, shelf, starting)));
        view! { <tbody>{rows}</tbody> }
    });
    view! {
        <div data-testid=testids::PROMISES>
            <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=words::TABLE>
                <table class="promises">
                    <caption class="visually-hidden">{words::CAPTION}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    {bodies.each()}
                </table>
            </div>
        </div>
    }
    .into_any()
}

/// The promises of a group, with those together that differ by their engine alone.
fn alike(promises: Vec<Promise>) -> Vec<Vec<Promise>> {
    let mut rows: Vec<Vec<Promise>> = Vec::new();
    for promise in promises {
        let is_same = |row: &&mut Vec<Promise>| {
            let first = &row[0];
            (&first.invariant, first.value, &first.premises)
                == (&promise.invariant, promise.value, &promise.premises)
        };
        match rows.iter_mut().find(is_same) {
            Some(row) => row.push(promise),
            None => rows.push(vec![promise]),
        }
    }
    rows
}

/// What the promises of a group are about, by the names of their knobs' values; nothing if they are about all.
fn title(promise: &Promise, scenario: &str, shelf: Shelf) -> Option<String> {
    shelf.with_value(|catalog| {
        let card = catalog.scenarios.iter().find(|card| card.name == scenario)?;
        let knobs = card.knobs.iter().filter_map(|knob| {
            let value = *promise.knobs.get(&knob.name)?;
            let word = knob.word(value).map_or_else(|| value.to_string(), |word| word.title.clone());
            Some(format!("{}: {word}", knob.label))
        });
        let title = knobs.collect::<Vec<_>>().join(", ");
        (!title.is_empty()).then_some(title)
    })
}

/// What is promised alike on several engines, in one row.
fn row(alike: Vec<Promise>, shelf: Shelf, starting: Starting) -> AnyView {
    let Promise { invariant, value, premises, knobs, .. } = alike[0].clone();
    let title = shelf.with_value(|catalog| {
        catalog.invariant(&invariant).map_or_else(|| invariant.clone(), |card| card.title.clone())
    });
    let words = if knobs.is_empty() { words::promise(value) } else { words::promise_with_knobs(value) };
    let (icon, class) = match value {
        PromiseValue::Holds => (Icon::Tick, "promise-value is-good"),
        PromiseValue::Breaks => (Icon::Cross, "promise-value is-bad"),
        PromiseValue::Refused => (Icon::Tick, "promise-value"),
        PromiseValue::NotOnThisEngine => (Icon::Dash, "promise-value"),
    };
    let engines: Vec<AnyView> =
        alike.into_iter().map(|promise| on_engine(promise, shelf, starting)).collect();
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td>
                <span class=class>
                    <Sign icon=icon />
                    {words}
                </span>
            </td>
            <td>{premises} <ul class="promise-engines">{engines}</ul></td>
        </tr>
    }
    .into_any()
}

/// On which engine it is promised, a run that shows it, and how it was put to the test.
fn on_engine(promise: Promise, shelf: Shelf, starting: Starting) -> AnyView {
    let engine = shelf.with_value(|catalog| {
        let card = catalog.engines.iter().find(|card| card.name == promise.engine);
        card.map_or_else(|| promise.engine.clone(), |card| card.title.clone())
    });
    let see = if promise.value == PromiseValue::Breaks { words::SEE_IT_BREAK } else { words::SEE_IT };
    let testid = format!("see-{}-{}", promise.invariant, promise.engine);
    // How it was put to the test names the engine, with its version.
    let on = if promise.proof.is_empty() { engine.clone() } else { promise.proof };
    let Some(spec) = promise.witness else { return view! { <li class="quiet">{on}</li> }.into_any() };
    // A link says where it leads even where it is read without its line.
    let label = format!("{see}: {engine}");
    view! {
        <li class="quiet">
            <Play spec shelf starting class="promise-witness" testid>
                {label}
            </Play>
            {format!(" {on}")}
        </li>
    }
    .into_any()
}
