//! Outages of what cannot be cut: a database without connections, a lock service that the lab does not stand in.

use std::collections::BTreeMap;

use crate::catalog::StrategyCard;
use crate::spec::{DATABASE_OUTAGE_KNOB, Engines, Fault, Hardship, RAFT};

/// Why a database in this process has no outage.
const NO_CONNECTION: &str = "on sqlite the database is a file in this process, so there is no connection to cut; ask for \
                             \"store\": \"postgres\".";

/// Why a node is cut off on one lock service alone.
const NO_LINKS: &str = "that is only on the lock service \"raft\", because only there the lab stands between the nodes; ask for \
                        \"locks\": \"raft\".";

/// What is wrong with the outages that are asked for on these engines, under this strategy.
pub(super) fn faults(
    engine: &Engines,
    strategy: &StrategyCard,
    workload: &BTreeMap<String, u64>,
    hardships: &[Hardship],
) -> Vec<Fault> {
    let mut faults = of_store(engine, workload, hardships);
    let struck =
        hardships.iter().enumerate().filter(|(_, hardship)| matches!(hardship, Hardship::CutNode { .. }));
    let faulty = struck.filter_map(|(place, hardship)| {
        let why = match strategy.leases {
            true if engine.locks == RAFT => return None,
            true => NO_LINKS.to_owned(),
            false => format!(
                "the strategy {} asks no lock service, so there is no node to cut off.",
                strategy.name
            ),
        };
        let field = format!("hardships[{place}].kind");
        Some(Fault { message: format!("{field} is \"{}\"; {why}", hardship.kind()), field })
    });
    faults.extend(faulty);
    faults
}

fn of_store(engine: &Engines, workload: &BTreeMap<String, u64>, hardships: &[Hardship]) -> Vec<Fault> {
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
