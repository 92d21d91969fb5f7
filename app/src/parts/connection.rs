//! Where the connection stands, in words; a banner when it is lost.

use lab::wire::State;
use leptos::prelude::*;

use super::Shelf;
use crate::live::text;
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
    view! {
        <p class="connection" role="status" data-testid=testids::CONNECTION data-state=state>
            {told}
        </p>
    }
}
