//! The store port: what an actor may ask of a database, and what comes back.
//!
//! Statements are data, so that the trace shows what ran and the contract suite can ask every adapter the same
//! questions. Only the adapters below know SQL, a dialect or a driver's error.

pub mod cable;
pub mod counters;
mod layout;
pub mod postgres;
mod records;
pub mod slot;
pub mod sqlite;
pub mod table;

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use lab::event::{Counter, CounterRow, Effect, Lock, Record, Refusal, RowRef, Sale, Sql};

pub use counters::Counters;
pub use layout::{Contents, Layout};
pub use slot::{Logged, OfSlot};
pub use table::{Claim, Column, Mark, Put, Table, WhenThere, Which};

/// One thing to ask of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// Open a transaction.
    Begin {
        /// How well it is isolated from others.
        isolation: Isolation,
    },
    /// Commit the open transaction.
    Commit,
    /// Roll the open transaction back.
    Rollback,
    /// Read a counter row.
    Read {
        /// Which row.
        row: RowRef,
        /// Whether the row is locked against other writers until the transaction ends.
        for_update: bool,
    },
    /// Read the first unit of a product that is not sold, where each unit is a row of its own.
    Find {
        /// Which product.
        product: RowRef,
        /// Only units whose key comes after this one.
        after: Option<String>,
        /// What becomes of units that somebody else has locked.
        locking: Locking,
    },
    /// Take a lock by a name that the application chose, until the transaction ends.
    TakeLock {
        /// The name.
        name: String,
    },
    /// Notify whoever listens, when the transaction commits.
    Notify,
    /// Set a counter row to a value computed before, and record the sale in the same transaction.
    Write {
        /// Which row.
        row: RowRef,
        /// The new amount.
        amount: i64,
        /// Under which condition.
        guard: Guard,
        /// The sale that goes with it.
        sale: Sale,
    },
    /// Raise a counter row's fence to a token and read the row, unless its fence is as high or higher already.
    RaiseFence {
        /// Which row.
        row: RowRef,
        /// The token.
        token: i64,
        /// Whether a fence that is at the token already is passed too.
        or_equal: bool,
    },
    /// Take units from a counter row inside the statement, and record the sale in the same transaction.
    Take {
        /// Which row.
        row: RowRef,
        /// Write only if that many are left.
        guarded: bool,
        /// The sale that goes with it; its quantity is taken.
        sale: Sale,
    },
    /// Read counter rows in one statement, by a condition on their amount.
    Select {
        /// Of which table.
        table: &'static str,
        /// Only amounts that are a multiple of this.
        multiple_of: Option<i64>,
    },
    /// Insert a counter row.
    Insert {
        /// Which row.
        row: RowRef,
        /// Its amount.
        amount: i64,
        /// The operation that it is stamped with.
        operation: String,
    },
    /// Read a record, without locking it.
    Look {
        /// Which row.
        row: RowRef,
    },
    /// Write a record.
    Put(Put),
    /// Remove the records of a table whose column is below a number.
    Prune {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
        /// Below this.
        before: i64,
    },
    /// Remove a record.
    Remove {
        /// Which row.
        row: RowRef,
    },
    /// Read the records that wait in a table, in the table's own order.
    Waiting {
        /// Which table.
        table: &'static Table,
        /// Which of its records wait.
        which: Which,
        /// At most so many.
        limit: u64,
        /// What becomes of records that somebody else has locked.
        locking: Locking,
    },
    /// Mark records that wait as taken, and read them, in one statement.
    Claim {
        /// Which table.
        table: &'static Table,
        /// Which of its records wait.
        which: Which,
        /// At most so many.
        limit: u64,
        /// The mark.
        claim: Claim,
    },
    /// Mark several records.
    Mark(Mark),
    /// Ask something of the run's replication slot.
    Slot(OfSlot),
}

impl Statement {
    /// What the statement is about, in words: `stock sku-001`. `None` for those about a whole transaction or table.
    pub fn subject(&self) -> Option<String> {
        match self {
            Self::Read { row, .. }
            | Self::Write { row, .. }
            | Self::RaiseFence { row, .. }
            | Self::Take { row, .. }
            | Self::Look { row } => Some(row.to_string()),
            Self::Find { product, .. } => Some(product.to_string()),
            Self::TakeLock { name } => Some(name.clone()),
            Self::Put(put) => Some(put.row.to_string()),
            _ => None,
        }
    }
}

/// The condition of a write. Where it is not met, nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// None: the write replaces whatever is there.
    Nothing,
    /// The row still has this version.
    Version(i64),
    /// The row's fence is at most this token; the write raises it to the token.
    FenceUpTo(i64),
    /// The row's fence is this token.
    FenceAt(i64),
}

impl Guard {
    /// The number that the statement is sent with.
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Self::Nothing => None,
            Self::Version(number) | Self::FenceUpTo(number) | Self::FenceAt(number) => Some(number),
        }
    }

    /// The condition in SQL, to follow another; the number is bound at this place.
    pub(crate) fn condition(self, place: usize) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Version(_) => format!(" and version = ${place}"),
            Self::FenceUpTo(_) => format!(" and fence <= ${place}"),
            Self::FenceAt(_) => format!(" and fence = ${place}"),
        }
    }

    /// What else is set, to follow another assignment.
    pub(crate) fn assignment(self, place: usize) -> String {
        match self {
            Self::FenceUpTo(_) => format!(", fence = ${place}"),
            _ => String::new(),
        }
    }
}

/// How a transaction is opened. Where an engine has no such level, its nearest one is named in the trace, or the
/// strategy is not on this engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// As the engine does when nothing is said.
    Standard,
    /// The weakest level of the standard.
    ReadUncommitted,
    /// One snapshot for the whole transaction.
    RepeatableRead,
    /// As if the transactions ran one after the other.
    Serializable,
    /// The engine's way to be the only writer from the start, where it has no row locks; else as standard.
    ToWrite,
}

/// What a read does about locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locking {
    /// It takes none, and minds nobody's.
    None,
    /// It locks what it returns, and passes over what somebody else has locked.
    SkipLocked,
    /// It locks what it returns, and waits for what somebody else has locked.
    Wait,
}

/// A lock that a statement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Which lock.
    pub lock: Lock,
    /// Whether the statement waits when the lock is taken, or is refused at once.
    pub waits: bool,
}

/// What a statement gave back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The SQL that really ran, in order.
    pub sql: Vec<Sql>,
    /// The row as read, as written, or, after a conditional write that wrote nothing, as it was found.
    pub row: Option<Counter>,
    /// For [`Statement::Select`]: the rows.
    pub rows: Vec<CounterRow>,
    /// For [`Statement::Find`]: which row that is.
    pub found: Option<RowRef>,
    /// For writes: the operation whose write was replaced; `None` when nothing was written.
    pub overwrote: Option<String>,
    /// For [`Statement::Put`] and [`Statement::Remove`]: what became of the record.
    pub effect: Option<Effect>,
    /// The records as the engine returned them.
    pub records: Vec<Record>,
    /// What two runs need not share.
    pub raw: BTreeMap<String, String>,
}

impl Answer {
    /// The answer to [`Statement::Find`].
    fn of_find(sql: Vec<Sql>, found: Option<(RowRef, Counter)>) -> Self {
        let (found, row) = found.unzip();
        Self { sql, found, row, ..Self::default() }
    }
}

/// Why a statement gave nothing back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The engine said no instead of doing wrong.
    #[error("refused with {code}: {message}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The engine's code.
        code: String,
        /// The engine's words.
        message: String,
        /// Whether asking again, unchanged, once the lock is free is the same as having waited.
        may_wait: bool,
        /// What had run by then.
        sql: Vec<Sql>,
    },
    /// The connection was lost before the answer: nobody knows what happened.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The lab made a mistake.
    #[error("{0}")]
    Broken(String),
}

/// One actor's own connection.
pub trait Session: Send {
    /// Runs a statement to its end.
    fn run<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Answer, PortError>>;
    /// The lock that a statement needs; `None` if it needs none.
    fn need(&self, statement: &Statement) -> Option<Need>;
    /// Whether a transaction is open.
    fn in_transaction(&self) -> bool;
    /// How a transaction of this isolation is opened here, in the engine's words.
    fn begin_mode(&self, isolation: Isolation) -> &'static str;
    /// Breaks the connection off without a word, as a dying process does: what is open is not committed.
    fn break_off(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// Who waits inside the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The waiting actor's number.
    pub actor: usize,
    /// The numbers of the actors it waits for.
    pub by: Vec<usize>,
    /// For how long it has waited, in microseconds.
    pub for_us: u64,
}

/// Sees who waits inside the engine, on a connection of its own.
pub trait LockWatch: Send {
    /// All actors of this run that wait now.
    fn waiting(&mut self) -> BoxFuture<'_, Result<Vec<Waiting>, PortError>>;
    /// How long a wait must have lasted before nothing but a release can end it, in microseconds: the engine's
    /// deadlock time-out and a margin.
    fn settled_after_us(&self) -> u64;
}

/// Hears the notifications of a run, on a connection of its own. What is sent while nobody listens is never heard.
pub trait Listener: Send {
    /// Whether a notification has come since it was asked last. All that were committed by now are heard.
    fn heard(&mut self) -> BoxFuture<'_, Result<bool, PortError>>;
    /// Waits for the next notification.
    fn wait(&mut self) -> BoxFuture<'_, Result<(), PortError>>;
}

impl PortError {
    /// The same, after one more statement that ran because of it.
    fn and_ran(mut self, ended_by: Sql) -> Self {
        if let Self::Refused { sql, .. } = &mut self {
            sql.push(ended_by);
        }
        self
    }
}

/// One run's own database.
pub trait Ground: Send + Sync {
    /// The engine and its version: `SQLite 3.51.3`.
    fn version(&self) -> String;
    /// Sentences about this engine that a reader of the run must know.
    fn remarks(&self) -> Vec<String>;
    /// Makes the tables and rows. Returns the SQL that made them; what makes a slot is not among it.
    fn set_up<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Vec<Sql>, PortError>>;
    /// A connection for an actor. Actors must be numbered from 0 and opened in order. One who had a connection that
    /// broke off gets a new one, as soon as the engine has noticed.
    fn session<'a>(
        &'a self,
        number: usize,
        actor: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, PortError>>;
    /// Somebody who listens from now on.
    fn listener(&self) -> BoxFuture<'_, Result<Box<dyn Listener>, PortError>>;
    /// The watch; `None` where no statement ever waits inside the engine.
    fn watch(&self) -> BoxFuture<'_, Result<Option<Box<dyn LockWatch>>, PortError>>;
    /// Reads everything.
    fn contents<'a>(&'a self, layout: &'a Layout) -> BoxFuture<'a, Result<Contents, PortError>>;
    /// The way of the actors to it; `None` where it cannot be cut, because it is in this process or nobody asked.
    fn cable(&self) -> Option<std::sync::Arc<dyn cable::Cable>> {
        None
    }
    /// Drops everything that belongs to the run.
    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>>;
}
