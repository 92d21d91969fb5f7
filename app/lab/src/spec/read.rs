//! Reading a spec field by field, so that every fault has a path and all faults are told at once.

mod hardship;
mod outage;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Engines, Fault, Faults, OPERATIONS_MAX, Pace, SEED_DEFAULT, Spec, VERSION};
use crate::catalog::{Catalog, Knob, ScenarioCard, StrategyCard};
use crate::dice::SEED_MAX;
use crate::retry::{ATTEMPTS_MAX, BASE_MS_MAX, Policy, Retry};
use crate::schedule::{CHOICES_MAX, Choice, Schedule};

/// No fault repeats more of a wrong value than this, in characters.
const ECHO_MAX: usize = 60;

const FIELDS: [&str; 11] = [
    "version",
    "lab",
    "scenario",
    "strategy",
    "workload",
    "retry",
    "hardships",
    "engine",
    "schedule",
    "pace",
    "seed",
];

/// So many faults are told one by one: each names all known fields beside it, and a spec may hold thousands of wrong ones.
const FAULTS_MAX: usize = 20;
/// How a field is named whose name is empty.
const NAMELESS: &str = "\"\"";

/// Reads a whole spec.
pub(super) fn spec(json: &Value, catalog: &Catalog) -> Result<Spec, Faults> {
    let mut reader = Reader { faults: Vec::new(), more: 0 };
    let spec = reader.spec(json, catalog);
    match spec {
        Some(spec) if reader.faults.is_empty() => Ok(spec),
        _ => Err(reader.told()),
    }
}

struct Reader {
    faults: Vec<Fault>,
    /// How many faults there are besides.
    more: usize,
}

impl Reader {
    /// All faults, or the first of them and how many there are besides.
    fn told(self) -> Faults {
        let mut faults = self.faults;
        if self.more > 0 {
            let message = format!("{} more faults are not told; mend these first.", self.more);
            faults.push(Fault { field: String::new(), message });
        }
        Faults(faults)
    }

    fn spec(&mut self, json: &Value, catalog: &Catalog) -> Option<Spec> {
        let map = self.object(json, "", &FIELDS)?;
        self.integer(map, "", "version", VERSION..=VERSION, VERSION);
        // What depends on nothing else is read first, so that a wrong name keeps no other fault from being told.
        let engine = self.engines(map.get("engine"), catalog);
        let retry = self.retry(map.get("retry"));
        let schedule = self.schedule(map.get("schedule"));
        let pace = self.pace(map);
        let seed = self.integer(map, "", "seed", 0..=SEED_MAX, SEED_DEFAULT);
        let labs: Vec<&str> = catalog.labs.iter().map(|lab| lab.name.as_str()).collect();
        let lab = self.name(map, "", "lab", &labs)?;
        let scenarios = catalog.scenarios.iter().filter(|scenario| scenario.lab == lab);
        let scenario =
            self.name(map, "", "scenario", &scenarios.map(|s| s.name.as_str()).collect::<Vec<_>>())?;
        let strategy = if map.contains_key("strategy") {
            let strategies = catalog.strategies_of(&scenario).map(|strategy| strategy.name.as_str());
            self.name(map, "", "strategy", &strategies.collect::<Vec<_>>())
        } else {
            catalog.first_strategy(&scenario, &engine.store).map(|strategy| strategy.name.clone())
        };
        let card = catalog.scenario(&lab, &scenario)?;
        let workload = self.workload(map.get("workload"), card);
        let hardships = self.hardships(map.get("hardships"), card);
        let strategy = strategy?;
        let strategy_card = catalog.strategy(&scenario, &strategy)?;
        self.units(&workload, strategy_card);
        self.faults.extend(outage::faults(&engine, strategy_card, &workload, &hardships));
        Some(Spec {
            version: VERSION,
            workload,
            retry,
            hardships,
            engine,
            schedule,
            pace,
            seed,
            lab,
            scenario,
            strategy,
        })
    }

    fn workload(&mut self, value: Option<&Value>, card: &ScenarioCard) -> BTreeMap<String, u64> {
        let names: Vec<&str> = card.knobs.iter().map(|knob| knob.name.as_str()).collect();
        let empty = Map::new();
        let map =
            value.map_or(Some(&empty), |value| self.object(value, "workload", &names)).unwrap_or(&empty);
        let read = |knob: &Knob| {
            let named = map.get(&knob.name).and_then(Value::as_str).and_then(|name| knob.value(name));
            let value = named.unwrap_or_else(|| self.knob(map, knob));
            (knob.name.clone(), value)
        };
        let workload: BTreeMap<String, u64> = card.knobs.iter().map(read).collect();
        self.operations(&workload);
        workload
    }

    fn knob(&mut self, map: &Map<String, Value>, knob: &Knob) -> u64 {
        let is_number = map.get(&knob.name).is_none_or(Value::is_u64);
        if knob.words.is_empty() || is_number {
            return self.integer(map, "workload", &knob.name, knob.min..=knob.max, knob.default);
        }
        let field = join("workload", &knob.name);
        let names: Vec<&str> = knob.words.iter().map(|word| word.name.as_str()).collect();
        let message =
            format!("{field} is {}; it must be one of {}.", echo(&map[&knob.name]), names.join(", "));
        self.fault(&field, message);
        knob.default
    }

    fn operations(&mut self, workload: &BTreeMap<String, u64>) {
        for (who, what) in [("buyers", "purchases"), ("tellers", "transfers")] {
            let (Some(actors), Some(each)) = (workload.get(who), workload.get(what)) else { continue };
            let actors = actors + workload.get("outsider").copied().unwrap_or_default();
            if actors * each > OPERATIONS_MAX {
                let message = format!(
                    "workload.{what} is {each} for each of {actors} {who}, {} operations in all; a run carries at \
                     most {OPERATIONS_MAX}.",
                    actors * each
                );
                self.fault(&format!("workload.{what}"), message);
            }
        }
    }

    /// Where each unit is a row of its own, their number has a bound of its own.
    fn units(&mut self, workload: &BTreeMap<String, u64>, strategy: &StrategyCard) {
        let (Some(most), Some(products), Some(quantity)) =
            (strategy.units_max, workload.get("products"), workload.get("quantity"))
        else {
            return;
        };
        let units = products.saturating_mul(*quantity);
        if units > most {
            let message = format!(
                "workload.quantity is {quantity} for each of {products} products, {units} units in all; under {} each \
                 unit is a row of its own, and a run has at most {most} of them.",
                strategy.name
            );
            self.fault("workload.quantity", message);
        }
    }

    fn retry(&mut self, value: Option<&Value>) -> Retry {
        let standard = Retry::default();
        let Some(value) = value else { return standard };
        let Some(map) = self.object(value, "retry", &["policy", "attempts_max", "base_ms"]) else {
            return standard;
        };
        let names = Policy::ALL.map(Policy::name);
        let policy =
            if map.contains_key("policy") { self.name(map, "retry", "policy", &names) } else { None };
        Retry {
            policy: Policy::ALL
                .into_iter()
                .find(|p| Some(p.name()) == policy.as_deref())
                .unwrap_or(standard.policy),
            attempts_max: self.integer(map, "retry", "attempts_max", 1..=ATTEMPTS_MAX, standard.attempts_max),
            base_ms: self.integer(map, "retry", "base_ms", 0..=BASE_MS_MAX, standard.base_ms),
        }
    }

    fn engines(&mut self, value: Option<&Value>, catalog: &Catalog) -> Engines {
        let standard = Engines::default();
        let Some(value) = value else { return standard };
        let Some(map) = self.object(value, "engine", &["store", "broker", "locks"]) else {
            return standard;
        };
        let mut port = |name: &str, default: String| {
            let names: Vec<&str> = catalog.engines_of(name).map(|engine| engine.name.as_str()).collect();
            if !map.contains_key(name) {
                return default;
            }
            self.name(map, "engine", name, &names).unwrap_or(default)
        };
        Engines {
            store: port("store", standard.store),
            broker: port("broker", standard.broker),
            locks: port("locks", standard.locks),
        }
    }

    fn schedule(&mut self, value: Option<&Value>) -> Schedule {
        let Some(value) = value else {
            return Schedule::default();
        };
        let Some(map) = self.object(value, "schedule", &["kind", "choices"]) else {
            return Schedule::default();
        };
        let kind = self.name(map, "schedule", "kind", &Schedule::KINDS);
        let lists = matches!(kind.as_deref(), Some("recorded" | "by-hand"));
        if !lists && map.contains_key("choices") {
            let message = "schedule.choices belongs to the kinds \"recorded\" and \"by-hand\" alone.";
            self.fault("schedule.choices", message.into());
        }
        match kind.as_deref() {
            Some("seeded") => Schedule::Seeded,
            // Nothing need be listed: then the user is asked from the start.
            Some("by-hand") if !map.contains_key("choices") => Schedule::ByHand { choices: Vec::new() },
            Some("by-hand") => Schedule::ByHand { choices: self.choices(map.get("choices")) },
            Some("recorded") => Schedule::Recorded { choices: self.choices(map.get("choices")) },
            _ => Schedule::Live,
        }
    }

    fn choices(&mut self, value: Option<&Value>) -> Vec<Choice> {
        let Some(list) = value.and_then(Value::as_array) else {
            let shown = value.map_or_else(|| "missing".to_owned(), echo);
            let message = format!(
                "schedule.choices is {shown}; it must be a list of choices such as \"buyer-1/read#1\"."
            );
            self.fault("schedule.choices", message);
            return Vec::new();
        };
        if list.len() > CHOICES_MAX {
            let message =
                format!("schedule.choices holds {} choices; at most {CHOICES_MAX} are read.", list.len());
            self.fault("schedule.choices", message);
            return Vec::new();
        }
        let mut choices = Vec::with_capacity(list.len());
        for (place, value) in list.iter().enumerate() {
            match value.as_str().map(str::parse::<Choice>) {
                Some(Ok(choice)) => choices.push(choice),
                _ => {
                    let field = format!("schedule.choices[{place}]");
                    let message = format!(
                        "{field} is {}; a choice is written actor/step#occurrence, such as \"buyer-1/read#1\".",
                        echo(value)
                    );
                    self.fault(&field, message);
                }
            }
        }
        choices
    }

    fn pace(&mut self, map: &Map<String, Value>) -> Pace {
        if !map.contains_key("pace") {
            return Pace::default();
        }
        let name = self.name(map, "", "pace", &Pace::ALL.map(Pace::name));
        Pace::ALL.into_iter().find(|pace| Some(pace.name()) == name.as_deref()).unwrap_or_default()
    }

    /// An object whose keys are all known; faults name each key that is not.
    fn object<'a>(&mut self, value: &'a Value, path: &str, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let (whole, shown) = if path.is_empty() { ("The spec", "the spec") } else { (path, path) };
        let Some(map) = value.as_object() else {
            self.fault(path, format!("{whole} is {}; it must be an object.", echo(value)));
            return None;
        };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            if self.faults.len() >= FAULTS_MAX {
                self.more += 1;
                continue;
            }
            let field = join(path, &if key.is_empty() { NAMELESS.to_owned() } else { clip(key) });
            self.fault(&field, format!("{field} is not a known field; {shown} has {}.", known.join(", ")));
        }
        Some(map)
    }

    /// One of a list of names; the first is the default.
    fn name(&mut self, map: &Map<String, Value>, path: &str, key: &str, known: &[&str]) -> Option<String> {
        let field = join(path, key);
        match map.get(key) {
            None => known.first().map(|&name| name.to_owned()),
            Some(Value::String(name)) if known.contains(&name.as_str()) => Some(name.clone()),
            Some(value) => {
                self.fault(
                    &field,
                    format!("{field} is {}; it must be one of {}.", echo(value), known.join(", ")),
                );
                None
            }
        }
    }

    fn integer(
        &mut self,
        map: &Map<String, Value>,
        path: &str,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(value) = map.get(key) else { return default };
        if let Some(number) = value.as_u64().filter(|number| range.contains(number)) {
            return number;
        }
        let field = join(path, key);
        let (low, high) = (range.start(), range.end());
        let message = format!("{field} is {}; it must be a whole number from {low} to {high}.", echo(value));
        self.fault(&field, message);
        default
    }

    fn fault(&mut self, field: &str, message: String) {
        if self.faults.len() >= FAULTS_MAX {
            self.more += 1;
            return;
        }
        self.faults.push(Fault { field: field.to_owned(), message });
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A wrong value, as a fault repeats it.
pub(crate) fn echo(value: &Value) -> String {
    clip(&value.to_string())
}

/// As much of a text as a fault repeats.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(ECHO_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
