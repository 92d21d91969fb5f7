//! The verdict: each invariant with a sign and a word, expected against found, and the evidence.

use lab::verdict::{Evidence, Judgement, Ruling, Verdict};
use lab::wire::State;
use leptos::prelude::*;

use super::Shelf;
use super::icon::{Icon, Sign};
use crate::live::{Each, flag, piece, press};
use crate::replay::Replay;
use crate::testids;
use crate::words::{ruling, summary, verdict as words};

/// The verdict's panel. It is in the page from the start, so that its coming is announced.
#[component]
pub fn VerdictPanel(
    /// The run.
    replay: Replay,
    /// The catalog, for titles.
    shelf: Shelf,
) -> impl IntoView {
    let waiting = move || match replay.state.get() {
        None => words::EMPTY,
        Some(State::Queued) => words::QUEUED,
        Some(State::Running | State::Finished) => words::RUNNING,
        Some(State::Interrupted) => words::INTERRUPTED,
    };
    let body = piece(move || match replay.verdict.get() {
        None => view! { <p class="quiet">{waiting()}</p> }.into_any(),
        Some(verdict) => {
            let head = shelf.with_value(|catalog| summary::verdict(&verdict, catalog));
            let kind = head_class(&verdict);
            let judgements = verdict.judgements.into_iter();
            let judgements = judgements.map(|judgement| view! { <JudgementItem judgement replay shelf /> });
            view! {
                <p class=kind>{head}</p>
                <ul class="judgements">{judgements.each()}</ul>
            }
            .into_any()
        }
    });
    view! {
        <section class="verdict panel" aria-labelledby="verdict-title">
            <h2 id="verdict-title">{words::TITLE}</h2>
            <div aria-live="polite" data-testid=testids::VERDICT>
                {body}
            </div>
        </section>
    }
}

/// The verdict in one line, once all of the run is shown: before it would give the end away.
#[component]
pub fn VerdictLine(
    /// The run.
    replay: Replay,
    /// The catalog, for titles.
    shelf: Shelf,
) -> impl IntoView {
    let line = piece(move || {
        let is_told = replay.position.get().is_none();
        let verdict = replay.verdict.get().filter(|_| is_told);
        match verdict {
            Some(verdict) => {
                let words = shelf.with_value(|catalog| summary::verdict(&verdict, catalog));
                let icon = match (verdict.holds(), verdict.is_broken()) {
                    (true, _) => Icon::Tick,
                    (_, true) => Icon::Cross,
                    _ => Icon::Question,
                };
                view! { <p class=head_class(&verdict)><Sign icon=icon />{words}</p> }.into_any()
            }
            None => view! { <p class="verdict-head quiet">{words::NOT_YET}</p> }.into_any(),
        }
    });
    view! { <div class="verdict">{line}</div> }
}

fn head_class(verdict: &Verdict) -> &'static str {
    match (verdict.holds(), verdict.is_broken()) {
        (true, _) => "verdict-head is-good",
        (_, true) => "verdict-head is-bad",
        _ => "verdict-head",
    }
}

#[component]
fn JudgementItem(judgement: Judgement, replay: Replay, shelf: Shelf) -> impl IntoView {
    let (title, rule) = shelf.with_value(|catalog| {
        let card = catalog.invariant(&judgement.invariant);
        card.map_or_else(
            || (judgement.invariant.clone(), String::new()),
            |card| (card.title.clone(), card.rule.clone()),
        )
    });
    let word = ruling(judgement.ruling);
    let icon = match judgement.ruling {
        Ruling::Holds => Icon::Tick,
        Ruling::Broken => Icon::Cross,
        Ruling::Undecided => Icon::Question,
    };
    let times = (judgement.count > 1).then(|| words::times(judgement.count));
    let evidence = (!judgement.evidence.is_empty())
        .then(|| view! { <EvidenceList judgement=judgement.clone() replay /> });
    view! {
        <li class="judgement" data-testid=format!("judgement-{}", judgement.invariant) data-ruling=word>
            <div class="judgement-head">
                <Sign icon=icon />
                <h3>{title.clone()}</h3>
                <span class="ruling">{word}{times}</span>
            </div>
            <p class="rule">{rule}</p>
            <dl class="expected-found">
                <div>
                    <dt>{words::EXPECTED}</dt>
                    <dd>{judgement.expected}</dd>
                </div>
                <div>
                    <dt>{words::FOUND}</dt>
                    <dd>{judgement.found}</dd>
                </div>
            </dl>
            {evidence}
        </li>
    }
}

/// The entries that prove it, each a button that picks it; and one button that lights them in order.
#[component]
fn EvidenceList(judgement: Judgement, replay: Replay) -> impl IntoView {
    let items = judgement.evidence.clone().into_iter();
    let items = items.map(|evidence| view! { <EvidenceItem evidence replay /> }).each();
    let is_broken = judgement.ruling == Ruling::Broken;
    let name = judgement.invariant.clone();
    let show = is_broken.then(|| {
        view! {
            <button
                type="button"
                class="button"
                data-testid=format!("show-me-{name}")
                on:click=press(move || {
                    crate::browser::scroll_to_stage();
                    replay.show_me(&judgement);
                })
            >
                {words::SHOW_ME}
            </button>
        }
    });
    view! {
        {show}
        <ol class="evidence" data-testid=testids::EVIDENCE>
            {items}
        </ol>
    }
}

#[component]
fn EvidenceItem(evidence: Evidence, replay: Replay) -> impl IntoView {
    let Evidence { seq, sentence } = evidence;
    let is_lit =
        flag(move || replay.lit.with(|lit| lit.contains(&seq)) || replay.selected.get() == Some(seq));
    view! {
        <li class:is-lit=is_lit>
            <button
                type="button"
                class="link-button"
                data-testid=format!("evidence-{seq}")
                on:click=press(move || replay.select(seq))
            >
                <span class="seq">{seq}</span>
                {sentence}
            </button>
        </li>
    }
}
