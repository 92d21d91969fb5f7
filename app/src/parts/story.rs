//! The story of a run: what was promised, what happened and why, what to try next. The server tells it; here it is laid out.

use lab::story::{Kept, Pledge, Sentence, Step, Story};
use lab::wire::State;
use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::live::{flag, piece, press};
use crate::replay::Replay;
use crate::testids;
use crate::words;

/// The story's panel. It is in the page from the start, so that its coming is announced.
#[component]
pub fn StoryPanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let body = piece(move || match (replay.story.get(), replay.state.get()) {
        (Some(story), _) => told(story, replay),
        (None, Some(State::Finished | State::Interrupted)) => quiet(words::STORY_COMES),
        _ => quiet(words::STORY_EMPTY),
    });
    view! {
        <section class="story panel" aria-labelledby="story-title">
            <h2 id="story-title">"Story"</h2>
            <div aria-live="polite" data-testid=testids::STORY>
                {body}
            </div>
        </section>
    }
}

fn quiet(words: &'static str) -> AnyView {
    view! { <p class="quiet">{words}</p> }.into_any()
}

fn told(story: Story, replay: Replay) -> AnyView {
    let mut pledges: Vec<(String, Pledge)> = Vec::new();
    for pledge in story.promise {
        // What is promised in the same words is said once.
        match pledges.last_mut().filter(|(_, last)| last.text == pledge.text) {
            Some((titles, _)) => *titles += &format!(" \u{b7} {}", pledge.title),
            None => pledges.push((pledge.title.clone(), pledge)),
        }
    }
    let pledges: Vec<AnyView> = pledges.into_iter().map(|(titles, pledge)| pledged(titles, pledge)).collect();
    let why: Vec<AnyView> = story.why.into_iter().map(|sentence| happened(&sentence, replay)).collect();
    let next: Vec<AnyView> = story.next.into_iter().map(next_step).collect();
    view! {
        <h3>"What happened here"</h3>
        <ol class="happened">{why}</ol>
        <h3>"What it promised"</h3>
        <ul class="pledges">{pledges}</ul>
        <h3>"Try next"</h3>
        <ul class="try-next">{next}</ul>
    }
    .into_any()
}

fn pledged(titles: String, pledge: Pledge) -> AnyView {
    let (icon, class) = match pledge.outcome {
        Kept::Held => (Icon::Tick, "is-good"),
        Kept::HeldThisTime => (Icon::Tick, ""),
        Kept::Broke => (Icon::Cross, ""),
        Kept::OutsideItsPremises | Kept::Contradicted => (Icon::Cross, "is-bad"),
        Kept::Undecided => (Icon::Question, ""),
        Kept::NothingPromised => (Icon::Dash, ""),
    };
    view! {
        <li class=class>
            <Sign icon=icon />
            <p>
                <b>{titles}</b>
                " "
                {pledge.text}
            </p>
        </li>
    }
    .into_any()
}

/// A sentence whose marks are buttons: each picks its entry on the stage.
fn happened(sentence: &Sentence, replay: Replay) -> AnyView {
    let parts: Vec<AnyView> = pieces(&sentence.text)
        .map(|part| match part {
            Ok(seq) => cited(seq, replay),
            Err(text) => text.to_owned().into_any(),
        })
        .collect();
    view! { <li data-kind=words::story(sentence.kind)>{parts}</li> }.into_any()
}

/// The text of a sentence in pieces: an entry, or words.
pub fn pieces(text: &str) -> impl Iterator<Item = Result<u64, &str>> {
    text.split(['[', ']']).enumerate().filter(|(_, part)| !part.is_empty()).map(|(place, part)| {
        let seq = part.parse().ok().filter(|_| place % 2 == 1);
        seq.ok_or(part)
    })
}

fn cited(seq: u64, replay: Replay) -> AnyView {
    let is_lit = flag(move || replay.selected.get() == Some(seq));
    view! {
        <button
            type="button"
            class="cite"
            class:is-lit=is_lit
            aria-label=format!("Entry {seq}")
            data-testid=format!("story-{seq}")
            on:click=press(move || replay.select(seq))
        >
            {seq}
        </button>
    }
    .into_any()
}

fn next_step(step: Step) -> AnyView {
    view! {
        <li>
            <a rel="external" href=step.address>{step.title}</a>
            <p>{step.text}</p>
        </li>
    }
    .into_any()
}
