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
    // One table for each setting of the knobs that promises differ by, in the order of the catalog.
    let mut groups: Vec<Vec<Promise>> = Vec::new();
    for promise in promises {
        match groups.iter_mut().find(|group| group[0].knobs == promise.knobs) {
            Some(group) => group.push(promise),
            None => groups.push(vec![promise]),
        }
    }
    let starting = Starting::default();
    let tables = groups.into_iter().map(|promises| {
        let title = title(&promises[0], &scenario, shelf);
        view! { <PromiseTable promises title shelf starting /> }
    });
    view! {
        <div data-testid=testids::PROMISES>
            <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
            {tables.each()}
        </div>
    }
    .into_any()
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

#[component]
fn PromiseTable(
    promises: Vec<Promise>,
    title: Option<String>,
    shelf: Shelf,
    starting: Starting,
) -> impl IntoView {
    let label = title.clone().unwrap_or_else(|| words::TABLE.to_owned());
    let heading = title.map(|title| view! { <h3 class="promises-about">{title}</h3> });
    let heads = words::COLUMNS.map(|column| view! { <th scope="col">{column}</th> });
    let rows: Vec<_> =
        promises.into_iter().map(|promise| view! { <PromiseRow promise shelf starting /> }).collect();
    view! {
        {heading}
        <div class="table-scroll" tabindex="0" role="group" aria-label=label>
            <table class="promises">
                <caption class="visually-hidden">{words::CAPTION}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn PromiseRow(promise: Promise, shelf: Shelf, starting: Starting) -> impl IntoView {
    let see = if promise.value == PromiseValue::Breaks { words::SEE_IT_BREAK } else { words::SEE_IT };
    let testid = format!("see-{}-{}", promise.invariant, promise.engine);
    let witness = promise.witness.map(|spec| {
        view! { <Play spec shelf starting class="promise-witness" testid>{see}</Play> }
    });
    let (invariant, engine) = shelf.with_value(|catalog| {
        let invariant = catalog.invariant(&promise.invariant).map(|card| card.title.clone());
        let engine =
            catalog.engines.iter().find(|card| card.name == promise.engine).map(|card| card.title.clone());
        (invariant.unwrap_or(promise.invariant), engine.unwrap_or(promise.engine))
    });
    let words = if promise.knobs.is_empty() {
        words::promise(promise.value)
    } else {
        words::promise_with_knobs(promise.value)
    };
    let (icon, class) = match promise.value {
        PromiseValue::Holds => (Icon::Tick, "promise-value is-good"),
        PromiseValue::Breaks => (Icon::Cross, "promise-value is-bad"),
        PromiseValue::Refused => (Icon::Tick, "promise-value"),
        PromiseValue::NotOnThisEngine => (Icon::Dash, "promise-value"),
    };
    view! {
        <tr>
            <th scope="row">{invariant}</th>
            <td>{engine}</td>
            <td>
                <span class=class>
                    <Sign icon=icon />
                    {words}
                </span>
            </td>
            <td>{promise.premises} " " {witness} " " <small class="quiet">{promise.proof}</small></td>
        </tr>
    }
}
