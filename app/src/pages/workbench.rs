//! The workbench of a lab: controls on one side, the run on the other.

use std::sync::Arc;

use lab::spec::Spec;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::compare;
use super::frame::Frame;
use super::lost::Lost;
use super::run::{start_feed, start_story};
use super::screen::{Screen, run_state};
use crate::draft::{CHALLENGE_KEY, Draft, RUN_KEY};
use crate::form::Form;
use crate::live::{Each, attribute, flag, piece, piece_when, press, text};
use crate::page_data::{Course, Loaded, Parcel, Shown, Wanted};
use crate::parts::Shelf;
use crate::parts::challenge::{ChallengeOutcome, Given};
use crate::parts::controls::Controls;
use crate::parts::keys::RunKeys;
use crate::parts::predict::{Answer, Predict};
use crate::replay::Replay;
use crate::testids;
use crate::words::workbench as words;

mod bench;
mod crash_matrix;
mod every_order;
mod glance;
mod trying;

use self::bench::Bench;
use self::crash_matrix::CrashMatrix;
use self::every_order::EveryOrder;
use self::glance::Glance;

/// `/labs/{lab}`.
#[component]
pub fn WorkbenchPage() -> impl IntoView {
    let lab = use_params_map().with_untracked(|params| params.get("lab").unwrap_or_default());
    let query = use_query_map().get_untracked();
    let pairs: Vec<(String, String)> =
        query.into_iter().map(|(key, value)| (key.into_owned(), value)).collect();
    let named = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (run, challenge) = (named(RUN_KEY), named(CHALLENGE_KEY));
    let course = if challenge.is_some() { Course::Challenges } else { Course::Nothing };
    let of_page = lab.clone();
    let show = move |parcel: Parcel| {
        let (lab, pairs, challenge) = (lab.clone(), pairs.clone(), challenge.clone());
        if !parcel.catalog.scenarios.iter().any(|card| card.lab == lab) {
            let sentence = parcel.problem.unwrap_or_else(|| words::NO_LAB.to_owned());
            return view! { <Lost title=crate::words::NO_SUCH_LAB sentence status=404 /> }.into_any();
        }
        let shelf = StoredValue::new(parcel.catalog);
        // A run that is not there any more is no reason to refuse the workbench.
        view! { <WorkbenchBody lab pairs shelf shown=parcel.shown.into_iter().next() challenge /> }.into_any()
    };
    let wanted = run.map_or(Wanted::Nothing, Wanted::Run);
    view! {
        <Frame>
            <Loaded wanted lab=Some(of_page) course waiting=words::LAYING_OUT show=Arc::new(show) />
        </Frame>
    }
}

#[component]
fn WorkbenchBody(
    lab: String,
    pairs: Vec<(String, String)>,
    shelf: Shelf,
    shown: Option<Shown>,
    challenge: Option<String>,
) -> impl IntoView {
    let (draft, told) = shelf.with_value(|catalog| Draft::read(&lab, pairs, catalog));
    let title =
        shelf.with_value(|catalog| catalog.lab(&lab).map(|card| card.title.clone()).unwrap_or_default());
    let form = Form::new(shelf, draft, told);
    let is_open = shown.is_none();
    let replay = shown.map_or_else(Replay::default, |shown| {
        let replay = Replay::of(shown.run, shown.entries);
        replay.story.set(shown.story);
        replay
    });
    let bench = Bench::new(form, replay);
    let presenting = RwSignal::new(false);
    start_feed(replay);
    start_story(replay);
    bench.keep_address(challenge.clone());
    bench.show_run();
    let names = Signal::derive(move || told_about(form, replay));
    let is_challenge = challenge.is_some();
    // All strategies at a glance would give the answer away, too.
    let tables = (!is_challenge).then(|| {
        view! {
            <Glance scenario=Signal::derive(move || form.value("scenario")) shelf is_open />
            <CrashMatrix bench />
        }
    });
    let every_order = (!is_challenge).then(|| view! { <EveryOrder bench /> }.into_any());
    let outcome = challenge.clone().map(|name| view! { <ChallengeOutcome name replay shelf /> });
    let given = challenge.map(|name| view! { <Given name shelf /> });
    view! {
        <Title text=crate::words::titled(&title) />
        <div
            class="workbench"
            class:presenting=flag(move || presenting.get())
            data-testid="workbench"
            data-run-state=text(move || run_state(replay))
        >
            <RunKeys hand=bench.hand presenting on_run=Some(Callback::new(move |()| bench.run())) />
            <div class="page-head">
                <h1>{title.clone()}</h1>
                <a
                    class="button"
                    rel="external"
                    data-testid=testids::COMPARE
                    href=attribute(move || form.spec.get().ok().map(|spec| shelf.with_value(|catalog| compare::address_of(&spec, catalog))))
                >
                    {words::SIDE_BY_SIDE}
                </a>
            </div>
            {given}
            {tables}
            <form
                class="controls panel"
                method="get"
                // The sentences at the fields say more than the browser would.
                novalidate
                aria-label=words::FORM
                on:submit=move |event| {
                    event.prevent_default();
                    bench.run();
                }
            >
                <OtherFaults form />
                <Controls form />
                <Predict guess=bench.guess replay />
                <RunBar bench />
            </form>
            <Screen
                hand=bench.hand
                take_over=Callback::new(move |()| bench.take_over())
                on_back=Some(Callback::new(move |()| bench.step_back()))
                shelf
                names
                presenting
                more=every_order
            >
                {outcome}
                <Answer said=bench.said replay />
                <NextSteps bench is_challenge />
            </Screen>
        </div>
    }
}

/// Scenario and strategy of what the stage shows; before there is a run, of what the form would run.
fn told_about(form: Form, replay: Replay) -> (String, String) {
    let ran =
        replay.run.with(|run| run.as_ref().map(|run| (run.spec.scenario.clone(), run.spec.strategy.clone())));
    ran.unwrap_or_else(|| (form.value("scenario"), form.value("strategy")))
}

/// Faults whose field the form does not show now, such as a name in the address that no knob has.
#[component]
fn OtherFaults(form: Form) -> impl IntoView {
    let items = piece(move || {
        let faults = form.faults().into_iter().filter(|fault| !form.shows(crate::draft::key_of(fault)));
        faults
            .map(|fault| view! { <p class="fault" data-testid=format!("fault-{}", fault.field)>{fault.message}</p> })
            .each()
    });
    view! { <div class="other-faults" aria-live="polite">{items}</div> }
}

/// The one big button; on a phone it stays in reach at the bottom.
#[component]
fn RunBar(bench: Bench) -> impl IntoView {
    let is_busy = move || bench.is_busy();
    let label = move || if is_busy() { crate::words::RUNNING } else { words::RUN };
    view! {
        <div class="run-bar">
            <button
                class="button primary run-button"
                data-testid=testids::RUN
                aria-disabled=text(move || if is_busy() { "true" } else { "false" })
            >
                {text(label)}
            </button>
            {piece_when(is_busy, move || {
                view! {
                <button type="button" class="button stop-button" data-testid=testids::STOP on:click=press(move || bench.stop())>
                    {words::STOP}
                </button>
                }
            })}
            <div class="run-problem" role="alert" data-testid=testids::RUN_PROBLEM>{piece(move || bench.problem.get())}</div>
            <noscript>
                <p class="quiet">{crate::words::NO_SCRIPT}</p>
            </noscript>
        </div>
    }
}

/// After a run: its own link, and after a broken verdict the cure on the same bad luck; where that is a challenge, the
/// answer is not given away.
#[component]
fn NextSteps(bench: Bench, is_challenge: bool) -> impl IntoView {
    let link = piece(move || {
        bench.replay.run.with(|run| run.as_ref().map(|run| format!("/runs/{}", run.id))).map(|href| {
            view! {
                <a class="button" href=href rel="external" data-testid=testids::RUN_LINK>{words::OWN_PAGE}</a>
            }
        })
    });
    let next = piece(move || {
        let cure = bench.cure().map(|cure| (cure, testids::TRY_CURE));
        cure.or_else(|| bench.failure().map(|failure| (failure, testids::SEE_FAILURE))).map(
            |(next, testid)| {
                let words = next.words.clone();
                view! {
                    <button
                        type="button"
                        class="button primary"
                        data-testid=testid
                        on:click=press(move || bench.start(next.spec.clone()))
                    >
                        {words}
                    </button>
                }
            },
        )
    });
    if is_challenge {
        return view! { <div class="next-steps">{link}</div> }.into_any();
    }
    view! {
        <div class="next-steps">{next} {link}</div>
        <SameMoves bench />
    }
    .into_any()
}

/// After a run: the same moves under any other strategy that is on this engine.
#[component]
fn SameMoves(bench: Bench) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let offered = Memo::new(move |_| bench.same_moves());
    piece(move || {
        let (spec, others) = offered.get()?;
        chosen.set(others.first().map(|card| card.name.clone()).unwrap_or_default());
        let options = others.into_iter().map(|card| view! { <option value=card.name>{card.title}</option> });
        Some(view! {
            <div class="same-moves">
                <label for="other-strategy">{words::SAME_MOVES}</label>
                <select
                    id="other-strategy"
                    data-testid=testids::OTHER_STRATEGY
                    on:change=move |event| chosen.set(event_target_value(&event))
                >
                    {options.each()}
                </select>
                <button
                    type="button"
                    class="button"
                    data-testid=testids::SAME_MOVES
                    on:click=press(move || {
                        bench.start(Spec { strategy: chosen.get_untracked(), ..spec.clone() });
                    })
                >
                    {words::PLAY_IT}
                </button>
            </div>
        })
    })
}
