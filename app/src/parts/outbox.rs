//! The outbox: its rows, where each stands, and how far the relays have come.

use lab::fold::{Outbox, OutboxRow, Stage, Standing};
use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::live::{piece, piece_when, text};
use crate::replay::Replay;
use crate::testids;
use crate::words::outbox as words;

/// So many rows are shown; of more, the sent ones go first, then the latest.
const ROWS_MAX: usize = 24;

/// The outbox's panel; nothing where a run has no outbox.
#[component]
pub fn OutboxPanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let has_rows = move || replay.with_stage(|stage| !stage.outbox.rows().is_empty()).unwrap_or_default();
    piece_when(has_rows, move || {
        let summary = text(move || replay.with_stage(told).unwrap_or_default());
        let rows = piece(move || replay.with_stage(|stage| rows(&stage.outbox)));
        view! {
            <section class="outbox panel" aria-labelledby="outbox-title" data-testid=testids::OUTBOX>
                <h2 id="outbox-title">{words::TITLE}</h2>
                <p class="outbox-summary" data-testid=testids::OUTBOX_SUMMARY>{summary}</p>
                {rows}
            </section>
        }
    })
}

/// Depth, age and position in one line.
fn told(stage: &Stage) -> String {
    let outbox = &stage.outbox;
    let all = outbox.rows();
    let last = all.last().map_or(0, |row| row.place);
    let oldest_us = outbox.oldest_since_us().map(|since_us| stage.end_us.saturating_sub(since_us));
    words::told(outbox.depth(), oldest_us, outbox.position(), last)
}

fn rows(outbox: &Outbox) -> AnyView {
    let all = outbox.rows();
    let is_sent = |row: &&OutboxRow| row.published_us.is_some();
    let over = all.len().saturating_sub(ROWS_MAX);
    let gone = all.iter().filter(|row| is_sent(row)).count().min(over);
    let mut to_drop = gone;
    let kept = all.iter().copied().filter(|row| {
        let drops = to_drop > 0 && is_sent(row);
        to_drop -= usize::from(drops);
        !drops
    });
    let shown: Vec<_> = kept.take(ROWS_MAX).map(|row| line(row, &outbox.standing(row))).collect();
    let later = all.len() - gone - shown.len();
    let before = (gone > 0).then(|| view! { <p class="quiet">{words::before(gone)}</p> });
    let after = (later > 0).then(|| view! { <p class="quiet">{words::after(later)}</p> });
    view! {
        {before}
        <ol class="outbox-rows">{shown}</ol>
        {after}
    }
    .into_any()
}

fn line(row: &OutboxRow, standing: &Standing) -> AnyView {
    let (icon, class) = match standing {
        Standing::Waits => (Icon::Pause, "is-waiting"),
        Standing::Claimed(_) => (Icon::Play, "is-waiting"),
        Standing::Parked => (Icon::Cross, "is-parked"),
        Standing::Held(_) => (Icon::Stop, "is-held"),
        Standing::Unmarked => (Icon::Forward, "is-unmarked"),
        Standing::Sent => (Icon::Tick, "is-sent"),
    };
    view! {
        <li class=class>
            <span class="outbox-place">{row.place}</span>
            <span class="outbox-event">{row.id.clone()}</span>
            <span class="outbox-state">
                <Sign icon />
                {words::standing(standing)}
            </span>
        </li>
    }
    .into_any()
}
