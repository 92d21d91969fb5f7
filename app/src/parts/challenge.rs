//! A challenge on the workbench: what is given and what to reach, and what each run says about it.

use lab::challenge::{self, Challenge, Means, Outcome};
use leptos::prelude::*;

use super::Shelf;
use super::icon::{Icon, Sign};
use crate::browser::{self, Kept};
use crate::draft::{CHALLENGE_KEY, encode};
use crate::live::{effect, piece};
use crate::replay::Replay;
use crate::testids;
use crate::words::challenge as words;

/// The address of the page of all challenges.
pub const PAGE: &str = "/challenges";

/// The element that says what the run came to.
const OUTCOME: &str = "challenge-outcome";

/// The address of the workbench on which a challenge begins.
pub fn address(challenge: &Challenge, shelf: Shelf) -> String {
    let mut pairs = shelf.with_value(|catalog| lab::query::pairs(&challenge.spec, catalog));
    pairs.push((CHALLENGE_KEY.to_owned(), challenge.name.clone()));
    format!("/labs/{}{}", challenge.spec.lab, encode(&pairs))
}

/// An invariant's title.
pub fn titled(invariant: &str, shelf: Shelf) -> String {
    let title = |card: &lab::catalog::InvariantCard| card.title.clone();
    shelf.with_value(|catalog| catalog.invariant(invariant).map_or_else(|| invariant.to_owned(), title))
}

/// The challenge that an address names, or that there is none of this name.
#[component]
pub fn Given(
    /// The name in the address.
    name: String,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let all = shelf.with_value(|catalog| catalog.challenges.len());
    let place = shelf.with_value(|catalog| catalog.challenges.iter().position(|each| each.name == name));
    let challenge = shelf.with_value(|catalog| catalog.challenge(&name).cloned());
    let Some((place, challenge)) = place.zip(challenge) else {
        let link = view! { <a href=PAGE rel="external">{words::ALL}</a> };
        return view! { <p class="fault panel" data-testid=testids::CHALLENGE>{words::unknown(&name)} " " {link}</p> }
            .into_any();
    };
    let aim = words::aim(&challenge, &titled(&challenge.invariant, shelf));
    // The form is not what one needs first.
    let needs_no_form = matches!(challenge.means, Means::Order | Means::Crash);
    view! {
        <section
            class="challenge panel"
            class:needs-no-form=needs_no_form
            data-means=challenge.means.name()
            aria-labelledby="challenge-title"
            data-testid=testids::CHALLENGE
        >
            <h2 id="challenge-title">{words::heading(place + 1, all, &challenge.title)}</h2>
            <p>{challenge.setting.clone()}</p>
            <p class="challenge-aim"><strong>{aim}</strong> " " {words::means(&challenge)}</p>
            <div class="challenge-help">
                <details>
                    <summary>{words::HINT}</summary>
                    <p>{challenge.hint.clone()}</p>
                </details>
                // The form follows: style/parts/challenge.css hides what is given as long as this is closed.
                <details class="all-settings">
                    <summary>{words::SETTINGS}</summary>
                </details>
                <a href=PAGE rel="external">{words::ALL}</a>
            </div>
        </section>
    }
    .into_any()
}

/// What the run says about the challenge, once it is judged.
#[component]
pub fn ChallengeOutcome(
    /// The name in the address.
    name: String,
    /// The run.
    replay: Replay,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let challenge = shelf.with_value(|catalog| catalog.challenge(&name).cloned())?;
    let next = shelf.with_value(|catalog| {
        let mut later = catalog.challenges.iter().skip_while(|each| each.name != name).skip(1);
        later.next().map(|next| (words::next(&next.title), address(next, shelf)))
    });
    let anew = address(&challenge, shelf);
    let judged = {
        let challenge = challenge.clone();
        Memo::new(move |_| {
            let spec = replay.run.with(|run| run.as_ref().map(|run| run.spec.clone()))?;
            replay.verdict.with(|verdict| {
                let verdict = verdict.as_ref()?;
                let struck = replay.with_entries(challenge::struck);
                let outcome = shelf.with_value(|catalog| challenge.outcome(&spec, verdict, struck, catalog));
                let found = verdict.on(&challenge.invariant).map(|judgement| judgement.found.clone());
                Some((outcome, found.unwrap_or_default()))
            })
        })
    };
    effect(move || {
        if judged.with(|judged| matches!(judged, Some((Outcome::Solved, _)))) {
            browser::remember(Kept::Solved, &name);
        }
        // The answer is not there before the next frame.
        if judged.with(Option::is_some) {
            request_animation_frame(|| browser::scroll_to(OUTCOME));
        }
    });
    let told = piece(move || {
        let (outcome, found) = judged.get()?;
        let is_solved = outcome == Outcome::Solved;
        let words = words::outcome(&challenge, &outcome, &found, |invariant| titled(invariant, shelf));
        let onward = match next.clone().filter(|_| is_solved) {
            Some((words, href)) => view! {
                <a class="button primary" href=href rel="external" data-testid=testids::CHALLENGE_NEXT>{words}</a>
            }
            .into_any(),
            None if is_solved => {
                view! { {words::LAST} " " <a href=PAGE rel="external">{words::ALL}</a> }.into_any()
            }
            None => view! { <a class="button" href=anew.clone() rel="external">{words::ANEW}</a> }.into_any(),
        };
        let (class, name, icon) = if is_solved {
            ("challenge-outcome panel is-solved", "solved", Icon::Tick)
        } else {
            ("challenge-outcome panel", "not-yet", Icon::Dash)
        };
        Some(view! {
            <div class=class id=OUTCOME data-testid=testids::CHALLENGE_OUTCOME data-outcome=name>
                <p><Sign icon /> {words}</p>
                {onward}
            </div>
        })
    });
    Some(view! { <div aria-live="polite">{told}</div> })
}
