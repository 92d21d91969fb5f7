//! The header: the first entry of a journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::spec::Spec;

/// The first entry: what was asked, and by what it was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// What was asked.
    pub spec: Spec,
    /// The catalog's version: it changes when a strategy, a scenario or an invariant does.
    pub catalog: String,
    /// The program's version.
    pub program: String,
    /// Engine by port, each with its version: `store` -> `SQLite 3.51.3`.
    pub engines: BTreeMap<String, String>,
    /// The actors, in order.
    pub actors: Vec<String>,
    /// The invariants that the verdict will judge.
    pub invariants: Vec<String>,
    /// Sentences about this run that a reader must know, such as a right that the engine did not grant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}
