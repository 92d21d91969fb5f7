//! Serializable: as if the transactions had run one after the other.
//!
//! Idea: PostgreSQL adds to the snapshot that it watches who read what others write (serializable snapshot isolation), and
//! refuses one where a cycle threatens. SQLite's ordinary transaction reads one snapshot, there is one writer, and a
//! snapshot that is out of date is never written from.
//! What it promises: none of these anomalies.
//! How it still fails: it does not, if whoever is refused begins again. It refuses more than it must.

use lab::catalog::PromiseValue::{Holds, Refused};

use super::{ERROR, SNAPSHOT, WAITS, POSTGRES, SQLITE, G0, G1A, G1B, G1C, OTV, PMP, P4, G_SINGLE, G2_ITEM, G2, About, cell};
use crate::bench::{Bench, Halt, Isolation};

/// What it says of itself.
pub const ABOUT: About = About {
    name: "serializable",
    title: "Serializable",
    idea: "The engine refuses whatever it cannot vouch for.",
    costs: "Refused transactions must begin again, some of them needlessly.",
    fails: "Never wrongly: whoever is refused must begin again.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        cell(POSTGRES, "no-dirty-write", Refused, ERROR, G0),
        cell(POSTGRES, "no-aborted-read", Holds, SNAPSHOT, G1A),
        cell(POSTGRES, "no-intermediate-read", Holds, SNAPSHOT, G1B),
        cell(POSTGRES, "no-circular-flow", Refused, ERROR, G1C),
        cell(POSTGRES, "no-vanishing-transaction", Refused, ERROR, OTV),
        cell(POSTGRES, "no-predicate-phantom", Holds, SNAPSHOT, PMP),
        cell(POSTGRES, "no-lost-write", Refused, ERROR, P4),
        cell(POSTGRES, "no-read-skew", Holds, SNAPSHOT, G_SINGLE),
        cell(POSTGRES, "no-write-skew", Refused, ERROR, G2_ITEM),
        cell(POSTGRES, "no-anti-dependency-cycle", Refused, ERROR, G2),
        cell(SQLITE, "no-dirty-write", Holds, WAITS, G0),
        cell(SQLITE, "no-aborted-read", Holds, SNAPSHOT, G1A),
        cell(SQLITE, "no-intermediate-read", Holds, SNAPSHOT, G1B),
        cell(SQLITE, "no-circular-flow", Holds, WAITS, G1C),
        cell(SQLITE, "no-vanishing-transaction", Holds, WAITS, OTV),
        cell(SQLITE, "no-predicate-phantom", Holds, SNAPSHOT, PMP),
        cell(SQLITE, "no-lost-write", Refused, ERROR, P4),
        cell(SQLITE, "no-read-skew", Holds, SNAPSHOT, G_SINGLE),
        cell(SQLITE, "no-write-skew", Refused, ERROR, G2_ITEM),
        cell(SQLITE, "no-anti-dependency-cycle", Refused, ERROR, G2),
    ],
};

/// Opens a transaction.
pub async fn open(bench: &mut Bench) -> Result<(), Halt> {
    bench.begin(Isolation::Serializable).await
}
