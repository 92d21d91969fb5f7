//! Read committed: PostgreSQL's default.
//!
//! Idea: each statement reads what was committed when it began. A writer waits for the row's other writer, and then goes
//! on from what that one left.
//! What it promises: nobody reads what was not committed, and writes of two transactions do not mix.
//! How it still fails: two statements of one transaction read two different moments. Whatever was read may be gone by the
//! time of the write: phantoms, lost updates, read skew and write skew all happen without an error.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{HAPPENS, SNAPSHOT, WAITS, POSTGRES, G0, G1A, G1B, G1C, OTV, PMP, P4, G_SINGLE, G2_ITEM, G2, About, cell, no_such_level};
use crate::bench::{Bench, Halt, Isolation};

const NOT_HERE: &str = "no such level: every transaction in SQLite's WAL mode reads one snapshot and is serializable";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "read-committed",
    title: "Read committed",
    idea: "Each statement reads what was committed when it began.",
    costs: "Writers of one row wait for each other.",
    fails: "Whatever was read may have changed by the next statement.",
    retries: false,
    never_below_zero: false,
    by_key: false,
    leases: false,
    trial: &[],
    promises: &[
        cell(POSTGRES, "no-dirty-write", Holds, WAITS, G0),
        cell(POSTGRES, "no-aborted-read", Holds, SNAPSHOT, G1A),
        cell(POSTGRES, "no-intermediate-read", Holds, SNAPSHOT, G1B),
        cell(POSTGRES, "no-circular-flow", Holds, SNAPSHOT, G1C),
        cell(POSTGRES, "no-vanishing-transaction", Holds, WAITS, OTV),
        cell(POSTGRES, "no-predicate-phantom", Breaks, HAPPENS, PMP),
        cell(POSTGRES, "no-lost-write", Breaks, HAPPENS, P4),
        cell(POSTGRES, "no-read-skew", Breaks, HAPPENS, G_SINGLE),
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
    bench.begin(Isolation::Standard).await
}
