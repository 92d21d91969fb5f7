//! Outages of a database that has no connections to cut.

use std::collections::BTreeMap;

use crate::spec::{DATABASE_OUTAGE_KNOB, Engines, Fault, Hardship};

/// Why a database in this process has no outage.
const NO_CONNECTION: &str = "on sqlite the database is a file in this process, so there is no connection to cut; ask for \
                             \"store\": \"postgres\".";

/// What is wrong with the outages that are asked for on this store.
pub(super) fn faults(
    engine: &Engines,
    workload: &BTreeMap<String, u64>,
    hardships: &[Hardship],
) -> Vec<Fault> {
    if engine.store != "sqlite" {
        return Vec::new();
    }
    let lasts = workload.get(DATABASE_OUTAGE_KNOB).copied().filter(|ms| *ms > 0);
    let lasts = lasts.map(|ms| {
        let field = format!("workload.{DATABASE_OUTAGE_KNOB}");
        Fault { message: format!("{field} is {ms}; it must be 0 here: {NO_CONNECTION}"), field }
    });
    let struck =
        hardships.iter().enumerate().filter(|(_, hardship)| matches!(hardship, Hardship::CutDatabase { .. }));
    let struck = struck.map(|(place, hardship)| {
        let field = format!("hardships[{place}].kind");
        Fault {
            message: format!("{field} is \"{}\"; it is not on this engine: {NO_CONNECTION}", hardship.kind()),
            field,
        }
    });
    lasts.into_iter().chain(struck).collect()
}
