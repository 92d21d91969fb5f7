//! The runs side by side: a picture each, and the clock that moves them all.

use leptos::prelude::*;

use super::board::{Board, Contender};
use crate::live::{Each, attribute, flag, piece, piece_when, press, text};
use crate::parts::Shelf;
use crate::parts::icon::{Icon, Sign};
use crate::parts::stage_view::StageLanes;
use crate::parts::verdict::VerdictLine;
use crate::testids;
use crate::words::{compare as words, sentence};

/// The one clock.
#[component]
pub fn ClockBar(
    /// The page.
    board: Board,
) -> impl IntoView {
    let label = move || if board.playing.get() { crate::words::PAUSE } else { words::PLAY_ALL };
    let icon = piece(move || {
        let icon = if board.playing.get() { Icon::Pause } else { Icon::Play };
        view! { <Sign icon=icon /> }
    });
    let at_us = move || board.clock.get().unwrap_or_else(|| board.end_us());
    let end = move || board.end_us().to_string();
    view! {
        <div
            class="replay-bar clock-bar"
            class:is-empty=flag(move || board.contenders.with(Vec::is_empty))
            role="group"
            aria-label=words::CLOCK
        >
            <button
                type="button"
                class="button icon-button"
                data-testid=testids::CLOCK_PLAY
                aria-label=text(label)
                title=text(label)
                on:click=press(move || board.toggle_clock())
            >
                {icon}
            </button>
            <input
                type="range"
                class="scrubber"
                min="0"
                step="1"
                max=attribute(move || Some(end()))
                prop:max=text(end)
                prop:value=text(move || at_us().to_string())
                aria-label=words::MOMENT
                data-testid=testids::CLOCK
                on:input=move |event| board.set_clock(event_target_value(&event).parse().unwrap_or_default())
            />
            <span class="replay-place">{text(move || words::clock(at_us(), board.end_us()))}</span>
            {piece_when(move || board.clock.get().is_some(), move || {
                let end = press(move || board.set_clock(board.end_us()));
                view! { <button type="button" class="button take-over" on:click=end>{words::SHOW_END}</button> }
            })}
        </div>
    }
}

/// A card for each run.
#[component]
pub fn Contenders(
    /// The page.
    board: Board,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let cards = piece(move || {
        let contenders = board.contenders.get();
        if contenders.is_empty() {
            return view! { <p class="stage-empty panel">{words::EMPTY}</p> }.into_any();
        }
        let cards = contenders.into_iter().map(|contender| view! { <Card contender shelf /> });
        view! { <div class="contenders">{cards.each()}</div> }.into_any()
    });
    view! { <div aria-live="off">{cards}</div> }
}

#[component]
fn Card(contender: Contender, shelf: Shelf) -> impl IntoView {
    let Contender { strategy, replay } = contender;
    let run = replay.run.get_untracked();
    let (scenario, href) =
        run.map(|run| (run.spec.scenario, format!("/runs/{}", run.id))).unwrap_or_default();
    let title = shelf.with_value(|catalog| {
        catalog.strategy(&scenario, &strategy).map_or_else(|| strategy.clone(), |card| card.title.clone())
    });
    let latest = text(move || {
        let entry = (replay.shown() as u64).checked_sub(1).and_then(|_| replay.entry(replay.shown() as u64));
        entry.map(|entry| sentence::of(&entry)).unwrap_or_default()
    });
    view! {
        <section class="contender stage panel" aria-label=title.clone() data-testid=format!("contender-{strategy}")>
            <div class="stage-head">
                <h2>{title.clone()}</h2>
                <a href=href rel="external">{words::OWN_PAGE}</a>
            </div>
            <VerdictLine replay shelf />
            <StageLanes replay />
            <p class="stage-caption">{latest}</p>
        </section>
    }
}
