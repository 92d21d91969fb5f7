//! Read uncommitted: the weakest level of the standard.
//!
//! Idea: the standard allows reads of what nobody has committed. PostgreSQL accepts the name and gives READ COMMITTED: its
//! row versions have no way to show what is not committed (<https://www.postgresql.org/docs/15/transaction-iso.html>).
//! What it promises: on PostgreSQL the same as read committed, cell by cell.
//! How it still fails: as read committed does. SQLite knows the name only for connections that share one cache, which
//! these do not, so it has no such level.

use lab::catalog::PromiseValue::{Breaks, Holds};

use super::{HAPPENS, SNAPSHOT, WAITS, POSTGRES, G0, G1A, G1B, G1C, OTV, PMP, P4, G_SINGLE, G2_ITEM, G2, About, cell, no_such_level};
use crate::bench::{Bench, Halt, Isolation};

const NOT_HERE: &str = "no such level: SQLite has read_uncommitted only for connections that share a cache, and these do not";

/// What it says of itself.
pub const ABOUT: About = About {
    name: "read-uncommitted",
    title: "Read uncommitted",
    idea: "PostgreSQL takes the name and gives READ COMMITTED.",
    costs: "The same as read committed.",
    fails: "As read committed does.",
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
    bench.begin(Isolation::ReadUncommitted).await
}
