//! Numbers: a field to type into, and a slider where the range is small enough for one.

use lab::catalog::Knob;
use leptos::prelude::*;

use super::field::{Frame, Pick, SelectField, described_by};
use crate::form::Form;
use crate::live::{attribute, text};
use crate::words::controls as words;

/// One knob of the scenario.
#[component]
pub fn KnobField(
    /// The form.
    form: Form,
    /// The knob.
    knob: Knob,
) -> impl IntoView {
    let Knob { name, label, help, unit, min, max, words, .. } = knob;
    let testid = format!("knob-{name}");
    if words.is_empty() {
        return view! { <Number form key=name testid label help unit range=(min, max) has_slider=true /> }
            .into_any();
    }
    let picks: Vec<Pick> = words.iter().map(|word| Pick::of(&word.name, &word.title)).collect();
    let picks = Signal::derive(move || picks.clone());
    view! { <SelectField form key=name testid label help picks /> }.into_any()
}

/// A number that is not a knob.
#[component]
pub fn NumberField(
    /// The form.
    form: Form,
    /// The field's key in the query.
    key: &'static str,
    /// The name for tests.
    testid: &'static str,
    /// The label.
    label: &'static str,
    /// One line of help.
    help: &'static str,
    /// The unit, or nothing.
    unit: &'static str,
    /// The smallest and the largest value.
    range: (u64, u64),
) -> impl IntoView {
    let (key, testid, label) = (key.to_owned(), testid.to_owned(), label.to_owned());
    view! { <Number form key testid label help=help.to_owned() unit=unit.to_owned() range has_slider=false /> }
}

#[component]
fn Number(
    form: Form,
    key: String,
    testid: String,
    label: String,
    help: String,
    unit: String,
    range: (u64, u64),
    has_slider: bool,
) -> impl IntoView {
    let (min, max) = range;
    let value = {
        let key = key.clone();
        Memo::new(move |_| form.value(&key))
    };
    let is_wrong = {
        let key = key.clone();
        move || (!form.faults_of(&key).is_empty()).then_some("true")
    };
    let store = StoredValue::new(key.clone());
    let set = move |event| store.with_value(|key| form.set(key, &event_target_value(&event)));
    let slider = has_slider.then(|| {
        view! {
            <input
                type="range"
                min=min.to_string()
                max=max.to_string()
                value=value.get_untracked()
                prop:value=text(move || value.get())
                aria-label=words::slider(&label)
                on:input=set
            />
        }
    });
    let help = words::range(&help, range, &unit);
    let unit = (!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> });
    view! {
        <Frame form key=key.clone() label help=help>
            <div class="number">
                <input
                    type="number"
                    inputmode="numeric"
                    id=key.clone()
                    name=key.clone()
                    min=min.to_string()
                    max=max.to_string()
                    step="1"
                    value=value.get_untracked()
                    prop:value=text(move || value.get())
                    data-testid=testid
                    aria-describedby=described_by(&key)
                    aria-invalid=attribute(is_wrong)
                    on:input=set
                />
                {unit}
                {slider}
            </div>
        </Frame>
    }
}
