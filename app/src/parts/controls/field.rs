//! A field: label, control, one line of help, and what is wrong.

use leptos::prelude::*;

use crate::form::Form;
use crate::live::{Each, flag, piece, text};

/// One value that a select offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The value in a spec.
    pub value: String,
    /// The words.
    pub words: String,
    /// Whether it cannot be chosen here.
    pub is_off: bool,
}

impl Pick {
    /// A value that can be chosen.
    pub fn of(value: &str, words: &str) -> Self {
        Self { value: value.to_owned(), words: words.to_owned(), is_off: false }
    }
}

/// What stands around every control.
#[component]
pub fn Frame(
    /// The form.
    form: Form,
    /// The field's key in the query; also the control's id.
    key: String,
    /// The label.
    label: String,
    /// One line of help.
    #[prop(into)]
    help: Signal<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let (id, described) = (key.clone(), described_by(&key));
    let faults = piece(move || {
        let items = form.faults_of(&key).into_iter().map(|fault| {
            view! { <p class="fault" data-testid=format!("fault-{}", fault.field)>{fault.message}</p> }
        });
        items.each()
    });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            <div class="field-notes" id=described>
                <p class="help">{help}</p>
                <div aria-live="polite">{faults}</div>
            </div>
        </div>
    }
}

/// The id of a field's notes, for `aria-describedby`.
pub fn described_by(key: &str) -> String {
    format!("{key}-notes")
}

/// A select.
#[component]
pub fn SelectField(
    /// The form.
    form: Form,
    /// The field's key in the query.
    #[prop(into)]
    key: String,
    /// The name for tests.
    #[prop(into)]
    testid: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// One line of help.
    #[prop(into)]
    help: Signal<String>,
    /// What it offers.
    picks: Signal<Vec<Pick>>,
) -> impl IntoView {
    let picks = Memo::new(move |_| picks.get());
    let value = {
        let key = key.clone();
        Memo::new(move |_| form.value(&key))
    };
    let changed = {
        let key = key.clone();
        move |event| form.set(&key, &event_target_value(&event))
    };
    let options = piece(move || {
        let options = picks.get().into_iter().map(|pick| {
            let (mine, is_off) = (pick.value.clone(), pick.is_off);
            let is_chosen = flag(move || value.get() == mine);
            view! { <option value=pick.value selected=is_chosen disabled=is_off>{pick.words}</option> }
        });
        options.each()
    });
    view! {
        <Frame form key=key.clone() label help>
            <select
                id=key.clone()
                name=key.clone()
                data-testid=testid
                aria-describedby=described_by(&key)
                prop:value=text(move || value.get())
                on:change=changed
            >
                {options}
            </select>
        </Frame>
    }
}

/// A text of several lines.
#[component]
pub fn TextField(
    /// The form.
    form: Form,
    /// The field's key in the query.
    key: &'static str,
    /// The name for tests.
    testid: &'static str,
    /// The label.
    label: &'static str,
    /// One line of help.
    #[prop(into)]
    help: Signal<String>,
) -> impl IntoView {
    let lines = text(move || form.value(key).replace(',', "\n"));
    let first = form.draft.with_untracked(|draft| form.shelf.with_value(|catalog| draft.get(key, catalog)));
    view! {
        <Frame form key=key.to_owned() label=label.to_owned() help=help>
            <textarea
                id=key
                name=key
                rows=if key == "choices" { "9" } else { "2" }
                spellcheck="false"
                data-testid=testid
                aria-describedby=described_by(key)
                prop:value=lines
                on:change=move |event| form.set(key, &event_target_value(&event))
            >
                {first.replace(',', "\n")}
            </textarea>
        </Frame>
    }
}
