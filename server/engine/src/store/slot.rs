//! Replication slots: a place in the database's log, kept by the database itself. Nothing behind it that was committed
//! is thrown away until whoever reads the slot has confirmed it.

use super::Table;

/// What can be asked of the run's slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfSlot {
    /// Make it. It keeps what is committed from now on, and nothing that was committed before.
    Make,
    /// Drop it, and with it the claim on whatever nobody has read.
    Drop,
    /// Read on from the slot without moving it: whole transactions, in the order of their commits.
    Peek {
        /// The table whose new rows are wanted.
        table: &'static Table,
        /// The read ends at the first commit at or behind so many lines of the log.
        lines: u64,
    },
    /// Move the slot behind the transaction that inserted this row, which this connection has peeked at. A slot that
    /// stands farther already stays there.
    Advance {
        /// The row's key.
        behind: String,
    },
}

/// What is read of a database's log.
#[derive(Debug, Clone, Copy)]
pub struct Logged {
    /// The table whose new rows are read; the log's readers see no other.
    pub table: &'static Table,
    /// Whether the slot is there before anybody moves.
    pub has_slot: bool,
}
