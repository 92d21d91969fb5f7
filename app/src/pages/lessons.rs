//! All lessons, lab by lab, with a tick at those whose runs were all played in this browser.

use std::sync::Arc;

use lab::catalog::LabCard;
use lab::lesson::Lesson;
use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::Frame;
use super::lost::Lost;
use crate::browser::{self, Kept};
use crate::live::{Each, effect, piece_when, press, text};
use crate::page_data::{Course, Loaded, Parcel, Wanted};
use crate::parts::Shelf;
use crate::parts::icon::{Icon, Sign};
use crate::testids;
use crate::words::lesson as words;

/// The address of this page; a lesson's name comes after it.
pub const PAGE: &str = "/lessons";

/// `/lessons`.
#[component]
pub fn LessonsPage() -> impl IntoView {
    let show = |Parcel { catalog, problem, .. }: Parcel| match problem {
        Some(sentence) => {
            view! { <Lost title=crate::words::run::UNREADABLE sentence status=500 /> }.into_any()
        }
        None => view! { <Lessons shelf=StoredValue::new(catalog) /> }.into_any(),
    };
    view! {
        <Title text=crate::words::titled(words::TITLE) />
        <Frame>
            <Loaded wanted=Wanted::Nothing lab=None course=Course::Lesson(String::new()) waiting=words::READING show=Arc::new(show) />
        </Frame>
    }
}

#[component]
fn Lessons(shelf: Shelf) -> impl IntoView {
    let done = RwSignal::new(Vec::new());
    // What the browser keeps is known in the browser alone: until then nothing is ticked.
    effect(move || done.set(browser::kept(Kept::Lessons)));
    let (labs, lessons) = shelf.with_value(|catalog| (catalog.labs.clone(), catalog.lessons.clone()));
    let all = lessons.len();
    let is_done = move |lesson: &&Lesson| done.with(|done| done.contains(&lesson.name));
    let forget = move || {
        browser::keep(Kept::Lessons, &[]);
        done.set(Vec::new());
    };
    let count = text(move || {
        words::done_of(shelf.with_value(|catalog| catalog.lessons.iter().filter(is_done).count()), all)
    });
    let labs = labs.into_iter().map(|lab| view! { <LabLessons lab done lessons=lessons.clone() /> }).each();
    view! {
        <div class="challenges">
            <div class="home-head">
                <h1>{words::TITLE}</h1>
                <p>{words::ABOUT}</p>
                <p class="challenges-done">
                    <strong data-testid=testids::LESSONS_DONE>{count}</strong>
                    {piece_when(
                        move || !done.with(Vec::is_empty),
                        move || view! {
                            <button type="button" class="link-button" on:click=press(forget)>{words::FORGET}</button>
                        },
                    )}
                </p>
            </div>
            {labs}
        </div>
    }
}

#[component]
fn LabLessons(lab: LabCard, done: RwSignal<Vec<String>>, lessons: Vec<Lesson>) -> impl IntoView {
    let here = lessons.into_iter().zip(1_usize..).filter(|(lesson, _)| lesson.lab == lab.name);
    let cards = here.map(|(lesson, number)| view! { <li><Card lesson number done /></li> }).each();
    view! {
        <section aria-labelledby=format!("lab-{}", lab.name)>
            <h2 id=format!("lab-{}", lab.name)>{lab.title.clone()}</h2>
            <ol class="challenge-cards">{cards}</ol>
        </section>
    }
}

#[component]
fn Card(lesson: Lesson, number: usize, done: RwSignal<Vec<String>>) -> impl IntoView {
    let Lesson { name, title, aim, .. } = lesson;
    let (href, testid) = (format!("{PAGE}/{name}"), format!("lesson-{name}"));
    let is_done = Memo::new(move |_| done.with(|done| done.contains(&name)));
    let mark = piece_when(
        move || is_done.get(),
        move || {
            view! {
                <span class="challenge-mark">
                    <Sign icon=Icon::Tick />
                    {words::IS_DONE}
                </span>
            }
        },
    );
    view! {
        <article class="challenge-card panel">
            <h3>
                <span class="challenge-number">{number}</span>
                {title.clone()}
                {mark}
            </h3>
            <p>{aim}</p>
            <a class="button" rel="external" href=href data-testid=testid>
                {text(move || if is_done.get() { words::AGAIN } else { words::BEGIN })}
                <span class="visually-hidden">": " {title.clone()}</span>
            </a>
        </article>
    }
}
