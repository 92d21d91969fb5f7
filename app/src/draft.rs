//! The form as typed: texts under the keys of the URL's query, which may not be a valid spec yet.
//!
//! A spec cannot hold a wrong value, so the form does not edit a spec. It edits a draft, and the draft is read with
//! the same code that the server refuses with: the sentences at the fields are the server's sentences.

use lab::catalog::Catalog;
use lab::query;
pub use lab::query::encode;
use lab::retry::Retry;
use lab::schedule::Schedule;
use lab::spec::{Engines, Fault, Faults, Hardship, Pace, SEED_DEFAULT, Spec};

/// Keys in the query that belong to the page, not to the spec.
pub const PAGE_KEYS: [&str; 5] = [RUN_KEY, "lab", "strategies", "runs", CHALLENGE_KEY];

/// In the address of a workbench that shows a run: its id.
pub const RUN_KEY: &str = "run";
/// In the address of a workbench where a challenge is to be solved: its name.
pub const CHALLENGE_KEY: &str = "challenge";

/// Wrong values are taken out of a query at most this often before all of it is given up: a value may be wrong only
/// beside another one.
const REPAIRS_MAX: usize = 4;

/// What the form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    lab: String,
    pairs: Vec<(String, String)>,
}

impl Draft {
    /// The lab.
    pub fn lab(&self) -> &str {
        &self.lab
    }

    /// The draft of a valid spec.
    pub fn of(spec: &Spec, catalog: &Catalog) -> Self {
        Self { lab: spec.lab.clone(), pairs: query::pairs(spec, catalog) }
    }

    /// Reads a query. What is wrong falls back to its default, and is told.
    pub fn read(lab: &str, pairs: Vec<(String, String)>, catalog: &Catalog) -> (Self, Vec<Fault>) {
        let pairs = pairs.into_iter().filter(|(key, _)| !PAGE_KEYS.contains(&key.as_str()));
        let mut draft = Self { lab: lab.to_owned(), pairs: pairs.map(tidy).collect() };
        let mut told: Vec<Fault> = Vec::new();
        for _ in 0..REPAIRS_MAX {
            let Err(Faults(faults)) = draft.spec(catalog) else {
                return (draft, told);
            };
            draft.pairs.retain(|(key, _)| !faults.iter().any(|fault| concerns(fault, key)));
            told.extend(faults);
        }
        (Self { lab: lab.to_owned(), pairs: Vec::new() }, told)
    }

    /// The spec, or all that is wrong with it.
    ///
    /// # Errors
    /// As [`Spec::read`].
    pub fn spec(&self, catalog: &Catalog) -> Result<Spec, Faults> {
        query::read(&self.lab, &self.pairs, &PAGE_KEYS, catalog)
    }

    /// What stands in a field: what was typed, else the default.
    pub fn get(&self, key: &str, catalog: &Catalog) -> String {
        let typed = self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        typed.unwrap_or_else(|| self.default(key, catalog))
    }

    /// Types into a field. What belongs to another scenario or schedule is dropped with its owner.
    pub fn set(&mut self, key: &str, value: &str) {
        let (name, value) = tidy((key.to_owned(), value.to_owned()));
        self.pairs.retain(|(key, _)| *key != name);
        let others = ["strategy", "pace", "seed", "schedule", "choices"];
        match name.as_str() {
            "scenario" => {
                self.pairs.retain(|(key, _)| key.contains('.') || others[1..4].contains(&key.as_str()))
            }
            "schedule" if value != "recorded" => self.pairs.retain(|(key, _)| key != "choices"),
            _ => {}
        }
        self.pairs.push((name, value));
    }

    /// The query for the address: tidy when the spec is valid, as typed when not.
    pub fn query(&self, catalog: &Catalog) -> Vec<(String, String)> {
        self.spec(catalog).map_or_else(|_| self.pairs.clone(), |spec| query::pairs(&spec, catalog))
    }

    /// Whether the draft carries choices, so that a recorded schedule can be offered.
    pub fn is_recorded(&self) -> bool {
        self.pairs.iter().any(|(key, value)| key == "schedule" && value == "recorded")
    }

    /// Whether it lists choices: all of a recorded order, or those before a hand's first move.
    pub fn lists_choices(&self) -> bool {
        let listed = self.pairs.iter().any(|(key, value)| key == "choices" && !value.is_empty());
        self.is_recorded() || listed
    }

    fn default(&self, key: &str, catalog: &Catalog) -> String {
        let (retry, engines) = (Retry::default(), Engines::default());
        let scenario = || catalog.scenarios.iter().find(|card| card.lab == self.lab);
        match key {
            "scenario" => scenario().map(|card| card.name.clone()).unwrap_or_default(),
            "strategy" => {
                let (scenario, store) = (self.get("scenario", catalog), self.get("engine.store", catalog));
                catalog.first_strategy(&scenario, &store).map(|card| card.name.clone()).unwrap_or_default()
            }
            "retry.policy" => retry.policy.name().into(),
            "retry.attempts_max" => retry.attempts_max.to_string(),
            "retry.base_ms" => retry.base_ms.to_string(),
            "engine.store" => engines.store,
            "engine.broker" => engines.broker,
            "engine.locks" => engines.locks,
            kind if Hardship::KINDS.contains(&kind) => String::new(),
            "schedule" => Schedule::default().kind().into(),
            "pace" => Pace::default().name().into(),
            "seed" => SEED_DEFAULT.to_string(),
            knob => {
                let card = catalog.scenario(&self.lab, &self.get("scenario", catalog));
                let knob = card.and_then(|card| card.knobs.iter().find(|other| other.name == knob));
                knob.map(|knob| knob.written(knob.default)).unwrap_or_default()
            }
        }
    }
}

/// The query key under which a fault's field stands.
pub fn key_of(fault: &Fault) -> &str {
    match fault.field.as_str() {
        "schedule.kind" => "schedule",
        field if field.starts_with("schedule.choices") => "choices",
        field if field.starts_with("hardships") => "crash",
        field => field.strip_prefix("workload.").unwrap_or(field),
    }
}

/// A list of choices may be typed one to a line; a query has commas.
fn tidy((key, value): (String, String)) -> (String, String) {
    let value = match key.as_str() {
        list if list == "choices" || Hardship::KINDS.contains(&list) => {
            let choices = value.split([',', '\n', '\r']).map(str::trim).filter(|choice| !choice.is_empty());
            choices.collect::<Vec<_>>().join(",")
        }
        _ => value.trim().to_owned(),
    };
    (key, value)
}

fn concerns(fault: &Fault, key: &str) -> bool {
    // A fault in the list of choices takes the kind of schedule with it: recorded without choices is wrong too.
    key_of(fault) == key || key_of(fault) == "choices" && key == "schedule"
}

#[cfg(test)]
mod tests;
