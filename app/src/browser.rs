//! The few things that the page asks of the browser. Nothing here is called while rendering on the server.

use lab::dice::SEED_MAX;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

/// Told to the window when the theme changes.
pub const THEME_EVENT: &str = "themechange";

/// What the browser keeps for its reader: lists of names.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// The challenges that were solved.
    Solved,
    /// The lessons whose runs were all played, and the parts of others.
    Lessons,
}

impl Kept {
    /// Under which name it is kept.
    const fn name(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Lessons => "lessons",
        }
    }
}

/// Whether the reader asked for less motion.
pub fn prefers_less_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Puts another address into the address bar, without loading anything.
pub fn replace_address(path_and_query: &str) {
    let Ok(history) = window().history() else { return };
    // The entry keeps its state: the router looks there for its own marks.
    let state = history.state().unwrap_or_default();
    let _ = history.replace_state_with_url(&state, "", Some(path_and_query));
}

/// The path of this page, without the query.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Loads another page of ours.
pub fn go(path_and_query: &str) {
    let _ = window().location().set_href(path_and_query);
}

/// A new seed. Small enough to be read out in a class room.
pub fn roll_seed() -> u64 {
    ((js_sys::Math::random() * 1e6) as u64).min(SEED_MAX)
}

/// An id that no other move has: two draws of 52 bits.
pub fn draw_id() -> String {
    let draw = || (js_sys::Math::random() * (1_u64 << 52) as f64) as u64;
    format!("{:x}-{:x}", draw(), draw())
}

/// Puts the keyboard's focus on an element.
pub fn focus(id: &str) {
    if let Some(element) = element::<HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// Opens a dialog, or closes it when it is open.
pub fn toggle_dialog(id: &str) {
    let Some(dialog) = element::<HtmlDialogElement>(id) else {
        return;
    };
    if dialog.open() {
        dialog.close();
    } else {
        let _ = dialog.show_modal();
    }
}

/// Scrolls a list's row into its box, and moves nothing when it is there.
pub fn reveal(id: &str) {
    let Some(row) = element::<HtmlElement>(id) else {
        return;
    };
    let Some(list) = row.parent_element() else { return };
    let (top, height) = (row.offset_top() - list.scroll_top(), row.offset_height());
    if top < 0 {
        list.set_scroll_top(row.offset_top());
    } else if top + height > list.client_height() {
        list.set_scroll_top(row.offset_top() + height - list.client_height());
    }
}

/// From this width on, in CSS pixels, controls and stage stand side by side.
const TWO_COLUMNS_PX: f64 = 992.0;

/// Scrolls the page so far that an element is in view.
pub fn scroll_to(id: &str) {
    scroll(id, web_sys::ScrollLogicalPosition::Nearest);
}

/// Scrolls the page so far that the stage is in view. In one column it is brought to the top: it grows when a run begins.
pub fn scroll_to_stage() {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    let is_narrow = width.is_some_and(|width| width < TWO_COLUMNS_PX);
    let block = if is_narrow {
        web_sys::ScrollLogicalPosition::Start
    } else {
        web_sys::ScrollLogicalPosition::Nearest
    };
    scroll("stage", block);
}

fn scroll(id: &str, block: web_sys::ScrollLogicalPosition) {
    let Some(element) = element::<HtmlElement>(id) else {
        return;
    };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(block);
    let smooth =
        if prefers_less_motion() { web_sys::ScrollBehavior::Auto } else { web_sys::ScrollBehavior::Smooth };
    options.set_behavior(smooth);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Switches between light and dark, and remembers it.
pub fn toggle_theme() {
    let Some(root) = document().document_element() else {
        return;
    };
    let dark = match root.get_attribute("data-theme") {
        Some(theme) => theme == "dark",
        None => {
            let query = window().match_media("(prefers-color-scheme: dark)");
            query.ok().flatten().is_some_and(|query| query.matches())
        }
    };
    let next = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", next);
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item("theme", next);
    }
    // Pictures on a canvas do not follow the style sheet by themselves.
    if let Ok(event) = web_sys::Event::new(THEME_EVENT) {
        let _ = window().dispatch_event(&event);
    }
}

/// The names that this browser keeps.
pub fn kept(what: Kept) -> Vec<String> {
    let Ok(Some(storage)) = window().local_storage() else { return Vec::new() };
    let kept = storage.get_item(what.name()).ok().flatten().unwrap_or_default();
    kept.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Keeps these names, and no others.
pub fn keep(what: Kept, names: &[String]) {
    // A browser that keeps nothing shows no ticks, and everything else goes on.
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(what.name(), &names.join(","));
    }
}

/// Keeps one name more.
pub fn remember(what: Kept, name: &str) {
    let mut names = kept(what);
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
        keep(what, &names);
    }
}

/// Whether a key belongs to what has the focus: every key to a field or an open dialog, Space and Enter to a button
/// or a link.
pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| match target.tag_name().as_str() {
        "INPUT" | "SELECT" | "TEXTAREA" => true,
        "BUTTON" | "A" | "SUMMARY" if matches!(event.key().as_str(), " " | "Enter") => true,
        _ => target.closest("dialog").ok().flatten().is_some(),
    })
}

fn element<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
