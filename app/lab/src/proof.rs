//! What `interleave prove` found out about the promises, as the file `promises.json` keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{Promise, PromiseValue, ScenarioCard};
use crate::spec::Spec;

/// What a cell says that no proof is on file for.
pub const NOT_PROVEN: &str = "declared, not yet proven at length";

/// The file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Proofs {
    /// The catalog's version.
    pub catalog: String,
    /// The program's version.
    pub program: String,
    /// What was proved, cell by cell.
    pub cells: Vec<Proof>,
}

impl Proofs {
    /// The same, where each witness has the knobs that its scenario got since: at their defaults, which are what was
    /// before there was such a knob.
    #[must_use]
    pub fn brought_up_to(mut self, scenarios: &[ScenarioCard]) -> Self {
        for proof in &mut self.cells {
            let scenario = scenarios.iter().find(|scenario| scenario.name == proof.scenario);
            let (Some(scenario), Some(witness)) = (scenario, &mut proof.witness) else { continue };
            for knob in &scenario.knobs {
                witness.workload.entry(knob.name.clone()).or_insert(knob.default);
            }
        }
        self
    }
}

/// What was found out about one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The scenario.
    pub scenario: String,
    /// The strategy.
    pub strategy: String,
    /// The invariant.
    pub invariant: String,
    /// The knobs that the cell is about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub knobs: BTreeMap<String, u64>,
    /// The engine.
    pub engine: String,
    /// What is promised.
    pub value: PromiseValue,
    /// Under which premises.
    pub premises: String,
    /// Whether every run came out as promised.
    pub proved: bool,
    /// The first seed that did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted_by: Option<u64>,
    /// How many seeds were run; a witness is one run.
    pub seeds: u64,
    /// In how many orders of steps, which are all that the smallest run has; nothing where it has too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<u64>,
    /// The engine and its version.
    pub engine_version: String,
    /// The day, UTC, as in 2026-01-31.
    pub date: String,
    /// What shows that it breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Spec>,
}

impl Proof {
    /// Whether it is about this cell of a strategy as it stands in the catalog now.
    pub fn is_about(&self, strategy: &str, cell: &Promise) -> bool {
        let names = (&self.scenario, self.strategy.as_str(), &self.invariant, &self.engine);
        names == (&cell.scenario, strategy, &cell.invariant, &cell.engine)
            && (&self.knobs, self.value, &self.premises) == (&cell.knobs, cell.value, &cell.premises)
            && self.witness == cell.witness
    }

    /// The words beside the promise.
    pub fn words(&self) -> String {
        let Self { seeds, engine_version, date, .. } = self;
        match (self.proved, self.value) {
            (false, _) => format!("contradicted on {engine_version}, {date}"),
            (true, PromiseValue::Breaks) => format!("shown by its witness on {engine_version}, {date}"),
            (true, _) => match self.orders {
                Some(orders) => format!(
                    "tested with {seeds} seeds, and in all {orders} orders of the smallest run, on {engine_version}, {date}"
                ),
                None => format!("tested with {seeds} seeds on {engine_version}, {date}"),
            },
        }
    }
}

/// The day of a time in milliseconds since 1970, UTC, as in 2026-01-31.
pub fn day(ms: u64) -> String {
    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
    let (mut year, mut left) = (1970, ms / DAY_MS);
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_of = |year| if is_leap(year) { 366 } else { 365 };
    while left >= days_of(year) {
        left -= days_of(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < days {
            break;
        }
        left -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", left + 1)
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_day_is_told_through_leap_years() {
        let day_of = |days: u64| day(days * 86_400_000 + 1);
        assert_eq!([0, 58, 59].map(day_of), ["1970-01-01", "1970-02-28", "1970-03-01"]);
        assert_eq!(day_of(365), "1971-01-01");
        assert_eq!(day_of(11_016), "2000-02-29");
        assert_eq!(day_of(20_783), "2026-11-26");
    }
}
