//! All strategies of a scenario in one table, where each cell has a run that shows it: what a database really promises.

use lab::catalog::{Catalog, EngineCard, Promise, PromiseValue, StrategyCard};
use leptos::prelude::*;

use crate::live::{Each, piece};
use crate::pages::play::{Play, Starting};
use crate::parts::Shelf;
use crate::parts::icon::{Icon, Sign};
use crate::testids;
use crate::words::glance as words;

/// One column: a strategy on an engine.
#[derive(Clone)]
struct Level {
    engine: EngineCard,
    strategy: StrategyCard,
}

/// What the table shows of a scenario.
struct Table {
    levels: Vec<Level>,
    /// What an engine does not have, and why.
    missing: Vec<(Level, String)>,
    /// Titles of the invariants, by name.
    rows: Vec<(String, String)>,
}

/// The table; nothing where a cell has no run that shows it.
#[component]
pub fn Glance(
    /// The scenario that the form shows.
    #[prop(into)]
    scenario: Signal<String>,
    /// The catalog.
    shelf: Shelf,
    /// Whether it is unfolded at first: a run that is on the stage matters more.
    is_open: bool,
) -> impl IntoView {
    let scenario = Memo::new(move |_| scenario.get());
    piece(move || {
        let table = shelf.with_value(|catalog| table(&scenario.get(), catalog));
        table.map(|table| view! { <GlanceTable table shelf is_open /> })
    })
}

#[component]
fn GlanceTable(table: Table, shelf: Shelf, is_open: bool) -> impl IntoView {
    let starting = Starting::default();
    let heads = table.levels.iter().map(|level| {
        view! {
            <th scope="col">
                <span class="glance-engine">{level.engine.title.clone()}</span>
                {level.strategy.title.clone()}
            </th>
        }
    });
    let heads = heads.each();
    let levels = table.levels.clone();
    let rows = table.rows.into_iter().map(|(name, title)| {
        let cells = levels.iter().map(|level| {
            let label = format!("{}, {}", level.engine.title, level.strategy.title);
            view! { <td data-label=label>{cell(level, &name).map(|promise| view! { <Cell promise shelf starting /> })}</td> }
        });
        let cells = cells.each();
        view! {
            <tr>
                <th scope="row">{title}</th>
                {cells}
            </tr>
        }
    });
    let missing = table.missing.into_iter().map(|(level, why)| {
        view! { <li>{format!("{}, {}: {why}.", level.engine.title, level.strategy.title)}</li> }
    });
    view! {
        <details class="glance panel" open=is_open>
            <summary>{words::TITLE}</summary>
            <p class="quiet">{words::ABOUT}</p>
            <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
            <table data-testid=testids::GLANCE>
                <caption class="visually-hidden">{words::CAPTION}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::ANOMALY}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.each()}</tbody>
            </table>
            <ul class="quiet">{missing.each()}</ul>
        </details>
    }
}

#[component]
fn Cell(promise: Promise, shelf: Shelf, starting: Starting) -> impl IntoView {
    let (icon, class) = match promise.value {
        PromiseValue::Breaks => (Icon::Cross, "glance-cell is-bad"),
        _ => (Icon::Tick, "glance-cell is-good"),
    };
    let testid = format!(
        "glance-{}-{}-{}",
        promise.invariant,
        promise.witness.as_ref().map_or("", |spec| &spec.strategy),
        promise.engine
    );
    promise.witness.map(|spec| {
        view! {
            <Play spec shelf starting class testid>
                <Sign icon=icon />
                {promise.premises}
            </Play>
        }
    })
}

fn cell(level: &Level, invariant: &str) -> Option<Promise> {
    let here = |promise: &&Promise| promise.invariant == invariant && promise.engine == level.engine.name;
    level.strategy.promises.iter().find(here).cloned()
}

fn table(scenario: &str, catalog: &Catalog) -> Option<Table> {
    let strategies: Vec<&StrategyCard> = catalog.strategies_of(scenario).collect();
    let is_missing = |promise: &Promise| promise.value == PromiseValue::NotOnThisEngine;
    let can_be_played = |promise: &Promise| promise.witness.is_some() || is_missing(promise);
    if strategies.is_empty() || !strategies.iter().flat_map(|card| &card.promises).all(can_be_played) {
        return None;
    }
    let card = catalog.scenarios.iter().find(|card| card.name == scenario)?;
    let titled = |name: &String| {
        let title = catalog.invariant(name).map_or_else(|| name.clone(), |invariant| invariant.title.clone());
        (name.clone(), title)
    };
    let mut table =
        Table { levels: Vec::new(), missing: Vec::new(), rows: card.invariants.iter().map(titled).collect() };
    // The engine with the most levels first.
    for engine in catalog.engines_of("store").collect::<Vec<_>>().into_iter().rev() {
        for strategy in &strategies {
            let level = Level { engine: engine.clone(), strategy: (*strategy).clone() };
            let missing =
                strategy.promises.iter().find(|promise| promise.engine == engine.name && is_missing(promise));
            match missing {
                Some(promise) => table.missing.push((level, promise.premises.clone())),
                None => table.levels.push(level),
            }
        }
    }
    Some(table)
}
