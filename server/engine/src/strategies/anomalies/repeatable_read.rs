//! Repeatable read: in PostgreSQL, snapshot isolation.
//!
//! Idea: the whole transaction reads what was committed at its first statement, and a write of a row that has changed
//! since is refused with 40001.
//! What it promises: more than the standard asks of this name: no phantoms, no lost updates, no read skew.
//! How it still fails: what is only read is not compared. Two transactions may both commit though neither order of them
//! would have come to this: write skew, on rows (G2-item) and on conditions (G2).

use lab::catalog::PromiseValue::{Breaks, Holds, Refused};

use super::{ERROR, HAPPENS, SNAPSHOT, POSTGRES, G0, G1A, G1B, G1C, OTV, PMP, P4, G_SINGLE, G2_ITEM, G2, About, cell, no_such_level};
use crate::bench::{Bench, Halt, Isolation};

const NOT_HERE: &str = "no such level: every transaction in SQLite's WAL mode reads one snapshot and is serializable";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "repeatable-read",
    title: "Repeatable read",
    idea: "The transaction reads one snapshot; a write over what changed since is refused.",
    costs: "Refused transactions must begin again.",
    fails: "Write skew: what was read and not written is not compared.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        cell(POSTGRES, "no-dirty-write", Refused, ERROR, G0),
        cell(POSTGRES, "no-aborted-read", Holds, SNAPSHOT, G1A),
        cell(POSTGRES, "no-intermediate-read", Holds, SNAPSHOT, G1B),
        cell(POSTGRES, "no-circular-flow", Holds, SNAPSHOT, G1C),
        cell(POSTGRES, "no-vanishing-transaction", Refused, ERROR, OTV),
        cell(POSTGRES, "no-predicate-phantom", Holds, SNAPSHOT, PMP),
        cell(POSTGRES, "no-lost-write", Refused, ERROR, P4),
        cell(POSTGRES, "no-read-skew", Holds, SNAPSHOT, G_SINGLE),
        cell(POSTGRES, "no-write-skew", Breaks, HAPPENS, G2_ITEM),
        cell(POSTGRES, "no-anti-dependency-cycle", Breaks, HAPPENS, G2),
        no_such_level("no-dirty-write", NOT_HERE),
        no_such_level("no-aborted-read", NOT_HERE),
        no_such_level("no-intermediate-read", NOT_HERE),
        no_such_level("no-circular-flow", NOT_HERE),
        no_such_level("no-vanishing-transaction", NOT_HERE),
        no_such_level("no-predicate-phantom", NOT_HERE),
        no_such_level("no-lost-write", NOT_HERE),
        no_such_level("no-read-skew", NOT_HERE),
        no_such_level("no-write-skew", NOT_HERE),
        no_such_level("no-anti-dependency-cycle", NOT_HERE),
    ],
};

/// Opens a transaction.
pub async fn open(bench: &mut Bench) -> Result<(), Halt> {
    bench.begin(Isolation::RepeatableRead).await
}
