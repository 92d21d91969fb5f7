//! The lessons, in teaching order. One file for each.
//!
//! Each part has a run on the engines that everybody has, and answers of which the run shows one to be true. What is said
//! afterwards rests on facts that stand beside it; a test holds that the run shows them.

mod another_service;
mod in_line;
mod leases;
mod lost_update;
mod once_more;
mod out_of_order;
mod relay;
mod two_rows;
mod two_systems;
mod undo;
mod versions;
mod wait_your_turn;
mod whole_way;

use lab::lesson::{Answer, Fact, Lesson, Part};
use lab::spec::{Pace, Spec};

use crate::{catalog, scenarios, strategies};

/// The registry.
const ALL: [&Plan; 13] = [
    &lost_update::LESSON,
    &wait_your_turn::LESSON,
    &versions::LESSON,
    &two_rows::LESSON,
    &leases::LESSON,
    &undo::LESSON,
    &out_of_order::LESSON,
    &in_line::LESSON,
    &once_more::LESSON,
    &another_service::LESSON,
    &two_systems::LESSON,
    &relay::LESSON,
    &whole_way::LESSON,
];

/// A lesson as its file writes it.
struct Plan {
    name: &'static str,
    title: &'static str,
    aim: &'static str,
    parts: &'static [Scene],
    /// The challenge that comes after it.
    challenge: &'static str,
}

/// A part of it.
struct Scene {
    text: &'static [&'static str],
    scenario: &'static str,
    strategy: &'static str,
    /// What makes the smallest run of the scenario into this one, as a promise's witness writes it.
    given: &'static [&'static str],
    question: &'static str,
    answers: &'static [(&'static str, Told)],
    /// The place of the true one: what comes afterwards was written for it.
    right: usize,
    after: &'static [&'static str],
    /// What is said there, as facts.
    shows: &'static [Told],
}

/// A fact.
#[derive(Clone, Copy)]
enum Told {
    AllHold,
    Breaks(&'static str),
    /// Event, actor (anybody when empty), how many.
    Times(&'static str, &'static str, u64),
}

/// What a lesson says of a run, for tests.
pub struct Claims {
    /// The place of the answer that is to be true.
    pub right: usize,
    /// What else the run is to show.
    pub shows: Vec<Fact>,
}

/// The lessons.
pub fn all() -> Vec<Lesson> {
    ALL.iter().map(|plan| plan.lesson()).collect()
}

/// What a lesson claims of the runs of its parts, in their order.
pub fn claims(name: &str) -> Vec<Claims> {
    let plan = ALL.iter().find(|plan| plan.name == name);
    let claims = |scene: &Scene| Claims {
        right: scene.right,
        shows: scene.shows.iter().map(|told| told.fact()).collect(),
    };
    plan.map(|plan| plan.parts.iter().map(claims).collect()).unwrap_or_default()
}

impl Plan {
    fn lesson(&self) -> Lesson {
        let parts: Vec<Part> = self.parts.iter().filter_map(Scene::part).collect();
        Lesson {
            name: self.name.into(),
            title: self.title.into(),
            aim: self.aim.into(),
            lab: parts.first().map(|part| part.spec.lab.clone()).unwrap_or_default(),
            parts,
            challenge: self.challenge.into(),
        }
    }
}

impl Scene {
    fn part(&self) -> Option<Part> {
        let scenario = scenarios::ALL.iter().find(|scenario| scenario.name == self.scenario)?;
        let spec = Spec { strategy: self.strategy.into(), pace: Pace::Brisk, ..catalog::small(scenario) };
        let answer = |&(text, told): &(&str, Told)| Answer { text: text.into(), fact: told.fact() };
        Some(Part {
            text: paragraphs(self.text),
            question: self.question.into(),
            answers: self.answers.iter().map(answer).collect(),
            spec: strategies::with(&spec, self.given),
            after: paragraphs(self.after),
        })
    }
}

impl Told {
    fn fact(self) -> Fact {
        match self {
            Self::AllHold => Fact::AllHold,
            Self::Breaks(invariant) => Fact::Breaks(invariant.into()),
            Self::Times(event, actor, times) => {
                Fact::Times { event: event.into(), actor: actor.into(), times }
            }
        }
    }
}

fn paragraphs(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
