//! Several strategies on the same bad luck, side by side, on one clock.

mod board;
mod cards;
mod outcomes;
mod sweep;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

pub use self::board::address_of;

use self::board::Board;
use self::cards::{ClockBar, Contenders};
use self::outcomes::Outcomes;
use self::sweep::SweepPanel;
use super::frame::Frame;
use super::lost::Lost;
use crate::draft::Draft;
use crate::form::Form;
use crate::live::{Each, attribute, flag, piece, text};
use crate::page_data::{COMPARED_MAX, Loaded, Parcel, Wanted};
use crate::parts::Shelf;
use crate::parts::controls::{SeedField, StoreField};
use crate::testids;
use crate::words::controls::not_on;
use crate::words::{DATABASE, PACE, SEED, STRATEGY, compare as words, summary};

/// `/compare?lab=...&scenario=...&strategies=a,b&...`: the keys of a spec, and which strategies.
#[component]
pub fn ComparePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let mut pairs: Vec<(String, String)> =
        query.into_iter().map(|(key, value)| (key.into_owned(), value)).collect();
    if value(&pairs, "schedule").is_none() {
        // A live run's order belongs to the moment: there would be no same bad luck.
        pairs.push(("schedule".to_owned(), "seeded".to_owned()));
    }
    let ids = listed(&pairs, "runs");
    let show = move |parcel: Parcel| {
        let lab = value(&pairs, "lab").unwrap_or_else(|| first_lab(&parcel));
        if !parcel.catalog.scenarios.iter().any(|card| card.lab == lab) {
            let sentence = parcel.problem.unwrap_or_else(|| words::no_lab(&lab));
            return view! { <Lost title=crate::words::NO_SUCH_LAB sentence status=404 /> }.into_any();
        }
        let shelf = StoredValue::new(parcel.catalog);
        let (draft, told) = shelf.with_value(|catalog| Draft::read(&lab, pairs.clone(), catalog));
        let form = Form::new(shelf, draft, told);
        let board = Board::new(form, &listed(&pairs, "strategies"), parcel.shown);
        view! { <CompareBody board shelf /> }.into_any()
    };
    let wanted = if ids.is_empty() { Wanted::Nothing } else { Wanted::Runs(ids) };
    view! {
        <Frame>
            <Loaded wanted lab=None waiting=words::LAYING_OUT show=Arc::new(show) />
        </Frame>
    }
}

fn value(pairs: &[(String, String)], key: &str) -> Option<String> {
    pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
}

fn listed(pairs: &[(String, String)], key: &str) -> Vec<String> {
    let list = value(pairs, key).unwrap_or_default();
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn first_lab(parcel: &Parcel) -> String {
    parcel.catalog.labs.first().map(|lab| lab.name.clone()).unwrap_or_default()
}

#[component]
fn CompareBody(board: Board, shelf: Shelf) -> impl IntoView {
    board.keep_address();
    board.keep_time();
    let title = {
        let lab = board.form.lab();
        shelf.with_value(|catalog| catalog.lab(&lab).map(|card| card.title.clone()).unwrap_or_default())
    };
    view! {
        <Title text=words::titled(&title) />
        <div class="compare" data-run-state=text(move || board.state())>
            <div class="page-head">
                <h1>{title}{words::SIDE_BY_SIDE}</h1>
                <p>{words::ABOUT}</p>
            </div>
            <form
                class="panel compare-form"
                aria-label=words::FORM
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    board.run();
                }
            >
                <Asked board shelf />
                <Strategies board shelf />
                <div class="compare-how">
                    <StoreField form=board.form />
                    <SeedField form=board.form />
                    <CompareRun board />
                </div>
            </form>
            <ClockBar board />
            <Contenders board shelf />
            <Outcomes board shelf />
            <SweepPanel board shelf />
        </div>
    }
}

/// What all of them are asked: everything but the strategy.
#[component]
fn Asked(board: Board, shelf: Shelf) -> impl IntoView {
    let facts = piece(move || {
        let spec = board.form.spec.get().ok()?;
        let facts = shelf.with_value(|catalog| summary::spec(&spec, catalog)).into_iter();
        let facts = facts.filter(|(label, _)| ![STRATEGY, DATABASE, SEED, PACE].contains(&label.as_str()));
        let facts = facts.map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        Some(view! { <dl class="facts">{facts.each()}</dl> })
    });
    view! {
        <div class="compare-asked">
            {facts}
            <a class="button" rel="external" href=attribute(move || Some(board.workbench()))>
                {words::CHANGE_WORKLOAD}
            </a>
        </div>
    }
}

#[component]
fn Strategies(board: Board, shelf: Shelf) -> impl IntoView {
    let boxes = piece(move || {
        let (scenario, store) = (board.form.value("scenario"), board.form.value("engine.store"));
        let cards = shelf.with_value(|catalog| {
            catalog
                .strategies_of(&scenario)
                .map(|card| (card.name.clone(), card.title.clone(), card.is_missing_on(&store)))
                .collect::<Vec<_>>()
        });
        let boxed = |(name, title, is_missing): (String, String, bool)| {
            let title = if is_missing { not_on(&title, &store) } else { title };
            view! { <StrategyBox board name title is_missing /> }
        };
        cards.into_iter().map(boxed).each()
    });
    view! {
        <fieldset class="compare-strategies">
            <legend>{words::STRATEGIES_AT_MOST}{COMPARED_MAX}</legend>
            <div class="choices">{boxes}</div>
        </fieldset>
    }
}

#[component]
fn StrategyBox(board: Board, name: String, title: String, is_missing: bool) -> impl IntoView {
    let (mine, toggled) = (name.clone(), name.clone());
    let is_chosen = move || board.chosen.with(|chosen| chosen.contains(&mine));
    let is_full = {
        let is_chosen = is_chosen.clone();
        // What was chosen before can still be left out.
        move || !is_chosen() && (is_missing || board.chosen.with(Vec::len) >= COMPARED_MAX)
    };
    let first = is_chosen.clone();
    view! {
        <label class="choice">
            <input
                type="checkbox"
                data-testid=format!("choose-{name}")
                checked=untrack(first)
                prop:checked=flag(is_chosen)
                prop:disabled=flag(is_full)
                on:change=move |_| board.toggle(&toggled)
            />
            {title}
        </label>
    }
}

#[component]
fn CompareRun(board: Board) -> impl IntoView {
    let label = move || if board.is_busy() { crate::words::RUNNING } else { words::RUN_ALL };
    view! {
        <button
            class="button primary run-button"
            data-testid=testids::RUN
            aria-disabled=text(move || if board.is_busy() { "true" } else { "false" })
        >
            {text(label)}
        </button>
        <div class="run-problem" role="alert" data-testid=testids::RUN_PROBLEM>
            {piece(move || board.problem.get())}
        </div>
        <noscript>
            <p class="quiet">{crate::words::NO_SCRIPT}</p>
        </noscript>
    }
}
