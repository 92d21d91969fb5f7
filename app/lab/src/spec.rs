//! The spec: what a run is asked to do. Every decision of a run follows from it.

mod hardship;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::retry::Retry;
use crate::schedule::Schedule;
pub use hardship::{HARDSHIPS_MAX, Hardship, LASTING, PAUSE_MS_MAX, Selector};
pub(crate) use read::{clip, echo};

/// The spec format that this program reads and writes.
pub const VERSION: u64 = 1;
/// The most operations that one run may carry, over all its actors.
pub const OPERATIONS_MAX: u64 = 20_000;
/// The default seed.
pub const SEED_DEFAULT: u64 = 42;

/// A checked spec. Get one by [`Spec::read`]; what that returns is within every range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(description = "What a run is asked to do. Every decision of a run follows from it.")
)]
pub struct Spec {
    /// The format, [`VERSION`].
    #[cfg_attr(feature = "schema", schemars(description = "The format.", range(min = VERSION, max = VERSION)))]
    pub version: u64,
    /// The lab.
    pub lab: String,
    /// The scenario.
    pub scenario: String,
    /// The strategy.
    pub strategy: String,
    /// The workload, one value for each knob of the scenario.
    pub workload: BTreeMap<String, u64>,
    /// How failed attempts are repeated.
    pub retry: Retry,
    /// The trouble that is injected, at most [`HARDSHIPS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(description = "The trouble that is injected.", length(max = HARDSHIPS_MAX)))]
    pub hardships: Vec<Hardship>,
    /// Which engines.
    pub engine: Engines,
    /// Who decides who moves next.
    pub schedule: Schedule,
    /// How fast it is played.
    pub pace: Pace,
    /// The seed of all draws (0 ..= 2^53 - 1).
    #[cfg_attr(feature = "schema", schemars(description = "The seed of all draws.", range(max = crate::dice::SEED_MAX)))]
    pub seed: u64,
}

/// The engine behind each port, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Engines {
    /// The database.
    pub store: String,
    /// The message broker.
    pub broker: String,
    /// The lock service.
    pub locks: String,
}

impl Default for Engines {
    fn default() -> Self {
        Self { store: "sqlite".into(), broker: "embedded".into(), locks: "lease-table".into() }
    }
}

/// How fast a run is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// Slow enough to follow with the eye: two seconds for each step.
    #[default]
    Watch,
    /// A few steps a second.
    Brisk,
    /// As fast as the engine answers.
    Instant,
}

impl Pace {
    /// All paces, slowest first.
    pub const ALL: [Self; 3] = [Self::Watch, Self::Brisk, Self::Instant];

    /// The name in a spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Brisk => "brisk",
            Self::Instant => "instant",
        }
    }

    /// Real milliseconds between two moves.
    pub const fn step_ms(self) -> u64 {
        match self {
            Self::Watch => 2_000,
            Self::Brisk => 250,
            Self::Instant => 0,
        }
    }

    /// By how much a live run stretches its own waits (think time, backoff).
    pub const fn stretch(self) -> u64 {
        match self {
            Self::Watch => 40,
            Self::Brisk => 8,
            Self::Instant => 1,
        }
    }
}

/// One thing that is wrong with a spec, in a sentence that names the field, the value and the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{message}")]
pub struct Fault {
    /// The field's path: `workload.buyers`.
    pub field: String,
    /// The sentence.
    pub message: String,
}

/// All that is wrong with a spec: never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" "))]
pub struct Faults(pub Vec<Fault>);

/// The knob for how long the run's database is cut off, in milliseconds; 0 for no outage.
pub const DATABASE_OUTAGE_KNOB: &str = "database_ms";
/// The lock service whose nodes are in the lab's process.
pub const RAFT: &str = "raft";
/// The lock service that is an ensemble of ZooKeeper servers.
pub const ZOOKEEPER: &str = "zookeeper";

impl Spec {
    /// Reads a spec from JSON. What is left out takes its default; everything that is wrong is named at once, up to a
    /// limit, and how much there is besides.
    ///
    /// # Errors
    /// One [`Fault`] for each unknown name, wrong type and value out of range.
    pub fn read(json: &serde_json::Value, catalog: &Catalog) -> Result<Self, Faults> {
        read::spec(json, catalog)
    }

    /// Reads a spec from text.
    ///
    /// # Errors
    /// As [`Spec::read`]; text that is not JSON is a fault of the whole, with line and column.
    pub fn parse(text: &str, catalog: &Catalog) -> Result<Self, Faults> {
        let json = serde_json::from_str(text).map_err(|error| {
            let message = format!("The spec is not JSON: {error}.");
            Faults(vec![Fault { field: String::new(), message }])
        })?;
        Self::read(&json, catalog)
    }

    /// A workload value; 0 for a knob that the scenario does not have.
    pub fn knob(&self, name: &str) -> u64 {
        self.workload.get(name).copied().unwrap_or_default()
    }

    /// Whether the schedule, not the moment, decides who moves next.
    pub fn is_scheduled(&self) -> bool {
        self.schedule != Schedule::Live
    }
}
