//! All challenges, lab by lab, with a tick at those that were solved in this browser.

use std::sync::Arc;

use lab::catalog::LabCard;
use lab::challenge::Challenge;
use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::Frame;
use super::lost::Lost;
use crate::browser::{self, Kept};
use crate::live::{Each, effect, flag, piece_when, press, text};
use crate::page_data::{Course, Loaded, Parcel, Wanted};
use crate::parts::Shelf;
use crate::parts::challenge::{address, titled};
use crate::parts::icon::{Icon, Sign};
use crate::testids;
use crate::words::challenge as words;

/// The names of those that are solved.
type Solved = RwSignal<Vec<String>>;

/// `/challenges`.
#[component]
pub fn ChallengesPage() -> impl IntoView {
    let show = |Parcel { catalog, problem, .. }: Parcel| match problem {
        Some(sentence) => {
            view! { <Lost title=crate::words::run::UNREADABLE sentence status=500 /> }.into_any()
        }
        None => view! { <Challenges shelf=StoredValue::new(catalog) /> }.into_any(),
    };
    view! {
        <Title text=crate::words::titled(words::TITLE) />
        <Frame>
            <Loaded wanted=Wanted::Nothing lab=None course=Course::Challenges waiting=words::READING show=Arc::new(show) />
        </Frame>
    }
}

#[component]
fn Challenges(shelf: Shelf) -> impl IntoView {
    let solved = Solved::default();
    // What the browser keeps is known in the browser alone: until then nothing is ticked.
    effect(move || solved.set(browser::kept(Kept::Solved)));
    let all = shelf.with_value(|catalog| catalog.challenges.len());
    let done = move || {
        let is_done = |challenge: &&Challenge| solved.with(|solved| solved.contains(&challenge.name));
        shelf.with_value(|catalog| catalog.challenges.iter().filter(is_done).count())
    };
    let forget = move || {
        browser::keep(Kept::Solved, &[]);
        solved.set(Vec::new());
    };
    let labs = shelf.with_value(|catalog| catalog.labs.clone());
    let labs = labs.into_iter().map(|lab| view! { <LabChallenges lab solved shelf /> });
    view! {
        <div class="challenges">
            <div class="home-head">
                <h1>{words::TITLE}</h1>
                <p>{words::ABOUT}</p>
                <p class="challenges-done">
                    <strong data-testid=testids::CHALLENGES_SOLVED>{text(move || words::solved_of(done(), all))}</strong>
                    {piece_when(
                        move || !solved.with(Vec::is_empty),
                        move || view! {
                            <button type="button" class="link-button" on:click=press(forget)>{words::FORGET}</button>
                        },
                    )}
                </p>
            </div>
            {labs.each()}
        </div>
    }
}

#[component]
fn LabChallenges(lab: LabCard, solved: Solved, shelf: Shelf) -> impl IntoView {
    let cards = shelf.with_value(|catalog| {
        let numbered = catalog.challenges.iter().zip(1_usize..);
        let here = numbered.filter(|(challenge, _)| challenge.spec.lab == lab.name);
        here.map(|(challenge, number)| (challenge.clone(), number)).collect::<Vec<_>>()
    });
    let cards = cards.into_iter().map(|(challenge, number)| {
        view! { <li><Card challenge number solved shelf /></li> }
    });
    view! {
        <section aria-labelledby=format!("lab-{}", lab.name)>
            <h2 id=format!("lab-{}", lab.name)>{lab.title.clone()}</h2>
            <p class="quiet">{lab.idea.clone()}</p>
            <ol class="challenge-cards">{cards.each()}</ol>
        </section>
    }
}

#[component]
fn Card(challenge: Challenge, number: usize, solved: Solved, shelf: Shelf) -> impl IntoView {
    let name = challenge.name.clone();
    let is_solved = Memo::new(move |_| solved.with(|solved| solved.contains(&name)));
    let aim = words::aim(&challenge, &titled(&challenge.invariant, shelf));
    let mark = piece_when(
        move || is_solved.get(),
        move || {
            view! {
                <span class="challenge-mark">
                    <Sign icon=Icon::Tick />
                    {words::IS_SOLVED}
                </span>
            }
        },
    );
    view! {
        <article class="challenge-card panel" class:is-solved=flag(move || is_solved.get())>
            <h3>
                <span class="challenge-number">{number}</span>
                {challenge.title.clone()}
                {mark}
            </h3>
            <p>{challenge.setting.clone()}</p>
            <p class="challenge-aim"><strong>{aim}</strong></p>
            <a
                class="button"
                rel="external"
                href=address(&challenge, shelf)
                data-testid=format!("challenge-{}", challenge.name)
            >
                {text(move || if is_solved.get() { words::TAKE_AGAIN } else { words::TAKE })}
                <span class="visually-hidden">": " {challenge.title.clone()}</span>
            </a>
        </article>
    }
}
