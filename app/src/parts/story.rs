//! The story of a run: what was promised, what happened and why, what to try next. The server tells it and lays it out; the
//! page shows it and knows which of its numbers is an entry.

#[cfg(feature = "ssr")]
pub mod told;

use lab::wire::State;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::live::{Press, text};
use crate::replay::Replay;
use crate::testids;
use crate::words;

/// A number in the story that stands for an entry carries it in this attribute.
const SEQ: &str = "data-seq";

/// The story's panel. It is in the page from the start, so that its coming is announced.
#[component]
pub fn StoryPanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let waiting = move || match replay.state.get() {
        Some(State::Finished | State::Interrupted) => words::story::COMES,
        _ => words::story::EMPTY,
    };
    // The text in it was escaped where it was laid out.
    let body =
        text(move || replay.story.get().unwrap_or_else(|| format!("<p class=\"quiet\">{}</p>", waiting())));
    let pick: Press = Box::new(move |event: MouseEvent| {
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let seq = pressed.and_then(|element| element.get_attribute(SEQ)?.parse().ok());
        if let Some(seq) = seq {
            replay.select(seq);
        }
    });
    view! {
        <section class="story panel" aria-labelledby="story-title">
            <h2 id="story-title">{words::STORY}</h2>
            <div aria-live="polite" data-testid=testids::STORY on:click=pick inner_html=body></div>
        </section>
    }
}
