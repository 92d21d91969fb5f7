//! One run for good: the link to share.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::frame::Frame;
use super::lost::Lost;
use super::screen::{Screen, run_state};
use crate::browser;
use crate::client;
use crate::draft::encode;
use crate::hand::Hand;
use crate::live::{Each, effect, flag, piece, piece_when, press, text};
use crate::page_data::{Loaded, Parcel, Shown, Wanted};
use crate::parts::Shelf;
use crate::parts::keys::RunKeys;
use crate::replay::{Connection, Replay};
use crate::testids;
use crate::words::{run as words, summary, units};

/// In the address of a screen that goes along with whoever leads.
const FOLLOW_KEY: &str = "follow";
/// So often such a screen asks for the latest run.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// `/runs/{id}`.
#[component]
pub fn RunPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let show = |parcel: Parcel| {
        let shelf = StoredValue::new(parcel.catalog);
        match (parcel.shown.into_iter().next(), parcel.problem) {
            (Some(shown), _) => view! { <RunBody shown shelf /> }.into_any(),
            (None, None) => {
                go_along(None);
                view! {
                <Lost
                    title=words::NO_RUN
                    sentence=words::NO_RUN_WHY
                    status=404
                />
                }
                .into_any()
            }
            (None, Some(sentence)) => {
                view! { <Lost title=words::UNREADABLE sentence status=500 /> }.into_any()
            }
        }
    };
    view! {
        <Frame>
            <Loaded wanted=Wanted::Run(id) lab=None waiting=words::READING show=Arc::new(show) />
        </Frame>
    }
}

#[component]
fn RunBody(shown: Shown, shelf: Shelf) -> impl IntoView {
    let Shown { run, entries, story } = shown;
    let (spec, created) = (run.spec.clone(), units::moment(run.created_ms));
    let names = (spec.scenario.clone(), spec.strategy.clone());
    let facts = shelf.with_value(|catalog| summary::spec(&spec, catalog));
    let query = shelf.with_value(|catalog| encode(&lab::query::pairs(&spec, catalog)));
    let title = facts.iter().take(2).map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(": ");
    let replay = Replay::of(run, entries);
    replay.story.set(story);
    let hand = Hand::new(replay);
    let take_over = Callback::new(move |()| match replay.taken_over() {
        Ok(spec) => {
            let query = shelf.with_value(|catalog| encode(&lab::query::pairs(&spec, catalog)));
            browser::go(&format!("/labs/{}{query}", spec.lab));
        }
        Err(why) => hand.problem.set(Some(why.to_owned())),
    });
    let presenting = RwSignal::new(false);
    start_feed(replay);
    start_story(replay);
    go_along(replay.run.with_untracked(|run| run.as_ref().map(|run| run.id.clone())));
    let facts = facts.into_iter().map(|(label, value)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <Title text=crate::words::titled(&title) />
        <div class="run-page" class:presenting=flag(move || presenting.get()) data-run-state=text(move || run_state(replay))>
            <RunKeys hand presenting on_run=None />
            <div class="page-head">
                <h1>{title.clone()}</h1>
                <p class="quiet">{words::ASKED_AT}<time>{created}</time>", "{text(move || replay.state.get().map(summary::state).unwrap_or_default())}"."</p>
            </div>
            <Screen hand take_over on_back=None shelf names=Signal::stored(names) presenting>
                <p class="next-steps">
                    <a
                        class="button"
                        rel="external"
                        data-testid=testids::OPEN_WORKBENCH
                        href=format!("/labs/{}{query}", spec.lab)
                    >
                        {words::WORKBENCH}
                    </a>
                    <Pin replay />
                    <Exports replay />
                </p>
            </Screen>
            <section class="panel spec-words" aria-labelledby="spec-title">
                <h2 id="spec-title">{crate::words::ASKED}</h2>
                <dl class="facts">{facts.each()}</dl>
            </section>
        </div>
    }
}

/// Shows another run as soon as whoever leads has started one.
fn go_along(here: Option<String>) {
    if use_query_map().with_untracked(|query| query.get(FOLLOW_KEY).is_none()) {
        return;
    }
    effect(move || {
        let here = here.clone();
        let look = move || {
            let here = here.clone();
            spawn_local(async move {
                if let Ok(Some(run)) = client::followed().await
                    && here.as_ref() != Some(&run)
                {
                    browser::go(&format!("/runs/{run}?{FOLLOW_KEY}=1"));
                }
            });
        };
        if let Ok(handle) = set_interval_with_handle(look, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// The run as files to take along; nothing while it goes on.
#[component]
fn Exports(replay: Replay) -> impl IntoView {
    piece_when(
        move || replay.is_over(),
        move || {
            let run = replay.run.get_untracked()?;
            let shell = if run.spec.engine.store == "postgres" { "psql" } else { "sqlite3" };
            let address = move |form: &str| format!("/api/v1/runs/{}/export?as={form}", run.id);
            Some(view! {
                <a class="button" rel="external" data-testid=testids::EXPORT href=address("html")>
                    {words::SAVE}
                </a>
                <a class="button" rel="external" data-testid=testids::EXPORT_STEPS href=address(shell)>
                    {words::steps(shell)}
                </a>
            })
        },
    )
}

/// Keeps the run when older ones make room.
#[component]
fn Pin(replay: Replay) -> impl IntoView {
    let problem = RwSignal::new(None);
    let pinned = RwSignal::new(replay.run.with_untracked(|run| run.as_ref().is_some_and(|run| run.pinned)));
    let toggle = press(move || {
        let Some(id) = replay.run.with_untracked(|run| run.as_ref().map(|run| run.id.clone())) else {
            return;
        };
        spawn_local(async move {
            match client::pin(&id, !pinned.get_untracked()).await {
                Ok(now) => pinned.set(now),
                Err(refused) => problem.set(Some(refused.detail)),
            }
        });
    });
    view! {
        <button
            type="button"
            class="button"
            data-testid=testids::PIN
            title=words::PIN_HELP
            aria-pressed=text(move || if pinned.get() { "true" } else { "false" })
            on:click=toggle
        >
            {text(move || if pinned.get() { words::PINNED } else { words::PIN })}
        </button>
        <span class="fault" role="alert">{piece(move || problem.get())}</span>
    }
}

/// Asks for the story as soon as there is a verdict, unless it is there.
pub fn start_story(replay: Replay) {
    effect(move || {
        let id = replay.run.with(|run| run.as_ref().map(|run| run.id.clone()));
        let is_judged = replay.verdict.with(Option::is_some);
        let Some(id) = id.filter(|_| is_judged && replay.story.with_untracked(Option::is_none)) else {
            return;
        };
        let generation = replay.generation.get_untracked();
        spawn_local(async move {
            // Whoever has opened another run meanwhile waits for that one's story.
            if let Ok(story) = client::story(&id).await
                && replay.generation.get_untracked() == generation
            {
                replay.story.set(Some(story));
            }
        });
    });
}

/// Asks for the entries that did not travel with the page.
pub fn start_feed(replay: Replay) {
    effect(move || {
        let Some((id, entries)) =
            replay.run.with_untracked(|run| run.as_ref().map(|run| (run.id.clone(), run.entries)))
        else {
            return;
        };
        let over = matches!(
            replay.state.get_untracked(),
            Some(lab::wire::State::Finished | lab::wire::State::Interrupted)
        );
        if over && replay.last_seq() >= entries {
            replay.connection.set(Connection::Over);
        } else {
            client::follow(replay, id);
        }
    });
}
