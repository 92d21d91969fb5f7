//! The crash points of the run on the screen: each is a link to the same run with a crash there.

use lab::event::Event;
use lab::matrix;
use lab::spec::Spec;
use lab::wire::State;
use leptos::prelude::*;

use super::play::{Play, Starting};
use crate::live::{Each, piece};
use crate::parts::Shelf;
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
    let points = Memo::new(move |_| points(replay, shelf));
    let starting = Starting::default();
    let panel = piece(move || {
        let points = points.get();
        if points.is_empty() {
            return ().into_any();
        }
        let links = points.into_iter().map(|(at, spec)| {
            view! {
                <li>
                    <Play spec shelf starting class="" testid=format!("{}-{at}", testids::CRASH_POINTS)>
                        <code>{at}</code>
                    </Play>
                </li>
            }
        });
        view! {
            <details class="crash-points panel" data-testid=testids::CRASH_POINTS>
                <summary><h2>{words::TITLE}</h2></summary>
                <p class="quiet">{words::ABOUT}</p>
                <p class="fault" role="alert">{piece(move || starting.problem.get())}</p>
                <ol>{links.each()}</ol>
            </details>
        }
        .into_any()
    });
    view! { {panel} }
}

/// Each crash point, with the run that crashes there.
fn points(replay: Replay, shelf: Shelf) -> Vec<(String, Spec)> {
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
            places.map(|at| (at.to_string(), matrix::with_crash(&calm, &at))).collect()
        })
    })
}
