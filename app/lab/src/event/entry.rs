//! The entry: one line of a journal.

use std::collections::BTreeMap;

use serde::Deserialize;
#[cfg(not(feature = "page"))]
use serde::Serialize;

use super::{Event, Sql};

/// The most entries that one run may write; a run that reaches it ends as interrupted.
pub const ENTRIES_MAX: u64 = 2_000_000;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// Place in the journal, from 1, without gaps.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub seq: u64,
    /// Run time in microseconds at which the step ended: virtual in scheduled runs, elapsed time in live ones.
    pub at_us: u64,
    /// Elapsed real time in microseconds.
    pub wall_us: u64,
    /// Who did it; `None` for the run itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(description = "Who did it; left out for the run itself."))]
    pub actor: Option<String>,
    /// The step as a choice names it, without the actor: `write#2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Run time at which the step was granted its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_us: Option<u64>,
    /// The operation it belongs to. Where a request came again and was carried out again, that is another operation: its
    /// name is the request's, `~`, and which delivery or try of the request it was (`buyer-1.1~2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Which attempt at the operation, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u64>,
    /// Earlier entries that this one follows from: a conflict names the write that beat it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<u64>,
    /// What happened.
    pub event: Event,
    /// The SQL that really ran, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sql: Vec<Sql>,
    /// What two runs of the same spec need not share: pids, server messages, durations, connection names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, String>,
}
