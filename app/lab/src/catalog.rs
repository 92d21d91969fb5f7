//! What there is to choose from. The engine fills it from its registries; pages, API and tests read it, so that no
//! other module knows how many strategies there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;
use crate::lesson::Lesson;
use crate::spec::Spec;

/// Everything that a spec may name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Catalog {
    /// Changes whenever a strategy, a scenario or an invariant changes its meaning.
    pub version: String,
    /// The labs, in teaching order.
    pub labs: Vec<LabCard>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioCard>,
    /// The strategies, in teaching order.
    pub strategies: Vec<StrategyCard>,
    /// The invariants.
    pub invariants: Vec<InvariantCard>,
    /// The engines, with what is missing where one cannot be used.
    pub engines: Vec<EngineCard>,
    /// The challenges, in teaching order.
    #[serde(default)]
    pub challenges: Vec<Challenge>,
    /// The lessons, in teaching order.
    #[serde(default)]
    pub lessons: Vec<Lesson>,
}

/// A lab: one way in which a system loses or corrupts data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LabCard {
    /// The name in a spec and in the URL.
    pub name: String,
    /// The title.
    pub title: String,
    /// One or two sentences.
    pub idea: String,
}

/// A situation that goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScenarioCard {
    /// The name in a spec.
    pub name: String,
    /// The lab it belongs to.
    pub lab: String,
    /// The title.
    pub title: String,
    /// What happens here, in a few sentences.
    pub story: String,
    /// The workload's knobs.
    pub knobs: Vec<Knob>,
    /// Whether messages go through a broker here.
    #[serde(default)]
    pub messages: bool,
    /// The invariants that are judged, by name.
    pub invariants: Vec<String>,
    /// The pinned witness of the classic failure: breaks every time.
    pub classic: Spec,
    /// The strategy to try on the same bad luck.
    pub cure: String,
    /// The kinds of hardship that a spec of this scenario may list.
    #[serde(default)]
    pub hardships: Vec<String>,
    /// By kind, for each of these: a step where it can strike, as an example (`crash`: `consumer-1/ack#1`).
    #[serde(default)]
    pub strikes: BTreeMap<String, String>,
    /// The designs that a matrix of crash points sets side by side; none where crashes are not what it is about.
    #[serde(default)]
    pub designs: Vec<Design>,
}

/// A strategy, with the knobs that make it another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Design {
    /// The title.
    pub title: String,
    /// The strategy.
    pub strategy: String,
    /// The knobs that differ from design to design.
    pub knobs: BTreeMap<String, u64>,
}

impl Design {
    /// The spec in this design.
    pub fn of(&self, spec: &Spec) -> Spec {
        let mut spec = Spec { strategy: self.strategy.clone(), ..spec.clone() };
        spec.workload.extend(self.knobs.clone());
        spec
    }
}

/// How a write or a delivery is made safe, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StrategyCard {
    /// The name in a spec.
    pub name: String,
    /// The scenarios it plays in.
    pub scenarios: Vec<String>,
    /// The title.
    pub title: String,
    /// One sentence: how it works.
    pub idea: String,
    /// What it costs.
    pub costs: String,
    /// How it still fails.
    pub fails: String,
    /// Whether the spec's retry policy is used.
    pub retries: bool,
    /// Where each unit is a row of its own: the most units of all products together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units_max: Option<u64>,
    /// Whether it asks a lock service for leases.
    #[serde(default)]
    pub leases: bool,
    /// The scenario's knobs that change nothing under it: a form need not show them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
    /// What is promised, cell by cell.
    pub promises: Vec<Promise>,
    /// The strategy's own source file, as it was compiled.
    pub source: String,
    /// The source file's path in the repository.
    pub source_path: String,
}

/// One cell of the promise table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promise {
    /// The scenario in which it is judged.
    pub scenario: String,
    /// The invariant.
    pub invariant: String,
    /// The knobs that it is about, by name; those that are not named may be anything that the premises allow.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub knobs: BTreeMap<String, u64>,
    /// The engine, by its name in a spec.
    pub engine: String,
    /// The value.
    pub value: PromiseValue,
    /// Under which premises: who takes part, which hardships are on, which bounds.
    pub premises: String,
    /// What is on file of its proof, in words.
    #[serde(default)]
    pub proof: String,
    /// A recorded run that shows it; always there for `breaks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Spec>,
    /// For `holds` and `refused`: a seeded run under the premises, which must keep the invariant with any other seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Spec>,
}

/// What a promise says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PromiseValue {
    /// The invariant holds under the premises.
    Holds,
    /// It can break; a witness shows it.
    Breaks,
    /// The engine answers with an error instead of doing wrong.
    Refused,
    /// The engine cannot do this.
    NotOnThisEngine,
}

/// Something that must be true of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvariantCard {
    /// The name in a verdict.
    pub name: String,
    /// The title.
    pub title: String,
    /// What is the matter where it is broken, in a word or two.
    pub breach: String,
    /// What exactly is judged.
    pub rule: String,
}

/// A real engine behind a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EngineCard {
    /// The port: `store`, `broker`, `locks`.
    pub port: String,
    /// The name in a spec.
    pub name: String,
    /// The title.
    pub title: String,
    /// Whether a run may name it on this server.
    pub available: bool,
    /// If not: why, and how to get it.
    #[serde(default)]
    pub remedy: String,
    /// What whoever picks it must know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// One setting, with all that a form needs to offer it and a check needs to refuse it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Knob {
    /// The name in a spec.
    pub name: String,
    /// The label.
    pub label: String,
    /// One line of help.
    pub help: String,
    /// The unit, or nothing.
    pub unit: String,
    /// The smallest value.
    pub min: u64,
    /// The largest value.
    pub max: u64,
    /// The value when the spec says nothing.
    pub default: u64,
    /// Where the values have names: one for each value from `min` on. A spec may say the name or the number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<KnobWord>,
}

/// The name of a knob's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnobWord {
    /// In a spec: `provider-call`.
    pub name: String,
    /// On screen.
    pub title: String,
}

impl Knob {
    /// A value as a spec writes it: by its name, if it has one.
    pub fn written(&self, value: u64) -> String {
        self.word(value).map_or_else(|| value.to_string(), |word| word.name.clone())
    }

    /// The name of a value.
    pub fn word(&self, value: u64) -> Option<&KnobWord> {
        self.words.get(usize::try_from(value.checked_sub(self.min)?).ok()?)
    }

    /// The value of this name.
    pub fn value(&self, name: &str) -> Option<u64> {
        let place = self.words.iter().position(|word| word.name == name)?;
        Some(self.min + place as u64)
    }
}

impl Promise {
    /// Whether a spec's engine and knobs are those that it is about.
    pub fn is_about(&self, spec: &Spec) -> bool {
        self.engine == spec.engine.store && self.knobs.iter().all(|(name, value)| spec.knob(name) == *value)
    }
}

impl StrategyCard {
    /// Whether it plays in a scenario.
    pub fn plays_in(&self, scenario: &str) -> bool {
        self.scenarios.iter().any(|name| name == scenario)
    }

    /// Whether an engine cannot do what it does, whatever the knobs.
    pub fn is_missing_on(&self, engine: &str) -> bool {
        let is_missing =
            |cell: &Promise| cell.value == PromiseValue::NotOnThisEngine && cell.knobs.is_empty();
        self.promises.iter().any(|cell| cell.engine == engine && is_missing(cell))
    }
}

impl Catalog {
    /// The lab of this name.
    pub fn lab(&self, name: &str) -> Option<&LabCard> {
        self.labs.iter().find(|lab| lab.name == name)
    }

    /// The scenario of this name in this lab.
    pub fn scenario(&self, lab: &str, name: &str) -> Option<&ScenarioCard> {
        self.scenarios.iter().find(|scenario| scenario.lab == lab && scenario.name == name)
    }

    /// The strategy of this name, if it plays in this scenario.
    pub fn strategy(&self, scenario: &str, name: &str) -> Option<&StrategyCard> {
        self.strategies.iter().find(|strategy| strategy.name == name && strategy.plays_in(scenario))
    }

    /// The strategies that play in a scenario, in teaching order.
    pub fn strategies_of<'a>(&'a self, scenario: &'a str) -> impl Iterator<Item = &'a StrategyCard> {
        self.strategies.iter().filter(move |strategy| strategy.plays_in(scenario))
    }

    /// What runs when nobody chose: the first strategy of a scenario that the engine has.
    pub fn first_strategy(&self, scenario: &str, engine: &str) -> Option<&StrategyCard> {
        let mut first = None;
        for card in self.strategies.iter().filter(|card| card.plays_in(scenario)) {
            if !card.is_missing_on(engine) {
                return Some(card);
            }
            first = first.or(Some(card));
        }
        first
    }

    /// The engines behind a port.
    pub fn engines_of<'a>(&'a self, port: &'a str) -> impl Iterator<Item = &'a EngineCard> {
        self.engines.iter().filter(move |engine| engine.port == port)
    }

    /// The challenge of this name.
    pub fn challenge(&self, name: &str) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.name == name)
    }

    /// The invariant of this name.
    pub fn invariant(&self, name: &str) -> Option<&InvariantCard> {
        self.invariants.iter().find(|invariant| invariant.name == name)
    }
}
