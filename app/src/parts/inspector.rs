//! Everything about one entry.

use lab::event::{Entry, Event, Request, Sql};
use leptos::prelude::*;

use crate::live::{Each, piece, press};
use crate::replay::Replay;
use crate::testids;
use crate::words::{inspector as words, sentence, units::duration};

/// The inspector's panel.
#[component]
pub fn Inspector(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let entry = move || {
        replay.generation.track();
        replay.selected.get().and_then(|seq| replay.entry(seq))
    };
    let body = piece(move || match entry() {
        None => view! { <p class="quiet">{words::EMPTY}</p> }.into_any(),
        Some(entry) => view! { <EntryDetails entry replay /> }.into_any(),
    });
    view! {
        <section class="inspector panel" aria-labelledby="inspector-title" data-testid=testids::INSPECTOR>
            <h2 id="inspector-title">{words::TITLE}</h2>
            {body}
        </section>
    }
}

#[component]
fn EntryDetails(entry: Entry, replay: Replay) -> impl IntoView {
    let facts = facts(&entry).into_iter().map(|(label, value)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    let causes = (!entry.causes.is_empty()).then(|| {
        let links = entry.causes.iter().map(|&seq| view! { <JumpLink seq replay /> }).each();
        view! { <p class="causes">{words::FOLLOWS}{links}</p> }
    });
    let effects: Vec<u64> = replay.with_entries(|entries| {
        let later = entries.iter().filter(|other| other.causes.contains(&entry.seq));
        later.map(|other| other.seq).take(EFFECTS_MAX).collect()
    });
    let effects = (!effects.is_empty()).then(|| {
        let links = effects.iter().map(|&seq| view! { <JumpLink seq replay /> }).each();
        view! { <p class="causes">{words::LED_TO}{links}</p> }
    });
    let along = entry.actor.as_deref().map(|actor| {
        let ways = [(words::earlier_by(actor), false), (words::later_by(actor), true)];
        let ways = ways.map(|(words, forwards)| {
            view! {
                <button type="button" class="link-button" on:click=press(move || replay.step_along(forwards))>
                    {words}
                </button>
            }
        });
        view! { <p class="along">{ways.each()}</p> }
    });
    let raw: Vec<_> = entry
        .raw
        .iter()
        .map(|(key, value)| view! { <li>{key.clone()}": "<code>{value.clone()}</code></li> })
        .collect();
    let raw = (!raw.is_empty()).then(|| {
        view! {
            <details class="raw">
                <summary>{words::RAW}</summary>
                <ul>{raw}</ul>
            </details>
        }
    });
    view! {
        <h3 class="entry-title">
            {words::ENTRY}{entry.seq}" "
            <code>{entry.event.name()}</code>
        </h3>
        <p>{sentence::of(&entry)}</p>
        {match &entry.event {
            Event::Called { request, .. } | Event::ServiceRead { request, .. } => {
                view! { <RequestShown request=request.clone() /> }.into_any()
            }
            _ => view! { <SqlList sql=entry.sql.clone() /> }.into_any(),
        }}
        {causes}
        {effects}
        {along}
        <dl class="facts">{facts.each()}</dl>
        {raw}
    }
}

/// No more effects of an entry are listed.
const EFFECTS_MAX: usize = 12;

fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    let optional = [
        (words::ACTOR, entry.actor.clone()),
        (words::STEP, entry.step.clone()),
        (words::OPERATION, entry.operation.clone()),
        (words::ATTEMPT, entry.attempt.map(|attempt| attempt.to_string())),
        (words::GRANTED_AT, entry.began_us.map(duration)),
    ];
    let known = optional.into_iter().filter_map(|(label, value)| Some((label, value?)));
    known
        .chain([(words::ENDED_AT, duration(entry.at_us)), (words::REAL_TIME, duration(entry.wall_us))])
        .collect()
}

#[component]
fn SqlList(sql: Vec<Sql>) -> impl IntoView {
    if sql.is_empty() {
        return view! { <p class="quiet">{words::NO_SQL}</p> }.into_any();
    }
    let statements = sql.into_iter().map(|statement| {
        let values = statement.values.iter().enumerate();
        let values: Vec<_> = values.map(|(i, value)| format!("{}: {value}", i + 1)).collect();
        let values = (!values.is_empty())
            .then(|| view! { <p class="values">{words::VALUES}<code>{values.join(", ")}</code></p> });
        view! {
            <li>
                <pre>
                    <code>{statement.text}</code>
                </pre>
                {values}
            </li>
        }
    });
    view! { <ol class="sql" data-testid=testids::INSPECTOR_SQL>{statements.each()}</ol> }.into_any()
}

/// The request as it was sent, in place of SQL.
#[component]
fn RequestShown(request: Request) -> impl IntoView {
    let key = request.key.as_ref().map_or_else(String::new, |key| format!("\nIdempotency-Key: {key}"));
    let body = serde_json::to_string(&request.body).unwrap_or_default();
    let body = if request.body.is_empty() { String::new() } else { format!("\n\n{body}") };
    view! {
        <ol class="sql" data-testid=testids::INSPECTOR_SQL>
            <li>
                <pre>
                    <code>{format!("{request} HTTP/1.1{key}{body}")}</code>
                </pre>
            </li>
        </ol>
    }
}

#[component]
fn JumpLink(seq: u64, replay: Replay) -> impl IntoView {
    view! {
        <button type="button" class="link-button jump" on:click=press(move || replay.select(seq))>
            {words::LINK}{seq}
        </button>
    }
}
