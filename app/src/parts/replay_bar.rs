//! The replay's controls: play, pause, step, scrub, next trouble.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::live::{Press, attribute, flag, piece, press, text};
use crate::replay::Replay;
use crate::testids;
use crate::words::replay_bar as words;

/// The bar under the stage.
#[component]
pub fn ReplayBar(
    /// The run.
    replay: Replay,
    /// What starts a run by hand from the moment that is shown.
    take_over: Callback<()>,
) -> impl IntoView {
    let play_label = move || if replay.playing.get() { crate::words::PAUSE } else { words::PLAY };
    let play_icon = piece(move || {
        let icon = if replay.playing.get() { Icon::Pause } else { Icon::Play };
        view! { <Sign icon=icon /> }
    });
    let scrub = move |event| {
        let shown = event_target_value(&event).parse().unwrap_or_default();
        replay.playing.set(false);
        replay.selected.set(None);
        replay.lit.set(Vec::new());
        replay.seek(shown);
    };
    let place = text(move || words::place(replay.shown(), replay.count.get()));
    let take_over_title = text(move || {
        let is_live = replay.run.with(|run| run.as_ref().is_some_and(|run| !run.spec.is_scheduled()));
        words::take_over(is_live)
    });
    let last = move || Some(replay.count.get().to_string());
    view! {
        <div class="replay-bar" class:is-empty=flag(move || replay.count.get() == 0) role="group" aria-label=words::TITLE>
            <StepButton label=words::BACK icon=Icon::Back testid=testids::STEP_BACK act=press(move || replay.step(-1)) />
            <button
                type="button"
                class="button icon-button"
                data-testid=testids::PLAY_PAUSE
                aria-label=text(play_label)
                title=text(play_label)
                on:click=press(move || replay.toggle())
            >
                {play_icon}
            </button>
            <StepButton label=words::ON icon=Icon::Forward testid=testids::STEP_FORWARD act=press(move || replay.step(1)) />
            <input
                type="range"
                class="scrubber"
                min="0"
                step="1"
                value=replay.shown_now().to_string()
                max=attribute(last)
                prop:max=text(move || replay.count.get().to_string())
                prop:value=text(move || replay.shown().to_string())
                aria-label=words::SHOWN
                data-testid=testids::SCRUBBER
                on:input=scrub
            />
            <StepButton
                label=words::NEXT_TROUBLE
                icon=Icon::Skip
                testid=testids::NEXT_TROUBLE
                act=press(move || replay.next_trouble())
            />
            <span class="replay-place">{place}</span>
            <button
                type="button"
                class="button take-over"
                title=take_over_title
                data-testid=testids::TAKE_OVER
                on:click=press(move || take_over.run(()))
            >
                {words::TAKE_OVER}
            </button>
        </div>
    }
}

#[component]
fn StepButton(label: &'static str, icon: Icon, testid: &'static str, act: Press) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button icon-button"
            data-testid=testid
            aria-label=label
            title=label
            on:click=act
        >
            <Sign icon=icon />
        </button>
    }
}
