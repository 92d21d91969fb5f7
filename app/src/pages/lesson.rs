//! One lesson: paragraphs, and runs that the reader foretells.

mod prose;
mod scene;

use std::sync::Arc;

use lab::catalog::Catalog;
use lab::lesson::Lesson;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::scene::Scene;
use super::frame::Frame;
use super::lessons::PAGE;
use super::lost::Lost;
use crate::browser::{self, Kept};
use crate::live::{Each, effect};
use crate::page_data::{Course, Loaded, Parcel, Wanted};
use crate::parts::Shelf;
use crate::parts::challenge::address;
use crate::testids;
use crate::words::lesson as words;

/// `/lessons/{name}`.
#[component]
pub fn LessonPage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("lesson").unwrap_or_default());
    let course = Course::Lesson(name.clone());
    let show = move |Parcel { catalog, problem, .. }: Parcel| {
        let place = catalog.lessons.iter().position(|lesson| lesson.name == name);
        match (place, problem) {
            (Some(place), None) => view! { <Body place shelf=StoredValue::new(catalog) /> }.into_any(),
            (None, None) => {
                view! { <Lost title=words::NO_LESSON sentence=words::NO_LESSON_WHY status=404 /> }.into_any()
            }
            (_, Some(sentence)) => {
                view! { <Lost title=crate::words::run::UNREADABLE sentence status=500 /> }.into_any()
            }
        }
    };
    view! {
        <Frame>
            <Loaded wanted=Wanted::Nothing lab=None course waiting=words::READING show=Arc::new(show) />
        </Frame>
    }
}

#[component]
fn Body(place: usize, shelf: Shelf) -> impl IntoView {
    let (lesson, all) = shelf.with_value(|catalog| (catalog.lessons[place].clone(), catalog.lessons.len()));
    let lab = shelf.with_value(|catalog| lab_title(catalog, &lesson.lab));
    let played = RwSignal::new(None);
    let (name, parts) = (lesson.name.clone(), lesson.parts.len());
    // Kept at once, part by part: whoever steps through a run and comes back has not lost what was played before.
    effect(move || {
        let Some(part) = played.get() else { return };
        browser::remember(Kept::Lessons, &part_of(&name, part));
        let kept = browser::kept(Kept::Lessons);
        if (1..=parts).all(|part| kept.contains(&part_of(&name, part))) {
            browser::remember(Kept::Lessons, &name);
        }
    });
    let onward = onward(place, &lesson, shelf);
    let scenes = lesson.parts.into_iter().zip(1_usize..);
    let scenes = scenes.map(|(part, number)| view! { <Scene part number played shelf /> });
    view! {
        <Title text=crate::words::titled(&lesson.title) />
        <article class="lesson">
            <header class="lesson-head">
                <p class="quiet">
                    <a href=PAGE rel="external">{words::ALL}</a>
                    ". "
                    {words::place(place + 1, all, &lab)}
                </p>
                <h1>{lesson.title}</h1>
                <p class="lesson-aim">{lesson.aim}</p>
                <p class="quiet">{words::HOW}</p>
            </header>
            {scenes.each()}
            <nav class="lesson-onward panel" aria-label=words::ONWARD>{onward}</nav>
        </article>
    }
}

/// The name under which it is kept that a part was played.
fn part_of(lesson: &str, part: usize) -> String {
    format!("{lesson}/{part}")
}

/// Links to the next lesson, the challenge, and the workbench.
fn onward(place: usize, lesson: &Lesson, shelf: Shelf) -> Vec<AnyView> {
    let link = |testid: &'static str, href: String, words: String| {
        let is_next = testid == testids::LESSON_NEXT;
        view! { <a class="button" class:primary=is_next rel="external" href=href data-testid=testid>{words}</a> }
            .into_any()
    };
    let next = shelf.with_value(|catalog| catalog.lessons.get(place + 1).cloned());
    let next = next
        .map(|next| link(testids::LESSON_NEXT, format!("{PAGE}/{}", next.name), words::next(&next.title)));
    let challenge = shelf.with_value(|catalog| catalog.challenge(&lesson.challenge).cloned());
    let challenge = challenge.map(|challenge| {
        link(testids::LESSON_CHALLENGE, address(&challenge, shelf), words::challenge(&challenge.title))
    });
    let lab = shelf.with_value(|catalog| lab_title(catalog, &lesson.lab));
    let lab = link(testids::LESSON_LAB, format!("/labs/{}", lesson.lab), words::lab(&lab));
    next.into_iter().chain(challenge).chain([lab]).collect()
}

fn lab_title(catalog: &Catalog, name: &str) -> String {
    let card = catalog.labs.iter().find(|card| card.name == name);
    card.map_or_else(|| name.to_owned(), |card| card.title.clone())
}
