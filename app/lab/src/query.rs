//! A spec as the query of a URL, so that the address always says what is on the screen.
//!
//! Flat keys, defaults left out: `scenario=stock&strategy=optimistic&buyers=16&seed=7`. Retry fields carry the
//! prefix `retry.`, engines the prefix `engine.`, a recorded schedule is `schedule=recorded&choices=a/b#1,...` (one by
//! hand may begin with such a list), and hardships are listed by kind: `crash=a/b#1,...`, `pause=...`,
//! `poison=...`.

use serde_json::{Map, Value, json};

use crate::catalog::Catalog;
use crate::retry::Retry;
use crate::schedule::Schedule;
use crate::spec::{Engines, Fault, Faults, Hardship, Pace, SEED_DEFAULT, Spec};

/// A spec as key and value pairs, not yet percent-encoded; what equals its default is left out, the lab too, which
/// is in the path.
pub fn pairs(spec: &Spec, catalog: &Catalog) -> Vec<(String, String)> {
    let mut pairs =
        vec![("scenario".to_owned(), spec.scenario.clone()), ("strategy".into(), spec.strategy.clone())];
    let mut push = |key: String, value: String, default: String| {
        if value != default {
            pairs.push((key, value));
        }
    };
    for knob in catalog.scenario(&spec.lab, &spec.scenario).map_or(&[][..], |card| &card.knobs) {
        push(knob.name.clone(), knob.written(spec.knob(&knob.name)), knob.written(knob.default));
    }
    let retry = Retry::default();
    push("retry.policy".into(), spec.retry.policy.name().into(), retry.policy.name().into());
    push("retry.attempts_max".into(), spec.retry.attempts_max.to_string(), retry.attempts_max.to_string());
    push("retry.base_ms".into(), spec.retry.base_ms.to_string(), retry.base_ms.to_string());
    for kind in Hardship::KINDS {
        push(kind.into(), places(spec, kind).join(","), String::new());
    }
    let engines = Engines::default();
    push("engine.store".into(), spec.engine.store.clone(), engines.store);
    push("engine.broker".into(), spec.engine.broker.clone(), engines.broker);
    push("engine.locks".into(), spec.engine.locks.clone(), engines.locks);
    push("schedule".into(), spec.schedule.kind().into(), Schedule::default().kind().into());
    let choices: Vec<String> = spec.schedule.choices().iter().map(ToString::to_string).collect();
    // A list without choices is a list: the first actor in order moves. Left out, it would be missing.
    let none = if matches!(spec.schedule, Schedule::Recorded { .. }) { "none" } else { "" };
    push("choices".into(), choices.join(","), none.into());
    push("pace".into(), spec.pace.name().into(), Pace::default().name().into());
    push("seed".into(), spec.seed.to_string(), SEED_DEFAULT.to_string());
    pairs
}

/// Pairs as a query string, percent-encoded. Slashes, commas and colons stay as they are: they are allowed in a
/// query, and choices stay readable.
pub fn encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (key, value) in pairs {
        out.push(if out.is_empty() { '?' } else { '&' });
        escape(key, &mut out);
        out.push('=');
        escape(value, &mut out);
    }
    out
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b',' | b':' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        }
    }
}

/// The address of the workbench that would run a spec. Opening it starts nothing.
pub fn workbench_address(spec: &Spec, catalog: &Catalog) -> String {
    format!("/labs/{}{}", spec.lab, encode(&pairs(spec, catalog)))
}

/// The address of these strategies side by side, on the workload of a spec. In a live run the order belongs to the moment,
/// so that there would be no same bad luck: a seed decides instead.
pub fn compare_address(spec: &Spec, strategies: &[&str], catalog: &Catalog) -> String {
    let mut spec = spec.clone();
    if spec.schedule == Schedule::Live {
        spec.schedule = Schedule::Seeded;
    }
    let mut all = vec![("lab".to_owned(), spec.lab.clone())];
    all.extend(pairs(&spec, catalog));
    all.retain(|(key, _)| key != "strategy" && key != "pace");
    all.push(("strategies".to_owned(), strategies.join(",")));
    format!("/compare{}", encode(&all))
}

/// Reads a spec back from pairs (already percent-decoded). Keys in `ignored` belong to the page, not to the spec.
///
/// # Errors
/// As [`Spec::read`]; an unknown key counts as a workload knob and is refused as one.
pub fn read(
    lab: &str,
    pairs: &[(String, String)],
    ignored: &[&str],
    catalog: &Catalog,
) -> Result<Spec, Faults> {
    let mut root = Map::new();
    root.insert("lab".into(), lab.into());
    for (key, value) in pairs.iter().filter(|(key, _)| !ignored.contains(&key.as_str())) {
        place(&mut root, key, value);
    }
    let kinds: Vec<String> =
        root.get("hardships").and_then(Value::as_array).into_iter().flatten().map(kind_of).collect();
    Spec::read(&Value::Object(root), catalog)
        .map_err(|Faults(faults)| Faults(faults.into_iter().map(|fault| by_key(fault, &kinds)).collect()))
}

fn kind_of(hardship: &Value) -> String {
    hardship.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A hardship's fault under the key by which an address lists it, in place of its number among all kinds.
fn by_key(fault: Fault, kinds: &[String]) -> Fault {
    let Some((number, _)) = fault.field.strip_prefix("hardships[").and_then(|rest| rest.split_once(']'))
    else {
        return fault;
    };
    let Some(kind) = number.parse::<usize>().ok().and_then(|number| kinds.get(number)) else { return fault };
    let message = fault.message.replace(&fault.field, kind);
    Fault { field: kind.clone(), message }
}

/// Where hardships of this kind strike, in the spec's order.
pub fn places(spec: &Spec, kind: &str) -> Vec<String> {
    let of_kind = spec.hardships.iter().filter(|hardship| hardship.kind() == kind);
    of_kind.map(Hardship::place).collect()
}

fn place(root: &mut Map<String, Value>, key: &str, value: &str) {
    match key.split_once('.') {
        Some((group @ ("retry" | "engine"), field)) => nest(root, group, field, scalar(field, value)),
        _ => match key {
            "scenario" | "strategy" | "pace" => {
                root.insert(key.into(), value.into());
            }
            "seed" | "version" => {
                root.insert(key.into(), number(value));
            }
            "schedule" => nest(root, "schedule", "kind", value.into()),
            // A knob may have the name of a hardship, and its value is a number.
            kind if Hardship::KINDS.contains(&kind) && value.parse::<u64>().is_err() => {
                let places = value.split(',').filter(|place| !place.is_empty());
                let hardships = places.map(|at| json!({ "kind": kind, "at": at }));
                if let Some(list) = root.entry("hardships").or_insert_with(|| json!([])).as_array_mut() {
                    list.extend(hardships);
                }
            }
            "choices" => {
                let choices: Vec<&str> = value.split(',').filter(|choice| !choice.is_empty()).collect();
                nest(root, "schedule", "choices", json!(choices));
            }
            knob => nest(root, "workload", knob, number(value)),
        },
    }
}

fn nest(root: &mut Map<String, Value>, group: &str, field: &str, value: Value) {
    let group = root.entry(group.to_owned()).or_insert_with(|| json!({}));
    if let Some(map) = group.as_object_mut() {
        map.insert(field.to_owned(), value);
    }
}

fn scalar(field: &str, value: &str) -> Value {
    if matches!(field, "attempts_max" | "base_ms") { number(value) } else { value.into() }
}

/// A number where the text is one, else the text itself, so that the refusal can show it.
fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| text.into(), Value::from)
}
