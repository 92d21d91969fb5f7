//! A run that the reader foretells: the answer starts it, and its record says which answer is true.

use lab::event::Entry;
use lab::lesson::Part;
use lab::spec::{Pace, Spec};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::prose::{line, paragraphs};
use crate::browser;
use crate::client;
use crate::live::{Each, attribute, effect, piece, piece_when, press, text};
use crate::pages::play::{Starting, workbench_of};
use crate::parts::Shelf;
use crate::parts::icon::{Icon, Sign};
use crate::parts::stage_view::StageLanes;
use crate::parts::verdict::VerdictLine;
use crate::replay::Replay;
use crate::stage::axis::Zoom;
use crate::testids;
use crate::words::{lesson as words, sentence};

/// What the reader said, and the run that came of it. Copies are the same.
#[derive(Clone, Copy)]
struct Asked {
    replay: Replay,
    /// The place of the answer; behind the last one for none.
    said: RwSignal<Option<usize>>,
    /// The place of the true answer, once all of a judged run is shown; nothing in it where no answer is true.
    settled: Memo<Option<Option<usize>>>,
    starting: Starting,
}

impl Asked {
    fn new(part: &Part) -> Self {
        let (replay, part) = (Replay::default(), StoredValue::new(part.clone()));
        let settled = Memo::new(move |_| {
            let is_shown = replay.position.get().is_none();
            let verdict = replay.verdict.get().filter(|_| is_shown)?;
            let place = |entries: &[Entry]| part.with_value(|part| part.settled(entries, &verdict));
            Some(replay.with_entries(place))
        });
        // The run is over in an instant, and is then shown slowly enough to be followed; in the end all of it is in view.
        effect(move || {
            if replay.verdict.with(Option::is_some) && replay.position.get_untracked() == Some(0) {
                replay.toggle();
            }
            if settled.get().is_some() {
                replay.zoom.set(Zoom::Whole);
            }
        });
        Self { replay, said: RwSignal::new(None), settled, starting: Starting::default() }
    }

    /// Whether an answer was given.
    fn is_said(self) -> bool {
        self.said.get().is_some()
    }

    /// Takes an answer, and starts the run.
    fn say(self, answer: usize, spec: Spec) {
        if self.said.get_untracked().is_some() {
            return;
        }
        self.said.set(Some(answer));
        self.starting.problem.set(None);
        self.starting.is_on.set(true);
        spawn_local(async move {
            match client::start(&Spec { pace: Pace::Instant, ..spec }).await {
                Ok(run) => {
                    let id = run.id.clone();
                    self.replay.open(run);
                    if !browser::prefers_less_motion() {
                        self.replay.position.set(Some(0));
                    }
                    client::follow(self.replay, id);
                }
                Err(refused) => {
                    self.starting.problem.set(Some(refused.detail));
                    self.said.set(None);
                }
            }
            self.starting.is_on.set(false);
        });
    }
}

/// The paragraphs, the question, the run, and what to read afterwards.
#[component]
pub(super) fn Scene(
    /// The part.
    part: Part,
    /// Its number in the lesson, from 1.
    number: usize,
    /// The part that was played last.
    played: RwSignal<Option<usize>>,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let asked = Asked::new(&part);
    let replay = asked.replay;
    effect(move || {
        if asked.settled.get().is_some() {
            played.set(Some(number));
        }
    });
    let strategy = shelf.with_value(|catalog| {
        catalog.strategy(&part.spec.scenario, &part.spec.strategy).map(|card| card.title.clone())
    });
    let (title, href) = (format!("question-{number}"), workbench_of(&part.spec, shelf));
    let answers: Vec<String> = part.answers.iter().map(|answer| answer.text.clone()).collect();
    let told_id = format!("told-{number}");
    let run = {
        let told_id = told_id.clone();
        piece_when(
            move || replay.count.get() > 0,
            move || view! { <Run replay told_id=told_id.clone() shelf /> },
        )
    };
    let is_over = move || asked.settled.get().is_some();
    let links = piece(move || {
        let run = replay.run.get().filter(|_| is_over())?;
        Some(view! { <a rel="external" href=format!("/runs/{}", run.id)>{words::STEP_THROUGH}</a> })
    });
    view! {
        <div class="lesson-text">{paragraphs(&part.text)}</div>
        <section class="scene panel" aria-labelledby=title.clone() data-testid=format!("scene-{number}")>
            <p class="quiet">{strategy}</p>
            <h2 id=title.clone()>{line(&part.question)}</h2>
            <Answers asked answers=answers.clone() spec=part.spec.clone() />
            <p class="fault" role="alert">{piece(move || asked.starting.problem.get())}</p>
            {run}
            <Told asked answers id=told_id />
            <p class="scene-links">
                {links}
                <a rel="external" href=href>{words::WORKBENCH}</a>
            </p>
            <details class="scene-after" open=attribute(move || is_over().then_some("open"))>
                <summary>{words::AFTER}</summary>
                <div class="lesson-text">{paragraphs(&part.after)}</div>
            </details>
        </section>
    }
}

#[component]
fn Answers(asked: Asked, answers: Vec<String>, spec: Spec) -> impl IntoView {
    let last = answers.len();
    let words = answers.into_iter().chain([words::UNKNOWN.to_owned()]).enumerate();
    let buttons = words.map(|(place, words)| {
        let spec = spec.clone();
        let mark = move || {
            let settled = asked.settled.get().flatten();
            let is_said = asked.said.get() == Some(place);
            match (settled, is_said) {
                (Some(right), _) if right == place => "right",
                (Some(_), true) if place < last => "wrong",
                (_, true) => "said",
                _ => "",
            }
        };
        let sign = piece(move || match mark() {
            "right" => Some(view! { <Sign icon=Icon::Tick /> }),
            "wrong" => Some(view! { <Sign icon=Icon::Cross /> }),
            _ => None,
        });
        view! {
            <button
                type="button"
                class="button"
                data-testid=format!("{}-{}", testids::ANSWER_OF_LESSON, place + 1)
                data-mark=text(mark)
                aria-pressed=text(move || if asked.said.get() == Some(place) { "true" } else { "false" })
                aria-disabled=text(move || if asked.is_said() { "true" } else { "false" })
                on:click=press(move || asked.say(place, spec.clone()))
            >
                <span>{line(&words)}</span>
                {sign}
            </button>
        }
    });
    view! { <div class="answers" role="group" aria-label=words::ANSWERS>{buttons.each()}</div> }
}

/// The picture, and the latest entry in words.
#[component]
fn Run(replay: Replay, told_id: String, shelf: Shelf) -> impl IntoView {
    let latest = move || {
        let entry = replay.entry(replay.shown() as u64);
        entry.map(|entry| sentence::of(&entry)).unwrap_or_default()
    };
    let goes_on = Memo::new(move |_| replay.position.get().is_some());
    let beneath = piece(move || {
        if !goes_on.get() {
            return view! { <VerdictLine replay shelf /> }.into_any();
        }
        let told_id = told_id.clone();
        // The button goes with what it ends, and whoever pressed it by a key must not lose the place.
        let to_the_end = move || {
            browser::focus(&told_id);
            replay.seek(usize::MAX);
        };
        view! {
            <div class="scene-caption">
                <p class="stage-caption">{text(latest)}</p>
                <button type="button" class="link-button" on:click=press(to_the_end)>
                    {words::SKIP}
                </button>
            </div>
        }
        .into_any()
    });
    view! {
        <div class="stage"><StageLanes replay /></div>
        {beneath}
    }
}

/// What is said to the reader: what to do, what goes on, and who was right.
#[component]
fn Told(asked: Asked, answers: Vec<String>, id: String) -> impl IntoView {
    let answered = move || match (asked.said.get(), asked.settled.get()) {
        (None, _) => words::ANSWER_TO_RUN.to_owned(),
        (Some(_), None) if asked.starting.is_on.get() => words::STARTING.to_owned(),
        (Some(_), None) => words::WATCH.to_owned(),
        (Some(_), Some(None)) => words::UNDECIDED.to_owned(),
        (Some(said), Some(Some(right))) => words::answered(
            answers.get(said).map(String::as_str),
            answers.get(right).map_or("", String::as_str),
        ),
    };
    view! {
        <div class="scene-told" id=id tabindex="-1" aria-live="polite" data-testid=testids::TOLD_OF_LESSON>
            <p>{piece(move || line(&answered()))}</p>
        </div>
    }
}
