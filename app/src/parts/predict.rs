//! Predict, then run: the reader says what will happen, and is answered by the entry that settles it.

use lab::verdict::{Evidence, Ruling, Verdict};
use leptos::prelude::*;

use crate::live::{piece, press, text};
use crate::replay::Replay;
use crate::testids;
use crate::words::predict as words;

/// What the reader says will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// Every invariant holds.
    Holds,
    /// Something breaks.
    Breaks,
    /// The reader does not know.
    Unknown,
}

impl Guess {
    /// All of them, with their names for tests and the words on their buttons.
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Holds, "it-holds", words::HOLDS),
        (Self::Breaks, "it-breaks", words::BREAKS),
        (Self::Unknown, "don-t-know", words::UNKNOWN),
    ];
}

/// Asks before the run. A second press takes the guess back.
#[component]
pub fn Predict(
    /// What was said.
    guess: RwSignal<Option<Guess>>,
    /// The run on the screen, to which it does not apply.
    replay: Replay,
) -> impl IntoView {
    let buttons = Guess::ALL.map(|(kind, name, words)| {
        let is_it = move || guess.get() == Some(kind);
        let say = move || guess.update(|guess| *guess = (*guess != Some(kind)).then_some(kind));
        view! {
            <button
                type="button"
                class="button"
                data-testid=format!("{}-{name}", testids::PREDICT)
                aria-pressed=text(move || if is_it() { "true" } else { "false" })
                on:click=press(say)
            >
                {words}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="predict" role="group" aria-label=words::BUTTONS>
            <span>{text(move || if replay.is_over() { words::NEXT_QUESTION } else { words::QUESTION })}</span>
            {Vec::from(buttons)}
        </div>
    }
}

/// The answer after the run; nothing where nothing was said.
#[component]
pub fn Answer(
    /// What was said before this run.
    said: RwSignal<Option<Guess>>,
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let answer = piece(move || {
        let (words, settles) = replay.verdict.with(|verdict| Some(answer(said.get()?, verdict.as_ref()?)))?;
        let link = settles.map(|Evidence { seq, sentence }| {
            view! {
                <button type="button" class="link-button" on:click=press(move || replay.select(seq))>
                    {words::settles(seq, &sentence)}
                </button>
            }
        });
        Some(view! { <p class="predict-answer panel" data-testid=testids::ANSWER>{words} " " {link}</p> })
    });
    view! { <div aria-live="polite">{answer}</div> }
}

/// What to say to a guess, and the entry that settles the matter, if one does.
fn answer(guess: Guess, verdict: &Verdict) -> (String, Option<Evidence>) {
    let broken = verdict.judgements.iter().find(|judgement| judgement.ruling == Ruling::Broken);
    let settles = broken.and_then(|judgement| judgement.evidence.last().cloned());
    let happened = match (broken, verdict.holds()) {
        (Some(judgement), _) => words::it_broke(&judgement.found),
        (None, true) => words::IT_HELD.to_owned(),
        (None, false) => words::NOBODY_CAN_TELL.to_owned(),
    };
    let words = match (guess, broken.is_some(), verdict.holds()) {
        (Guess::Unknown, ..) => words::did_not_know(&happened),
        (Guess::Holds, false, true) | (Guess::Breaks, true, _) => words::was_right(&happened),
        (_, false, false) => words::undecided(&happened),
        (Guess::Holds, ..) => words::said_holds(&happened),
        (Guess::Breaks, ..) => words::said_breaks(&happened),
    };
    (words, settles)
}

#[cfg(test)]
mod tests {
    use lab::verdict::Judgement;

    use super::*;

    fn verdict(ruling: Ruling) -> Verdict {
        let evidence =
            vec![Evidence { seq: 9, sentence: "one".into() }, Evidence { seq: 11, sentence: "two".into() }];
        let judgement = Judgement {
            invariant: "no-oversell".into(),
            ruling,
            expected: "at most 1 sold".into(),
            found: "2 sold".into(),
            count: 1,
            evidence,
        };
        Verdict { judgements: vec![judgement], price: lab::price::Price::default() }
    }

    #[test]
    fn a_guess_is_answered_by_what_happened_and_by_the_last_piece_of_the_proof() {
        let (words, settles) = answer(Guess::Holds, &verdict(Ruling::Broken));
        assert_eq!(words, "You said that it holds, but it broke: 2 sold.");
        assert_eq!(settles.map(|evidence| evidence.seq), Some(11));
        assert!(answer(Guess::Breaks, &verdict(Ruling::Broken)).0.starts_with("You were right"));
        assert_eq!(answer(Guess::Breaks, &verdict(Ruling::Holds)).1, None);
        assert!(answer(Guess::Holds, &verdict(Ruling::Undecided)).0.starts_with("Undecided"));
        assert!(answer(Guess::Unknown, &verdict(Ruling::Holds)).0.starts_with("You did not know"));
    }
}
