//! Who moves next: a button for each actor, what keeps the others, and the schedule's own buttons.

use lab::catalog::{Catalog, Promise, PromiseValue};
use lab::hand::{Deed, Mover, Offer, Stand, Standing};
use lab::spec::{Pace, Spec};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Shelf;
use super::icon::{Icon, Sign};
use super::outage_panel::OutagePanel;
use super::tray::Tray;
use super::wait_graph::WaitGraph;
use crate::browser;
use crate::draft::CHALLENGE_KEY;
use crate::hand::Hand;
use crate::live::{Each, attribute, effect, flag, piece, piece_when, press, text};
use crate::testids;
use crate::words::hand as words;

/// So many things to break are named: more would be read by nobody who wants to begin.
const BREACHES_MAX: usize = 2;
/// Digits choose the first actors only.
const DIGITS: usize = 9;

/// The panel of a run that goes on: who moves next in a scheduled one, what may be cut off in a live one.
#[component]
pub fn HandPanel(
    /// The hand.
    hand: Hand,
    /// What "Step back" does, where somebody can start the run again.
    on_back: Option<Callback<()>>,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let replay = hand.replay;
    // A challenge says itself what to aim at.
    let aims = use_query_map().with_untracked(|query| query.get(CHALLENGE_KEY).is_none());
    let is_there = move || {
        replay.offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.mover != Mover::Nobody))
            && !replay.is_over()
    };
    let is_live = Memo::new(move |_| {
        replay.offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.mover == Mover::Everybody))
    });
    piece_when(is_there, move || {
        let panels = (
            piece_when(move || is_live.get(), move || view! { <OutagePanel hand /> }),
            piece_when(move || !is_live.get(), move || view! { <Panel hand on_back shelf aims /> }),
        );
        view! { {panels.0} {panels.1} }
    })
}

#[component]
fn Panel(hand: Hand, on_back: Option<Callback<()>>, shelf: Shelf, aims: bool) -> impl IntoView {
    let offer = hand.replay.offer;
    let seen = move |look: fn(&Offer) -> String| {
        text(move || offer.with(|offer| offer.as_ref().map(look)).unwrap_or_default())
    };
    let is_paused =
        move || offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.mover == Mover::Hand));
    // Who started the run wants its buttons in view; on a phone they lie below the form.
    if on_back.is_some() && offer.with_untracked(|offer| offer.as_ref().is_some_and(|offer| offer.may_choose))
    {
        effect(|| browser::scroll_to("hand"));
    }
    let replayed = hand.replay.run.with_untracked(|run| {
        let spec = &run.as_ref()?.spec;
        let moves = spec.schedule.choices().len();
        (spec.schedule.is_by_hand() && moves > 0).then(|| words::replayed(moves))
    });
    let aim = hand.replay.run.with_untracked(|run| {
        let spec = run.as_ref().map(|run| &run.spec).filter(|spec| aims && spec.schedule.is_by_hand())?;
        Some(shelf.with_value(|catalog| {
            words::aim(&breaches(spec, catalog, true), &breaches(spec, catalog, false))
        }))
    });
    // The list is built anew with each offer; the panel around it stays.
    let actors = Memo::new(move |_| {
        offer
            .with(|offer| offer.as_ref().map(|offer| (offer.actors.clone(), offer.may_choose)))
            .unwrap_or_default()
    });
    let list = piece(move || {
        let (actors, may_choose) = actors.get();
        let rows = actors.into_iter().enumerate().map(|(place, standing)| {
            view! { <li><ActorChoice hand place standing may_choose /></li> }
        });
        rows.each()
    });
    view! {
        <section
            class="hand panel"
            id="hand"
            aria-labelledby="hand-title"
            data-testid=testids::HAND
            data-mover=seen(|offer| mover(offer.mover).to_owned())
            data-may-choose=seen(|offer| offer.may_choose.to_string())
            data-offer=seen(|offer| offer.number.to_string())
        >
            <h2 id="hand-title">{seen(title)}</h2>
            {aim.map(|words| view! { <p class="aim" data-testid=testids::AIM>{words}</p> })}
            {replayed.map(|words| view! { <p class="quiet">{words}</p> })}
            <div class="hand-body">
                <div class="hand-actors">
                    <ol class:is-moving=flag(move || hand.is_moving.get())>{list}</ol>
                    <div class="hand-tools" role="group" aria-label=words::TOOLS>
                        {piece_when(is_paused, move || view! { <PausedTools hand on_back /> })}
                        {piece_when(move || !is_paused(), move || view! { <MovingTools hand /> })}
                    </div>
                    <p class="fault" role="alert" data-testid=testids::HAND_PROBLEM>{piece(move || hand.problem.get())}</p>
                </div>
                <div class="hand-waits">
                    <Tray hand />
                    <WaitGraph replay=hand.replay />
                </div>
            </div>
        </section>
    }
}

/// What a hand can break here, by title, and under which premises: the cells of the promise table that say so. Those for
/// which this run has the settings, or the others.
fn breaches(spec: &Spec, catalog: &Catalog, is_set: bool) -> Vec<(String, String)> {
    let knobs = catalog.scenario(&spec.lab, &spec.scenario).map_or(&[][..], |card| &card.knobs);
    let has_settings = |cell: &Promise| {
        let witness = cell.witness.as_ref();
        knobs.iter().all(|knob| {
            let needed = witness.map_or(knob.default, |witness| witness.knob(&knob.name));
            needed == knob.default || spec.knob(&knob.name) != knob.default
        })
    };
    let promises = catalog.strategy(&spec.scenario, &spec.strategy).map_or(&[][..], |card| &card.promises);
    let breaks = promises.iter().filter(|cell| {
        cell.value == PromiseValue::Breaks
            && (&cell.scenario, &cell.engine) == (&spec.scenario, &spec.engine.store)
            && cell.knobs.iter().all(|(knob, value)| spec.knob(knob) == *value)
            && has_settings(cell) == is_set
    });
    let titled = breaks.filter_map(|cell| {
        let card = catalog.invariant(&cell.invariant)?;
        Some((card.title.clone(), cell.premises.clone()))
    });
    titled.take(BREACHES_MAX).collect()
}

fn title(offer: &Offer) -> String {
    let words = match (offer.mover, offer.may_choose) {
        (Mover::Schedule, _) => words::GOES_ON,
        (_, true) => words::TITLE,
        (_, false) => words::PAUSED,
    };
    words.to_owned()
}

/// The value of `data-mover`.
fn mover(mover: Mover) -> &'static str {
    match mover {
        Mover::Hand => "hand",
        Mover::Schedule => "schedule",
        Mover::Everybody => "everybody",
        Mover::Nobody => "nobody",
    }
}

/// An actor: a button in a run by hand, a line in any other.
#[component]
fn ActorChoice(hand: Hand, place: usize, standing: Standing, may_choose: bool) -> impl IntoView {
    let Standing { actor, stand } = standing;
    let (is_able, told) = (stand.may_be_chosen(), words::stand(&stand));
    let state = match &stand {
        Stand::AtStep { .. } => "able",
        Stand::Waits { .. } | Stand::Queued { .. } => "waits",
        Stand::Asleep { .. } | Stand::Resting { .. } => "rests",
        Stand::Done => "done",
    };
    let digit = (place < DIGITS).then(|| view! { <kbd aria-hidden="true">{place + 1}</kbd> });
    let testid = format!("choose-{actor}");
    let words = view! {
        {digit}
        <span class="who">{actor.clone()}</span>
        " "
        <span class="what">{told}</span>
    };
    if !may_choose {
        return view! { <p class=format!("actor is-{state}") data-testid=testid>{words}</p> }.into_any();
    }
    let choose = press(move || {
        if is_able {
            hand.make(Deed::Choose { actor: actor.clone() });
        }
    });
    view! {
        <button
            type="button"
            class=format!("button actor is-{state}")
            aria-disabled=if is_able { "false" } else { "true" }
            data-testid=testid
            on:click=choose
        >
            {words}
        </button>
    }
    .into_any()
}

#[component]
fn PausedTools(hand: Hand, on_back: Option<Callback<()>>) -> impl IntoView {
    let by_hand =
        hand.replay.offer.with_untracked(|offer| offer.as_ref().is_some_and(|offer| offer.may_choose));
    let (step, resume) =
        if by_hand { (words::SEED_ONCE, words::SEED_GOES_ON) } else { (words::ONE_STEP, words::GO_ON) };
    let back = on_back.filter(|_| by_hand).map(|back| {
        let is_first = attribute(move || {
            hand.replay.count.track();
            hand.replay
                .with_entries(|entries| lab::schedule::of_journal(entries).is_empty())
                .then_some("true")
        });
        view! {
            <button
                type="button"
                class="button"
                title=words::STEP_BACK_HELP
                aria-disabled=is_first
                data-testid=testids::HAND_BACK
                on:click=press(move || back.run(()))
            >
                <Sign icon=Icon::Back />
                {words::STEP_BACK}
            </button>
        }
    });
    view! {
        {back}
        <button type="button" class="button" data-testid=testids::HAND_STEP on:click=press(move || hand.make(Deed::Step))>
            {step}
        </button>
        <button type="button" class="button" data-testid=testids::HAND_RESUME on:click=press(move || hand.make(Deed::Resume))>
            <Sign icon=Icon::Play />
            {resume}
        </button>
    }
}

#[component]
fn MovingTools(hand: Hand) -> impl IntoView {
    let paces = Pace::ALL.map(|pace| {
        let is_on =
            move || hand.replay.offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.pace == pace));
        let words = match pace {
            Pace::Watch => words::SLOW,
            Pace::Brisk => words::BRISK,
            Pace::Instant => words::INSTANT,
        };
        view! {
            <button
                type="button"
                class="button"
                aria-pressed=text(move || if is_on() { "true" } else { "false" })
                data-testid=format!("pace-{}", pace.name())
                on:click=press(move || hand.make(Deed::Pace { pace }))
            >
                {words}
            </button>
        }
    });
    view! {
        <button type="button" class="button" data-testid=testids::HAND_PAUSE on:click=press(move || hand.make(Deed::Pause))>
            <Sign icon=Icon::Pause />
            {crate::words::PAUSE}
        </button>
        {paces.into_iter().each()}
    }
}
