//! A story laid out as HTML, on the server: the page's program need not know what a story is made of.

use lab::story::{Kept, Kind, Pledge, Sentence, Step, Story};
use leptos::prelude::*;

use crate::parts::icon::{Icon, Sign};
use crate::words;

/// The story as the panel shows it.
pub fn html(story: &Story) -> String {
    // Views may ask for the owner of what they make, even where nothing changes.
    Owner::new().with(|| told(story).to_html())
}

fn told(story: &Story) -> AnyView {
    let mut pledges: Vec<(String, &Pledge)> = Vec::new();
    for pledge in &story.promise {
        // What is promised in the same words is said once.
        match pledges.last_mut().filter(|(_, last)| last.text == pledge.text) {
            Some((titles, _)) => *titles += &format!(" \u{b7} {}", pledge.title),
            None => pledges.push((pledge.title.clone(), pledge)),
        }
    }
    let pledges: Vec<AnyView> = pledges.into_iter().map(|(titles, pledge)| pledged(titles, pledge)).collect();
    let why: Vec<AnyView> = story.why.iter().map(happened).collect();
    let next: Vec<AnyView> = story.next.iter().map(next_step).collect();
    view! {
        <div class="story-blocks">
            <div>
                <h3>{words::story::HAPPENED}</h3>
                <ol class="happened">{why}</ol>
            </div>
            <div>
                <h3>{words::PROMISED}</h3>
                <ul class="pledges">{pledges}</ul>
            </div>
        </div>
        <h3>{words::story::TRY_NEXT}</h3>
        <ul class="try-next">{next}</ul>
    }
    .into_any()
}

fn pledged(titles: String, pledge: &Pledge) -> AnyView {
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
                {pledge.text.clone()}
            </p>
        </li>
    }
    .into_any()
}

/// A sentence whose marks are buttons: each picks its entry on the stage.
fn happened(sentence: &Sentence) -> AnyView {
    let parts: Vec<AnyView> = pieces(&sentence.text)
        .map(|part| match part {
            Ok(seq) => cited(seq),
            Err(text) => text.to_owned().into_any(),
        })
        .collect();
    let kind = match sentence.kind {
        Kind::Cause => "cause",
        Kind::Trouble => "trouble",
        Kind::Protection => "protection",
        Kind::Untested => "untested",
        Kind::Undecided => "undecided",
    };
    view! { <li data-kind=kind>{parts}</li> }.into_any()
}

/// The text of a sentence in pieces: an entry, or words.
pub fn pieces(text: &str) -> impl Iterator<Item = Result<u64, &str>> {
    text.split(['[', ']']).enumerate().filter(|(_, part)| !part.is_empty()).map(|(place, part)| {
        let seq = part.parse().ok().filter(|_| place % 2 == 1);
        seq.ok_or(part)
    })
}

fn cited(seq: u64) -> AnyView {
    view! {
        <button
            type="button"
            class="cite"
            aria-label=words::entry(seq)
            data-testid=format!("story-{seq}")
            data-seq=seq.to_string()
        >
            {seq}
        </button>
    }
    .into_any()
}

fn next_step(step: &Step) -> AnyView {
    view! {
        <li>
            <a rel="external" href=step.address.clone()>{step.title.clone()}</a>
            <p>{step.text.clone()}</p>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::SEQ;
    use super::*;

    #[test]
    fn the_marks_of_a_sentence_are_its_entries_and_text_is_text() {
        let text = "<b>buyer-1</b> read 1 [6] before [11].";
        let parts: Vec<_> = pieces(text).collect();
        assert_eq!(parts, [Err("<b>buyer-1</b> read 1 "), Ok(6), Err(" before "), Ok(11), Err(".")]);
        let sentence = Sentence {
            kind: Kind::Cause,
            text: text.to_owned(),
            entries: vec![6, 11],
            about: Vec::new(),
            counts: Vec::new(),
        };
        let html = html(&Story { promise: Vec::new(), why: vec![sentence], next: Vec::new() });
        assert!(html.contains(&format!("{SEQ}=\"11\"")) && html.contains("&lt;b&gt;buyer-1"), "{html}");
    }
}
