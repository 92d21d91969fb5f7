//! What a run's database holds: before anybody moves, and when somebody looks.

use lab::event::{CounterRow, Record, Sale, Sql};

use super::{Counters, Logged, Table};

/// Everything that the store holds, read on a connection of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The counter rows, in key order.
    pub rows: Vec<CounterRow>,
    /// The sales, in operation order.
    pub sales: Vec<Sale>,
    /// The records of the other tables, in table and key order.
    pub records: Vec<Record>,
    /// The SQL that read them.
    pub sql: Vec<Sql>,
}

/// What a run's database holds before anybody moves.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The counter rows, all of one table; without any there is no such table and none of its records.
    pub rows: Vec<CounterRow>,
    /// Whether the counters' table forbids amounts below zero.
    pub never_below_zero: bool,
    /// The other tables, empty.
    pub tables: Vec<&'static Table>,
    /// What of the database's log is read, where a run reads it.
    pub logged: Option<Logged>,
}

impl Layout {
    /// The table of the counter rows; `None` without any.
    pub fn counters(&self) -> Option<&'static Counters> {
        self.rows.first().map(|row| Counters::of(&row.row.table))
    }
}
