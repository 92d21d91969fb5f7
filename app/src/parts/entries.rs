//! The list of entries: a window of rows, however long the journal is.

pub mod rows;

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use self::rows::{ROWS_MAX, rows_shown};
use crate::browser;
use crate::live::{attribute, effect, flag, piece_when, press, text};
use crate::replay::Replay;
use crate::testids;
use crate::words::{entries as words, sentence, units::duration};

/// The list's panel. Arrow keys move the pick when the list has the focus.
#[component]
pub fn EntriesPanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    // Where the reader paged to; a pick or a step takes the list along again.
    let page = RwSignal::new(None::<usize>);
    let goes_on = Memo::new(move |_| !replay.is_over() && replay.position.get().is_none());
    let range =
        Memo::new(move |_| rows_shown(replay.shown(), page.get(), replay.selected.get(), goes_on.get()));
    let rows = move || {
        let generation = replay.generation.get();
        range.get().map(|row| (generation, row as u64 + 1)).collect::<Vec<_>>()
    };
    effect(move || {
        replay.selected.track();
        replay.position.track();
        page.set(None);
    });
    effect(move || {
        let last = range.get().end as u64;
        let seq = replay.selected.get().unwrap_or(last);
        request_animation_frame(move || browser::reveal(&row_id(seq)));
    });
    let on_key = move |event: KeyboardEvent| {
        let shown = replay.shown() as u64;
        let from = replay.selected.get_untracked().unwrap_or(shown);
        let to = match event.key().as_str() {
            "ArrowUp" => from.saturating_sub(1).max(1),
            "ArrowDown" => (from + 1).min(shown),
            _ => return,
        };
        event.prevent_default();
        if shown > 0 {
            replay.select(to);
        }
    };
    let active = attribute(move || replay.selected.get().map(row_id));
    view! {
        <section class="entries panel" aria-labelledby="entries-title">
            <h2 id="entries-title">{words::TITLE}</h2>
            <Pager range page replay />
            <div
                class="entry-rows"
                role="listbox"
                tabindex="0"
                aria-labelledby="entries-title"
                aria-activedescendant=active
                data-testid=testids::ENTRIES
                on:keydown=on_key
            >
                <For each=rows key=|row| *row children=move |(_, seq)| view! { <Row seq replay /> } />
            </div>
        </section>
    }
}

#[component]
fn Row(seq: u64, replay: Replay) -> impl IntoView {
    let Some(entry) = replay.entry(seq) else {
        return ().into_any();
    };
    let is_picked = move || replay.selected.get() == Some(seq);
    let is_lit = move || replay.lit.with(|lit| lit.contains(&seq));
    view! {
        <div
            class="entry-row"
            class:is-lit=flag(is_lit)
            role="option"
            id=row_id(seq)
            data-testid=format!("entry-{seq}")
            data-event=entry.event.name()
            aria-selected=text(move || if is_picked() { "true" } else { "false" })
            on:click=press(move || replay.select(seq))
        >
            <span class="seq">{seq}</span>
            <span class="sentence">{sentence::of(&entry)}</span>
            <span class="time">{duration(entry.at_us)}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Pager(
    range: Memo<std::ops::Range<usize>>,
    page: RwSignal<Option<usize>>,
    replay: Replay,
) -> impl IntoView {
    let is_needed = move || replay.shown() > ROWS_MAX;
    let window = move || {
        let range = range.get();
        words::window(range.start + 1, range.end, replay.shown())
    };
    let turn = move |by: isize| {
        let start = range.get_untracked().start.saturating_add_signed(by * ROWS_MAX as isize);
        page.set(Some(start));
    };
    piece_when(is_needed, move || {
        view! {
            <div class="pager">
                <button type="button" class="button" on:click=press(move || turn(-1))>{crate::words::EARLIER}</button>
                <span>{text(window)}</span>
                <button type="button" class="button" on:click=press(move || turn(1))>{crate::words::LATER}</button>
            </div>
        }
    })
}

fn row_id(seq: u64) -> String {
    format!("row-{seq}")
}
