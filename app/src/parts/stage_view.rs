//! The stage on the page: the canvas, what stands around it, and the same run in words.

mod canvas;
mod legend;

use std::time::Duration;

use lab::event::Entry;
use lab::fold::Stage;
use lab::verdict::Evidence;
use leptos::html::Canvas;
use leptos::prelude::*;

use self::canvas::{Painter, watch};
use self::legend::Legend;
use crate::live::{Each, Live, effect, flag, piece_when, press, text};
use crate::replay::Replay;
use crate::stage::axis::{Axis, Zoom};
use crate::stage::picture::{Look, Picture, View};
use crate::stage::svg::StillPicture;
use crate::testids;
use crate::words::{sentence, stage as words, summary};

/// A run of at most so many entries is drawn as SVG for readers without scripts.
const SVG_ENTRIES_MAX: usize = 60;
/// The width of that drawing.
const SVG_WIDTH: f64 = 900.0;
/// The spoken log holds the latest entries only.
const LOG_MAX: usize = 12;
/// And it changes at most this often.
const LOG_PAUSE: Duration = Duration::from_millis(400);
/// One press of a zoom button magnifies by this.
const ZOOM_STEP: f64 = 1.6;

/// The stage's panel.
#[component]
pub fn StageView(
    /// The run.
    replay: Replay,
    /// Whether only stage and verdict are shown, in large type.
    presenting: RwSignal<bool>,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let hover = RwSignal::new(None::<u64>);
    let painter = Painter::default();
    // False while hydrating, so that the page starts as the server wrote it.
    let scripted = RwSignal::new(false);
    effect(move || scripted.set(true));
    watch(canvas, painter, replay, presenting);
    let story = move || replay.with_stage(summary::stage).unwrap_or_default();
    let is_empty = move || replay.count.get() == 0;
    view! {
        <section class="stage panel" id="stage" aria-labelledby="stage-title">
            <div class="stage-head">
                <h2 id="stage-title">{words::TITLE}</h2>
                <StageTools replay painter />
            </div>
            {piece_when(is_empty, || view! { <p class="stage-empty">{words::EMPTY}</p> })}
            <div
                class="stage-scroll"
                class:is-empty=flag(is_empty)
                tabindex="0"
                role="group"
                aria-label=words::LANES
            >
                <canvas
                    node_ref=canvas
                    role="img"
                    class:is-ready=flag(move || scripted.get())
                    class:is-pointing=flag(move || hover.get().is_some())
                    aria-label=text(story)
                    data-testid=testids::STAGE
                    on:click=move |event| {
                        if let Some(seq) = painter.hit(&event) {
                            replay.select(seq);
                        }
                    }
                    on:mousemove=move |event| hover.set(painter.hit(&event))
                    on:mouseleave=move |_| hover.set(None)
                ></canvas>
                {piece_when(move || !scripted.get(), move || view! { <Drawing replay /> })}
            </div>
            <Caption replay hover />
            <p class="stage-notes quiet">
                <span data-testid=testids::STAGE_TIME>{text(move || time_words(replay))}</span>
                " "
                <span data-testid=testids::STAGE_SUMMARY>{text(story)}</span>
            </p>
            <Legend replay />
            <SpokenLog replay />
        </section>
    }
}

/// The lanes alone, for a run among others.
#[component]
pub fn StageLanes(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let painter = Painter::default();
    let scripted = RwSignal::new(false);
    effect(move || scripted.set(true));
    watch(canvas, painter, replay, RwSignal::new(false));
    let story = move || replay.with_stage(summary::stage).unwrap_or_default();
    view! {
        <div class="stage-scroll" tabindex="0" role="group" aria-label=words::LANES>
            <canvas
                node_ref=canvas
                role="img"
                class:is-ready=flag(move || scripted.get())
                aria-label=text(story)
            ></canvas>
            {piece_when(move || !scripted.get(), move || view! { <Drawing replay /> })}
        </div>
    }
}

fn time_words(replay: Replay) -> &'static str {
    let scheduled = replay.run.with(|run| run.as_ref().map(|run| run.spec.is_scheduled()));
    match scheduled {
        None => "",
        Some(true) => words::TIME_VIRTUAL,
        Some(false) => words::TIME_REAL,
    }
}

/// What the axis counts, and how much is in view.
#[component]
fn StageTools(replay: Replay, painter: Painter) -> impl IntoView {
    let by_entry = move || replay.axis_now() == Axis::Entries;
    let axis = Callback::new(move |by_time| {
        replay.axis.set(Some(if by_time { Axis::Time } else { Axis::Entries }));
    });
    let is_map = move || replay.view.get() == View::Map;
    let view = Callback::new(move |is_map| replay.view.set(if is_map { View::Map } else { View::Lanes }));
    let zoom = move |factor: f64| {
        let times = (painter.times() * factor).max(1.0);
        replay.zoom.set(Zoom::Times(times));
    };
    view! {
        <div class="stage-tools" class:is-map=flag(is_map)>
            <Switch testid=testids::VIEW name=words::PICTURE sides=words::PICTURES is_second=flag(is_map) turn=view />
            <Switch testid=testids::AXIS name=words::AXIS sides=words::AXES is_second=flag(move || !by_entry()) turn=axis />
            <button type="button" class="button" aria-label=words::ZOOM_OUT on:click=press(move || zoom(1.0 / ZOOM_STEP))>
                "\u{2212}"
            </button>
            <button type="button" class="button" aria-label=words::ZOOM_IN on:click=press(move || zoom(ZOOM_STEP))>
                "+"
            </button>
            <button type="button" class="button" on:click=press(move || replay.zoom.set(Zoom::Whole))>
                {words::FIT}
            </button>
        </div>
    }
}

/// Two buttons of which one is on.
#[component]
fn Switch(
    testid: &'static str,
    name: &'static str,
    sides: [&'static str; 2],
    is_second: Live<bool>,
    turn: Callback<bool>,
) -> impl IntoView {
    let side = |(place, words): (usize, &'static str)| {
        let (is_second, is_this_one) = (is_second.clone(), place == 1);
        let pressed = text(move || if is_second() == is_this_one { "true" } else { "false" });
        view! {
            <button
                type="button"
                class="button"
                data-testid=format!("{testid}-{place}")
                aria-pressed=pressed
                on:click=press(move || turn.run(is_this_one))
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="switch" role="group" aria-label=name data-testid=testid>
            {sides.into_iter().enumerate().map(side).each()}
        </div>
    }
}

/// The picture for readers without scripts.
#[component]
fn Drawing(replay: Replay) -> impl IntoView {
    let count = replay.count.get_untracked();
    if count > SVG_ENTRIES_MAX {
        return view! { <p class="quiet">{words::TOO_LONG}</p> }.into_any();
    }
    let draw = move || {
        let look = Look {
            view: View::Lanes,
            width: SVG_WIDTH,
            large: false,
            axis: Axis::Entries,
            zoom: Zoom::Whole,
            focus: None,
            selected: None,
            lit: Vec::new(),
        };
        let drawn = |stage: &Stage| (Picture::of(stage, &look), summary::stage(stage));
        replay.with_stage_at(count, drawn).unwrap_or_else(|| drawn(&Stage::default()))
    };
    view! { <StillPicture class="still" draw=Box::new(draw) /> }.into_any()
}

/// One sentence: the piece of evidence that was lit last, else what is under the pointer, else what was picked.
#[component]
fn Caption(replay: Replay, hover: RwSignal<Option<u64>>) -> impl IntoView {
    let told = move || {
        if let Some((number, Evidence { seq, sentence })) = replay.lit_last() {
            return Some(words::evidence(number, seq, &sentence));
        }
        let seq = hover.get().or_else(|| replay.selected.get())?;
        Some(words::entry(seq, &replay.entry(seq).map(|entry| sentence::of(&entry))?))
    };
    view! { <p class="stage-caption">{text(move || told().unwrap_or_default())}</p> }
}

/// The run as a log that is read out: the latest entries only, because speech is slower than a run.
#[component]
fn SpokenLog(replay: Replay) -> impl IntoView {
    let spoken = RwSignal::new(replay.shown_now());
    let is_due = StoredValue::new(false);
    effect(move || {
        replay.shown();
        if is_due.try_update_value(|is_due| std::mem::replace(is_due, true)) == Some(false) {
            let say = move || {
                is_due.try_set_value(false);
                spoken.try_set(replay.shown_now());
            };
            set_timeout(say, LOG_PAUSE);
        }
    });
    let latest = move || {
        let (shown, generation) = (spoken.get(), replay.generation.get());
        let first = shown.saturating_sub(LOG_MAX) as u64 + 1;
        (first..=shown as u64).map(|seq| (generation, seq)).collect::<Vec<_>>()
    };
    let words = move |seq| replay.entry(seq).as_ref().map(line);
    view! {
        <div class="visually-hidden" role="log" aria-live="polite" aria-label=words::LOG data-testid=testids::STAGE_LOG>
            <For each=latest key=|row| *row children=move |(_, seq)| view! { <p>{words(seq)}</p> } />
        </div>
    }
}

fn line(entry: &Entry) -> String {
    format!("{}. {}", entry.seq, sentence::of(entry))
}
