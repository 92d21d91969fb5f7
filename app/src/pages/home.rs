//! The home page: each lab as a card, with the picture of a real run and one button that plays its classic failure.

use std::sync::Arc;

use lab::catalog::{Catalog, LabCard, ScenarioCard};
use lab::fold::Stage;
use lab::schedule::Schedule;
use lab::spec::{Engines, Spec};
use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::Frame;
use super::lessons::PAGE as LESSONS;
use super::play::{Play, Starting, workbench_of};
use crate::live::{Each, piece, text};
use crate::page_data::{Loaded, Parcel, Shown, Wanted};
use crate::parts::Shelf;
use crate::parts::challenge::PAGE;
use crate::stage::axis::{Axis, Zoom};
use crate::stage::picture::{Look, Picture, View};
use crate::stage::svg::StillPicture;
use crate::testids;
use crate::words::{home as words, summary};

/// The width of a card's picture, in the units of its own drawing.
const PICTURE_WIDTH: f64 = 760.0;
/// The same for a phone: its letters would else be as small as the screen is narrow.
const NARROW_WIDTH: f64 = 340.0;
/// "Live with 16": a number of actors at which contention shows on every engine.
const CROWD: u64 = 16;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    // Without a picture the page is still whole, so a journal that cannot be read is no reason to fail.
    let show = |Parcel { catalog, shown, .. }: Parcel| {
        let labs = catalog.labs.iter().filter_map(|lab| {
            let mut of_lab = catalog.scenarios.iter().filter(|card| card.lab == lab.name);
            let scenario = of_lab.next()?;
            let others: Vec<ScenarioCard> = of_lab.cloned().collect();
            let shown = shown.iter().find(|shown| shown.run.spec.scenario == scenario.name);
            Some((lab.clone(), scenario.clone(), others, shown.cloned()))
        });
        let labs: Vec<_> = labs.collect();
        let shelf = StoredValue::new(catalog);
        let cards = labs.into_iter().map(|(lab, scenario, others, shown)| {
            view! { <LabSection lab scenario others shown shelf /> }
        });
        cards.each().into_any()
    };
    view! {
        <Title text=words::titled() />
        <Frame>
            <div class="home">
                <div class="home-head">
                    <h1>{words::PRODUCT}</h1>
                    <p>{words::PRODUCT_MORE}</p>
                    <ul class="home-ways">
                        <li><a href=LESSONS rel="external">{words::LESSONS}</a></li>
                        <li><a href=PAGE rel="external">{words::CHALLENGES}</a></li>
                    </ul>
                </div>
                <Loaded wanted=Wanted::Classics lab=None waiting=words::READING show=Arc::new(show) />
            </div>
        </Frame>
    }
}

#[component]
fn LabSection(
    lab: LabCard,
    scenario: ScenarioCard,
    others: Vec<ScenarioCard>,
    shown: Option<Shown>,
    shelf: Shelf,
) -> impl IntoView {
    let starting = Starting::default();
    let way = move |words: String, spec: Spec, testid: &str| {
        view! {
            <li>
                <Play spec shelf starting class="" testid=testid.to_owned()>{words}</Play>
            </li>
        }
    };
    let address = |spec: &Spec| workbench_of(spec, shelf);
    let cure = shelf.with_value(|catalog| catalog.strategy(&scenario.name, &scenario.cure).cloned());
    let cured = Spec { strategy: scenario.cure.clone(), ..scenario.classic.clone() };
    let cure =
        cure.map(|card| way(format!("{}{}", words::SAME_ORDER, card.title), cured, testids::PLAY_CURE));
    let by_hand = Spec { schedule: Schedule::ByHand { choices: Vec::new() }, ..scenario.classic.clone() };
    let crowd =
        crowd(&scenario).map(|spec| way(format!("{}{CROWD}", words::LIVE_WITH), spec, testids::PLAY_CROWD));
    let others = others.into_iter().map(|other| {
        let words = format!("{}{}", words::OTHER_SITUATION, other.title);
        match shelf.with_value(|catalog| playable(catalog, &other.classic)) {
            Some(spec) => way(words, spec, testids::PLAY_OTHER).into_any(),
            None => view! { <li><a href=address(&other.classic) rel="external">{words}</a></li> }.into_any(),
        }
    });
    let others = others.each();
    view! {
        <section class="lab-card panel" aria-labelledby=format!("lab-{}", lab.name) data-testid=format!("lab-{}", lab.name)>
            <div class="lab-words">
                <h2 id=format!("lab-{}", lab.name)>{lab.title.clone()}</h2>
                <p>{lab.idea.clone()}</p>
                <p class="quiet">{scenario.story.clone()}</p>
                <PlayClassic spec=scenario.classic.clone() shelf />
                <ul class="ways-on">
                    {cure}
                    <li>
                        <PlayByHand spec=by_hand shelf />
                    </li>
                    {crowd}
                    {others}
                    <li>
                        <a href=format!("/labs/{}", lab.name) rel="external">{words::WORKBENCH}</a>
                    </li>
                </ul>
                <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
            </div>
            <RunPicture shown shelf />
        </section>
    }
}

/// A run, or where this server has not got its database, the nearest to it on one that it has: the first strategy there.
fn playable(catalog: &Catalog, spec: &Spec) -> Option<Spec> {
    let stores: Vec<&String> =
        catalog.engines_of("store").filter(|engine| engine.available).map(|engine| &engine.name).collect();
    if stores.contains(&&spec.engine.store) {
        return Some(spec.clone());
    }
    let store = (*stores.first()?).clone();
    let card = catalog.first_strategy(&spec.scenario, &store).filter(|card| !card.is_missing_on(&store))?;
    let engine = Engines { store, ..spec.engine.clone() };
    // Another strategy takes other steps than those that the hardships of this one name.
    let hardships = Vec::new();
    Some(Spec { strategy: card.name.clone(), engine, schedule: Schedule::Seeded, hardships, ..spec.clone() })
}

/// Plays the classic failure.
#[component]
fn PlayClassic(spec: Spec, shelf: Shelf) -> impl IntoView {
    let starting = Starting::default();
    view! {
        <p class="play-classic">
            <Play spec shelf starting class="button primary" testid=testids::PLAY_CLASSIC.to_owned()>
                {text(move || if starting.is_on.get() { words::STARTING } else { words::BREAK_IT })}
            </Play>
            <span class="quiet">{words::CLASSIC}</span>
        </p>
        <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
    }
}

/// Plays it with the reader's own order.
#[component]
fn PlayByHand(spec: Spec, shelf: Shelf) -> impl IntoView {
    let starting = Starting::default();
    view! {
        <Play spec shelf starting class="" testid=testids::PLAY_BY_HAND.to_owned()>
            {words::BY_HAND}
        </Play>
        <span class="fault" role="alert">{piece(move || starting.problem.get())}</span>
    }
}

/// The picture of the latest run of the classic failure; before there was one, of the server's own.
#[component]
fn RunPicture(shown: Option<Shown>, shelf: Shelf) -> impl IntoView {
    let Some(Shown { run, entries, .. }) = shown else {
        return view! { <p class="no-picture">{words::NO_PICTURE}</p> }.into_any();
    };
    let entries = Arc::new(entries);
    // The style shows one of the two.
    let pictures = [("wide", PICTURE_WIDTH), ("narrow", NARROW_WIDTH)].map(|(class, width)| {
        let entries = Arc::clone(&entries);
        let draw = move || {
            let stage = Stage::of(&*entries);
            let look = Look {
                view: View::Lanes,
                width,
                large: false,
                axis: Axis::Entries,
                zoom: Zoom::Whole,
                focus: None,
                selected: None,
                lit: Vec::new(),
            };
            (Picture::of(&stage, &look), summary::stage(&stage))
        };
        view! { <StillPicture class draw=Box::new(draw) /> }
    });
    let verdict = run.verdict.map(|verdict| shelf.with_value(|catalog| summary::verdict(&verdict, catalog)));
    let source = if run.id.is_empty() {
        words::SAMPLE.into_any()
    } else {
        view! { <a href=format!("/runs/{}", run.id) rel="external">{words::LATEST}</a> }.into_any()
    };
    view! {
        <figure class="lab-picture">
            {pictures.each()}
            <figcaption>{source}{verdict.map(|verdict| format!(" {verdict}."))}</figcaption>
        </figure>
    }
    .into_any()
}

/// The classic failure's strategy, live, with a crowd; `None` where the scenario has no such knob.
fn crowd(scenario: &ScenarioCard) -> Option<Spec> {
    let knob = scenario.knobs.iter().find(|knob| knob.name == "buyers" && knob.max >= CROWD)?;
    let mut workload: std::collections::BTreeMap<String, u64> =
        scenario.knobs.iter().map(|knob| (knob.name.clone(), knob.default)).collect();
    workload.insert(knob.name.clone(), CROWD);
    Some(Spec { workload, schedule: Schedule::Live, ..scenario.classic.clone() })
}
