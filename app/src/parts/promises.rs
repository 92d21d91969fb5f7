//! What a strategy promises, cell by cell, with the premises beside the sign.

use lab::catalog::{Promise, PromiseValue, StrategyCard};
use leptos::prelude::*;

use super::Shelf;
use super::icon::{Icon, Sign};
use crate::draft::encode;
use crate::testids;
use crate::words;

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
    let rows = card.promises.into_iter().filter(|promise| promise.scenario == scenario);
    let rows: Vec<_> = rows.map(|promise| view! { <PromiseRow promise shelf /> }).collect();
    if rows.is_empty() {
        return view! { <p class="quiet">"Nothing is promised here yet."</p> }.into_any();
    }
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label="Promises">
            <table class="promises" data-testid=testids::PROMISES>
                <caption class="visually-hidden">"What this strategy promises, per invariant and engine"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Invariant"</th>
                        <th scope="col">"Engine"</th>
                        <th scope="col">"Promise"</th>
                        <th scope="col">"Premises"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn PromiseRow(promise: Promise, shelf: Shelf) -> impl IntoView {
    let address = promise.witness.as_ref().map(|spec| {
        let query = shelf.with_value(|catalog| encode(&lab::query::pairs(spec, catalog)));
        format!("/labs/{}{query}", spec.lab)
    });
    let see = if promise.value == PromiseValue::Breaks { "See it break" } else { "See it" };
    let witness = address.map(|address| {
        view! { <a class="promise-witness" href=address rel="external">{see}</a> }
    });
    let (invariant, engine) = shelf.with_value(|catalog| {
        let invariant = catalog.invariant(&promise.invariant).map(|card| card.title.clone());
        let engine =
            catalog.engines.iter().find(|card| card.name == promise.engine).map(|card| card.title.clone());
        (invariant.unwrap_or(promise.invariant), engine.unwrap_or(promise.engine))
    });
    let (icon, class) = match promise.value {
        PromiseValue::Holds => (Icon::Tick, "promise-value is-good"),
        PromiseValue::Breaks => (Icon::Cross, "promise-value is-bad"),
        PromiseValue::Refused => (Icon::Question, "promise-value"),
        PromiseValue::NotOnThisEngine => (Icon::Dash, "promise-value"),
    };
    view! {
        <tr>
            <th scope="row">{invariant}</th>
            <td>{engine}</td>
            <td>
                <span class=class>
                    <Sign icon=icon />
                    {words::promise(promise.value)}
                </span>
            </td>
            <td>{promise.premises} " " {witness}</td>
        </tr>
    }
}
