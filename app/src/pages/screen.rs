//! A run on the screen, the same on the workbench and on the run's own page.

use lab::catalog::StrategyCard;
use lab::fold::{MarkKind, Stage};
use lab::wire::State;
use leptos::prelude::*;

use super::crash_points::CrashPoints;
use crate::hand::Hand;
use crate::live::{Each, piece, piece_when};
use crate::parts::Shelf;
use crate::parts::connection::ConnectionState;
use crate::parts::entries::EntriesPanel;
use crate::parts::hand_panel::HandPanel;
use crate::parts::inspector::Inspector;
use crate::parts::outbox::OutboxPanel;
use crate::parts::price::PricePanel;
use crate::parts::promises::Promises;
use crate::parts::replay_bar::ReplayBar;
use crate::parts::source::SourceFile;
use crate::parts::stage_view::StageView;
use crate::parts::story::StoryPanel;
use crate::parts::verdict::VerdictPanel;
use crate::parts::wait_graph::WaitGraph;
use crate::replay::Replay;
use crate::words::strategy as words;

/// Stage, verdict, price, story, entries, inspector, and what the strategy does.
#[component]
pub fn Screen(
    /// The hand at the run.
    hand: Hand,
    /// What starts a run by hand from the moment that is shown.
    take_over: Callback<()>,
    /// What starts the run by hand again without its last move, where that can be.
    #[prop(optional_no_strip)]
    on_back: Option<Callback<()>>,
    /// The catalog.
    shelf: Shelf,
    /// Scenario and strategy to tell about.
    #[prop(into)]
    names: Signal<(String, String)>,
    /// Whether only stage and verdict are shown.
    presenting: RwSignal<bool>,
    /// What stands below the story.
    #[prop(optional_no_strip)]
    more: Option<AnyView>,
    /// What stands between the stage and the verdict.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let replay = hand.replay;
    // While the panel is there it shows the waits; afterwards they are part of what can be replayed.
    let had_waits = move || {
        let waits = |stage: &Stage| stage.marks.iter().any(|mark| mark.kind == MarkKind::Wait);
        replay.is_over() && replay.with_stage_at(replay.count.get(), waits).unwrap_or_default()
    };
    view! {
        <div class="screen">
            <ConnectionState replay shelf />
            <HandPanel hand on_back shelf />
            <StageView replay presenting />
            <ReplayBar replay take_over />
            <OutboxPanel replay />
            {piece_when(had_waits, move || view! { <div class="panel"><WaitGraph replay /></div> })}
            {children.map(|children| children())}
            <div class="findings">
                <VerdictPanel replay shelf />
                <PricePanel replay />
            </div>
            <StoryPanel replay />
            {more}
            <div class="details">
                <EntriesPanel replay />
                <Inspector replay />
            </div>
            <CrashPoints replay shelf />
            <AboutStrategy shelf names />
        </div>
    }
}

/// What the strategy does, promises and costs, and its source.
#[component]
fn AboutStrategy(shelf: Shelf, names: Signal<(String, String)>) -> impl IntoView {
    let names = Memo::new(move |_| names.get());
    let told = piece(move || {
        let (scenario, strategy) = names.get();
        let card = shelf.with_value(|catalog| catalog.strategy(&scenario, &strategy).cloned());
        card.map(|card| view! { <StrategyFacts card scenario shelf /> })
    });
    view! {
        <section class="strategy panel" id="about" aria-labelledby="strategy-title">
            <h2 id="strategy-title">{words::TITLE}</h2>
            {told}
        </section>
    }
}

#[component]
fn StrategyFacts(card: StrategyCard, scenario: String, shelf: Shelf) -> impl IntoView {
    let facts = [
        (words::IDEA, card.idea.clone()),
        (words::COSTS, card.costs.clone()),
        (words::FAILS, card.fails.clone()),
    ];
    let facts = facts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{text}</dd>
            </div>
        }
    });
    view! {
        <h3>{card.title.clone()}</h3>
        <dl class="strategy-facts">{facts.each()}</dl>
        <Promises card=card.clone() scenario shelf />
        <SourceFile path=card.source_path text=card.source />
    }
}

/// The word for `data-run-state`.
pub fn run_state(replay: Replay) -> &'static str {
    match replay.state.get() {
        None => "idle",
        Some(State::Queued | State::Running) => "running",
        Some(State::Finished) => "finished",
        Some(State::Interrupted) => "interrupted",
    }
}
