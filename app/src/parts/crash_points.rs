//! The crash points of the run on the screen: each is a link to the same run with a crash there.

use lab::event::Event;
use lab::matrix;
use lab::query;
use lab::wire::State;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Shelf;
use crate::draft::{CHALLENGE_KEY, encode};
use crate::live::{Each, piece};
use crate::replay::Replay;
use crate::testids;
use crate::words::crash_points as words;

/// No more crash points are listed; the command line tries them all.
const SHOWN_MAX: usize = 40;

/// The panel; nothing where nobody can crash, in a live run, and where somebody crashed already.
#[component]
pub fn CrashPoints(
    /// The run.
    replay: Replay,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let challenge = use_query_map().with_untracked(|query| query.get(CHALLENGE_KEY));
    let points = Memo::new(move |_| points(replay, shelf, challenge.clone()));
    let panel = piece(move || {
        let points = points.get();
        if points.is_empty() {
            return ().into_any();
        }
        let links = points.into_iter().map(|(at, address)| {
            view! {
                <li>
                    <a href=address rel="external"><code>{at}</code></a>
                </li>
            }
        });
        view! {
            <details class="crash-points panel" data-testid=testids::CRASH_POINTS>
                <summary><h2>{words::TITLE}</h2></summary>
                <p class="quiet">{words::ABOUT}</p>
                <ol>{links.each()}</ol>
            </details>
        }
        .into_any()
    });
    view! { {panel} }
}

/// Each crash point with its address, on which a challenge goes on.
fn points(replay: Replay, shelf: Shelf, challenge: Option<String>) -> Vec<(String, String)> {
    let spec = replay.run.with(|run| run.as_ref().map(|run| run.spec.clone()));
    let (Some(spec), Some(State::Finished)) = (spec, replay.state.get()) else { return Vec::new() };
    replay.count.track();
    shelf.with_value(|catalog| {
        let card = catalog.scenario(&spec.lab, &spec.scenario);
        let may_crash = card.is_some_and(|card| card.hardships.iter().any(|kind| kind == "crash"));
        replay.with_entries(|entries| {
            let has_crashed = entries.iter().any(|entry| matches!(entry.event, Event::Crashed));
            if !may_crash || has_crashed || !spec.is_scheduled() {
                return Vec::new();
            }
            let places = matrix::points(entries, None).into_iter().take(SHOWN_MAX);
            let calm = matrix::calm(&spec);
            places
                .map(|at| {
                    let mut pairs = query::pairs(&matrix::with_crash(&calm, &at), catalog);
                    pairs.extend(challenge.clone().map(|name| (CHALLENGE_KEY.to_owned(), name)));
                    (at.to_string(), format!("/labs/{}{}", spec.lab, encode(&pairs)))
                })
                .collect()
        })
    })
}
