//! The keyboard: keys for everything, and a dialog that lists them.

use crate::live::{Each, effect};
use leptos::ev::keydown;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::browser;
use crate::hand::Hand;
use crate::testids;
use crate::words::keys as words;

/// The dialog's id in the page.
pub const DIALOG: &str = "keys";

/// Listens to the keys of a page that shows a run. Renders nothing.
#[component]
pub fn RunKeys(
    /// What Enter and `r` do, where they do something.
    #[prop(optional_no_strip)]
    on_run: Option<Callback<()>>,
    /// The user's hand.
    hand: Hand,
    /// Whether only stage and verdict are shown.
    presenting: RwSignal<bool>,
) -> impl IntoView {
    effect(move || {
        let handle = window_event_listener(keydown, move |event| {
            let is_ours =
                !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !browser::is_typing(&event);
            if is_ours && press(&event, hand, on_run, presenting) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Does what a key stands for; `false` if it stands for nothing.
fn press(
    event: &KeyboardEvent,
    hand: Hand,
    on_run: Option<Callback<()>>,
    presenting: RwSignal<bool>,
) -> bool {
    let replay = hand.replay;
    match event.key().as_str() {
        "Enter" | "r" => match on_run {
            Some(run) => run.run(()),
            None => return false,
        },
        digit @ ("1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9") => {
            return hand.choose_nth(usize::from(digit.as_bytes()[0] - b'0'));
        }
        " " => replay.toggle(),
        "ArrowLeft" if event.shift_key() => replay.step_along(false),
        "ArrowRight" if event.shift_key() => replay.step_along(true),
        "ArrowLeft" => replay.step(-1),
        "ArrowRight" => replay.step(1),
        "Home" => replay.step(isize::MIN),
        "End" => replay.step(isize::MAX),
        "v" => replay.next_trouble(),
        "p" => presenting.update(|presenting| *presenting = !*presenting),
        "Escape" => {
            presenting.set(false);
            replay.selected.set(None);
            replay.lit.set(Vec::new());
        }
        _ => return false,
    }
    true
}

/// The list of keys, the `?` that opens it on every page, and the way through a talk.
#[component]
pub fn KeysDialog() -> impl IntoView {
    effect(move || {
        let handle = window_event_listener(keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || browser::is_typing(&event) {
                return;
            }
            match event.key().as_str() {
                "?" => browser::toggle_dialog(DIALOG),
                // Where no talk is given, the server has nothing to go to, and the page stays.
                "n" => browser::go("/talk/next"),
                "b" => browser::go("/talk/back"),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || handle.remove());
    });
    let rows = words::KEYS.map(|(key, does)| {
        view! {
            <div>
                <dt><kbd>{key}</kbd></dt>
                <dd>{does}</dd>
            </div>
        }
    });
    view! {
        <dialog id=DIALOG class="keys-dialog" aria-labelledby="keys-title" data-testid=testids::KEYS_DIALOG>
            <h2 id="keys-title">{words::TITLE}</h2>
            <dl>{rows.each()}</dl>
            <form method="dialog">
                <button class="button">{words::CLOSE}</button>
            </form>
        </dialog>
    }
}
