//! A spec, a stage and a run in words.

use lab::catalog::Catalog;
use lab::fold::{LaneKind, MarkKind, Stage};
use lab::query;
use lab::schedule::Schedule;
use lab::spec::Spec;
use lab::verdict::{Ruling, Verdict};
use lab::wire::State;

use super::units::count;
use super::{BROKER, DATABASE, LOCK_SERVICE, ORDER, PACE, RETRIES, SCENARIO, SEED, STRATEGY};

/// A spec as names and values, in the order in which a reader asks.
pub fn spec(spec: &Spec, catalog: &Catalog) -> Vec<(String, String)> {
    let card = catalog.scenario(&spec.lab, &spec.scenario);
    let strategy = catalog.strategy(&spec.scenario, &spec.strategy);
    let engine = catalog.engines_of("store").find(|engine| engine.name == spec.engine.store);
    let mut lines = vec![
        (SCENARIO.to_owned(), card.map_or_else(|| spec.scenario.clone(), |card| card.title.clone())),
        (STRATEGY.to_owned(), strategy.map_or_else(|| spec.strategy.clone(), |card| card.title.clone())),
        (DATABASE.to_owned(), engine.map_or_else(|| spec.engine.store.clone(), |card| card.title.clone())),
    ];
    if card.is_some_and(|card| card.messages) {
        let broker = catalog.engines_of("broker").find(|card| card.name == spec.engine.broker);
        let title = broker.map_or_else(|| spec.engine.broker.clone(), |card| card.title.clone());
        lines.push((BROKER.to_owned(), title));
    }
    if strategy.is_some_and(|card| card.leases) {
        let service = catalog.engines_of("locks").find(|card| card.name == spec.engine.locks);
        let title = service.map_or_else(|| spec.engine.locks.clone(), |card| card.title.clone());
        lines.push((LOCK_SERVICE.to_owned(), title));
    }
    for knob in card.map_or(&[][..], |card| &card.knobs) {
        let value = spec.knob(&knob.name);
        let words = knob.word(value).map(|word| word.title.clone());
        lines.push((knob.label.clone(), words.unwrap_or_else(|| amount(value, &knob.unit))));
    }
    if strategy.is_some_and(|card| card.retries) {
        let attempts = count(spec.retry.attempts_max, "attempt", "attempts");
        let policy = spec.retry.policy.name();
        lines.push((
            RETRIES.to_owned(),
            format!("{policy}, at most {attempts}, base {} ms", spec.retry.base_ms),
        ));
    }
    let kinds = [
        ("crash", "Crashes before"),
        ("pause", "Stands still before"),
        ("lost-answer", "Answer lost at"),
        ("late-answer", "Answer late at"),
        ("lost-confirm", "Confirmation lost at"),
        ("poison", "Poison published at"),
        ("cut-database", "Database cut off before"),
        ("cut-broker", "Broker cut off before"),
        ("cut-node", "Its node cut off before"),
    ];
    for (kind, title) in kinds {
        let places = query::places(spec, kind);
        if !places.is_empty() {
            lines.push((title.to_owned(), places.join(", ")));
        }
    }
    lines.push((ORDER.to_owned(), order(&spec.schedule)));
    lines.push((PACE.to_owned(), spec.pace.name().to_owned()));
    lines.push((SEED.to_owned(), spec.seed.to_string()));
    lines
}

/// A knob's value with its unit, which the catalog names in the plural.
fn amount(value: u64, unit: &str) -> String {
    let unit = if value == 1 && unit.len() > 2 { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
    format!("{value} {unit}").trim().to_owned()
}

fn order(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Live => "live".to_owned(),
        Schedule::Seeded => "chosen by the seed".to_owned(),
        Schedule::ByHand { choices } if choices.is_empty() => "by hand".to_owned(),
        Schedule::ByHand { choices } => {
            format!("by hand, after {}", count(choices.len() as u64, "recorded choice", "recorded choices"))
        }
        Schedule::Recorded { choices } => {
            format!("recorded, {}", count(choices.len() as u64, "choice", "choices"))
        }
    }
}

/// What the stage shows, in one sentence, for those who cannot see it.
pub fn stage(stage: &Stage) -> String {
    if stage.lanes.is_empty() {
        return "The stage is empty.".to_owned();
    }
    let lanes = |kind| stage.lanes.iter().filter(|lane| lane.kind == kind).count() as u64;
    let marks = |kind| stage.marks.iter().filter(|mark| mark.kind == kind).count() as u64;
    let has_messages = marks(MarkKind::Publish) + marks(MarkKind::Call) > 0;
    let mut parts = vec![count(lanes(LaneKind::Actor), "actor", "actors")];
    if !has_messages {
        parts.push(count(lanes(LaneKind::Row), "row", "rows"));
        parts.push(count(marks(MarkKind::Read), "read", "reads"));
    }
    parts.push(count(marks(MarkKind::Write) + marks(MarkKind::BlindWrite), "write", "writes"));
    let blind = if has_messages {
        (MarkKind::BlindWrite, "write over a newer version", "writes over newer versions")
    } else {
        (MarkKind::BlindWrite, "write over a write not seen", "writes over writes not seen")
    };
    // Where no message travels, what comes to nothing is a lock service's answer.
    let lost = if has_messages {
        (MarkKind::Lost, "loss on the way", "losses on the way")
    } else {
        (MarkKind::Lost, "answer without a majority", "answers without a majority")
    };
    let rare = [
        blind,
        (MarkKind::Publish, "message published", "messages published"),
        (MarkKind::Deliver, "delivery", "deliveries"),
        (MarkKind::Call, "call", "calls"),
        (MarkKind::Nack, "message given back", "messages given back"),
        (MarkKind::PutAside, "message put aside", "messages put aside"),
        lost,
        (MarkKind::Crash, "crash", "crashes"),
        (MarkKind::Stall, "standstill", "standstills"),
        (MarkKind::Conflict, "conflict", "conflicts"),
        (MarkKind::Refused, "refusal", "refusals"),
        (MarkKind::Wait, "wait", "waits"),
    ];
    for (kind, one, many) in rare {
        if marks(kind) > 0 {
            parts.push(count(marks(kind), one, many));
        }
    }
    format!("Up to entry {}: {}.", stage.seq, parts.join(", "))
}

/// A verdict in a few words.
pub fn verdict(verdict: &Verdict, catalog: &Catalog) -> String {
    let titled =
        |name: &str| catalog.invariant(name).map_or_else(|| name.to_owned(), |card| card.title.clone());
    let ruled = |ruling| verdict.judgements.iter().filter(move |judgement| judgement.ruling == ruling);
    let broken: Vec<String> = ruled(Ruling::Broken).map(|judgement| titled(&judgement.invariant)).collect();
    match (broken.len(), ruled(Ruling::Undecided).count()) {
        (0, 0) => "Every invariant holds".to_owned(),
        (0, open) => count(open as u64, "invariant is undecided", "invariants are undecided"),
        (1, _) => format!("Broken invariant: \u{201c}{}\u{201d}", broken.concat()),
        _ => format!("Broken invariants: \u{201c}{}\u{201d}", broken.join("\u{201d}, \u{201c}")),
    }
}

/// Where a run stands, in one word or two.
pub fn state(state: State) -> &'static str {
    match state {
        State::Queued => "waits for its turn",
        State::Running => "goes on",
        State::Finished => "finished",
        State::Interrupted => "cut off",
    }
}
