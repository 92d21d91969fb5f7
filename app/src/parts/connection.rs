//! Where the connection stands, in words; a banner when it is lost.

use lab::verdict::{Judgement, Ruling};
use lab::wire::State;
use leptos::prelude::*;

use super::Shelf;
use crate::live::{piece, press, text};
use crate::replay::{Connection, Replay};
use crate::testids;
use crate::words::{connection as words, summary};

/// The connection's state.
#[component]
pub fn ConnectionState(
    /// The run.
    replay: Replay,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let state = text(move || match replay.connection.get() {
        Connection::Idle => "idle",
        Connection::Connecting => "connecting",
        Connection::Live => "live",
        Connection::Lost | Connection::GivenUp => "lost",
        Connection::Over => "over",
    });
    let told = text(move || match replay.connection.get() {
        Connection::Idle => String::new(),
        Connection::Connecting => words::CONNECTING.to_owned(),
        Connection::Live if replay.is_over() => words::RECEIVING.to_owned(),
        Connection::Live => words::LIVE.to_owned(),
        Connection::Lost => {
            // Read again with each new entry: the number says from where the feed goes on.
            replay.count.track();
            words::lost(replay.last_seq())
        }
        Connection::GivenUp => words::GIVEN_UP.to_owned(),
        Connection::Over if replay.state.get() == Some(State::Interrupted) => words::CUT.to_owned(),
        // On a phone the verdict's own panel is out of sight.
        Connection::Over => replay.verdict.with(|verdict| match verdict {
            Some(verdict) => words::judged(&shelf.with_value(|catalog| summary::verdict(verdict, catalog))),
            None => words::OVER.to_owned(),
        }),
    });
    let judged = move || replay.verdict.get().filter(|_| replay.connection.get() == Connection::Over);
    let ruling = text(move || match judged() {
        Some(verdict) if verdict.is_broken() => "broken",
        Some(verdict) if verdict.holds() => "holds",
        Some(_) => "undecided",
        None => "",
    });
    // The panel with the verdict is below the picture, and on most screens out of sight.
    let show = piece(move || {
        let is_broken = |judgement: &Judgement| judgement.ruling == Ruling::Broken;
        let judgement = judged()?.judgements.into_iter().find(is_broken)?;
        let show = press(move || {
            crate::browser::scroll_to_stage();
            replay.show_me(&judgement);
        });
        Some(view! {
            <button type="button" class="button" data-testid=testids::SHOW_FIRST on:click=show>
                {crate::words::verdict::SHOW_ME}
            </button>
        })
    });
    view! {
        <div class="connection-row" data-ruling=ruling>
            <p class="connection" role="status" data-testid=testids::CONNECTION data-state=state>
                {told}
            </p>
            {show}
        </div>
    }
}
