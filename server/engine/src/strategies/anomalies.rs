//! The levels of isolation, and the order of statements in which each anomaly happens wherever it can.

use lab::catalog::PromiseValue;

use super::{About, Cell, Play, Strategy};

registry! {
    "anomalies" in "anomalies", open:
    read_uncommitted,
    read_committed,
    repeatable_read,
    serializable,
}

const POSTGRES: &[&str] = &["postgres"];
const SQLITE: &[&str] = &["sqlite"];
/// Somebody's statement waits for the other's end, and goes on from there.
const WAITS: &str = "prevented by waiting";
/// Reads do not see what was not committed when their snapshot was taken.
const SNAPSHOT: &str = "prevented by a snapshot";
/// Somebody is refused and must begin again.
const ERROR: &str = "prevented by an error";
/// Nothing stands in its way.
const HAPPENS: &str = "happens";

/// One cell of the table.
const fn cell(
    engines: &'static [&'static str],
    invariant: &'static str,
    value: PromiseValue,
    premises: &'static str,
    witness: &'static [&'static str],
) -> Cell {
    Cell { invariant, engines, value, premises, witness }
}

/// The engine has no such level.
const fn no_such_level(invariant: &'static str, premises: &'static str) -> Cell {
    cell(SQLITE, invariant, PromiseValue::NotOnThisEngine, premises, &[])
}

const G0: &[&str] = &[
    "anomaly=1",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/write#1",
    "session-2/write#1",
    "session-1/write#2",
    "session-1/commit#1",
    "session-2/write#2",
    "session-2/commit#1",
];
const G1A: &[&str] = &[
    "anomaly=2",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/write#1",
    "session-2/read#1",
    "session-1/rollback#1",
    "session-2/read#2",
    "session-2/commit#1",
];
const G1B: &[&str] = &[
    "anomaly=3",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/write#1",
    "session-2/read#1",
    "session-1/write#2",
    "session-1/commit#1",
    "session-2/read#2",
    "session-2/commit#1",
];
const G1C: &[&str] = &[
    "anomaly=4",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/write#1",
    "session-2/write#1",
    "session-1/read#1",
    "session-2/read#1",
    "session-1/commit#1",
    "session-2/commit#1",
];
const OTV: &[&str] = &[
    "anomaly=5",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-3/begin#1",
    "session-1/write#1",
    "session-1/write#2",
    "session-2/write#1",
    "session-1/commit#1",
    "session-3/read#1",
    "session-2/write#2",
    "session-3/read#2",
    "session-2/commit#1",
    "session-3/read#3",
    "session-3/commit#1",
];
const PMP: &[&str] = &[
    "anomaly=6",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/read#1",
    "session-2/write#1",
    "session-2/commit#1",
    "session-1/read#2",
    "session-1/commit#1",
];
const P4: &[&str] = &[
    "anomaly=7",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/read#1",
    "session-2/read#1",
    "session-1/write#1",
    "session-2/write#1",
    "session-1/commit#1",
    "session-2/commit#1",
];
const G_SINGLE: &[&str] = &[
    "anomaly=8",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/read#1",
    "session-2/read#1",
    "session-2/read#2",
    "session-2/write#1",
    "session-2/write#2",
    "session-2/commit#1",
    "session-1/read#2",
    "session-1/commit#1",
];
const G2_ITEM: &[&str] = &[
    "anomaly=9",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/read#1",
    "session-1/read#2",
    "session-2/read#1",
    "session-2/read#2",
    "session-1/write#1",
    "session-2/write#1",
    "session-1/commit#1",
    "session-2/commit#1",
];
const G2: &[&str] = &[
    "anomaly=10",
    "session-1/begin#1",
    "session-2/begin#1",
    "session-1/read#1",
    "session-2/read#1",
    "session-1/write#1",
    "session-2/write#1",
    "session-1/commit#1",
    "session-2/commit#1",
];
