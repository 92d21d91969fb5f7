//! What events are made of: values, rows, locks, outcomes.

use serde::{Deserialize, Serialize};

/// One statement as it was sent: the template and its bound values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sql {
    /// The text, with placeholders.
    pub text: String,
    /// The values, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// A value in a row or a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// SQL's null.
    Null,
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Null => f.write_str("null"),
        }
    }
}

/// A row by its table and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowRef {
    /// The table's name, without the run's schema.
    pub table: String,
    /// The primary key's value.
    pub key: String,
}

impl std::fmt::Display for RowRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.table, self.key)
    }
}

/// What somebody waits for: a row, or the whole database where the engine has one write lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize), serde(tag = "kind"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lock {
    /// A row's lock.
    Row {
        /// Which row.
        row: RowRef,
    },
    /// The database's one write lock (SQLite).
    Database,
    /// A lock by a name that the application chose.
    Advisory {
        /// The name.
        name: String,
    },
    /// No lock, but the end of every transaction that is open now and has written: a replication slot is made between
    /// transactions.
    OpenTransactions,
}

impl std::fmt::Display for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Row { row } => write!(f, "the row lock of {row}"),
            Self::Database => f.write_str("the database's write lock"),
            Self::Advisory { name } => write!(f, "the advisory lock {name}"),
            Self::OpenTransactions => f.write_str("the end of the transactions that are open"),
        }
    }
}

/// One counter row as a statement returned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counter {
    /// The amount: units in stock, money in an account.
    pub amount: i64,
    /// The row's version, raised by every write that minds versions.
    pub version: i64,
    /// The operation that wrote the row last; `setup` before anybody did.
    pub last_op: String,
}

/// One row of `sales`: written in the transaction of the write that it belongs to. Where each unit is a row of its own,
/// each unit sold is a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sale {
    /// The operation.
    pub operation: String,
    /// The key of the row that was sold from: a product, or one unit of it.
    pub key: String,
    /// Units sold.
    pub quantity: i64,
}

/// A counter row with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CounterRow {
    /// Which row.
    pub row: RowRef,
    /// What it holds.
    #[serde(flatten)]
    pub counter: Counter,
    /// What this row is a part of: the product that it is one unit of, the person who has this account and others; left
    /// out where it stands for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of: Option<RowRef>,
}

/// From what a write took its new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// From an earlier read by the same actor in the same attempt.
    EarlierRead,
    /// From the row itself, inside the writing statement.
    Statement,
}

/// Why an engine said no instead of doing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Somebody else holds the lock and the statement did not want to wait, or waited too long.
    Busy,
    /// The snapshot this transaction reads is older than the latest commit in the database, of whatever row.
    StaleSnapshot,
    /// The row changed since the snapshot, or the engine cannot vouch for a serial order.
    Serialization,
    /// Waiting in a circle; this one was chosen to give way.
    Deadlock,
    /// A rule of the table forbids the new value.
    Constraint,
    /// The row is there already.
    Duplicate,
    /// The statement was cancelled at the server.
    TimedOut,
    /// There is no replication slot of this name.
    SlotGone,
    /// A replication slot of this name is there already.
    SlotThere,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "reason")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done, and the asker was told why.
    Refused(Reason),
    /// Nobody knows: the answer was lost. Never folded into refused.
    Unknown(String),
}

/// Why an operation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Not enough units were left.
    SoldOut,
    /// There was not enough money.
    NotCovered,
    /// A service declined, so the whole of it is cancelled.
    Declined,
    /// The attempts ran out.
    GaveUp,
    /// The engine refused, and the strategy does not try again.
    EngineRefused,
    /// What was to be changed is not there.
    NotThere,
}

/// What an operation asks for, which decides the words of its answer. Its id begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Goods.
    Goods,
    /// That an order be placed.
    Order,
    /// That an order be changed.
    Change,
    /// That money be moved.
    Transfer,
}

impl Asked {
    /// What the operation with this id asks for.
    pub fn of(operation: Option<&str>) -> Self {
        match operation.and_then(|id| id.split_once('-')) {
            // The first event of an order has the order's own name, each further one a number behind it.
            Some(("order", rest)) if rest.contains('.') => Self::Change,
            Some(("order", _)) => Self::Order,
            Some(("transfer", _)) => Self::Transfer,
            _ => Self::Goods,
        }
    }
}

impl Outcome {
    /// The words on screen.
    pub fn words(&self, asked: Asked) -> &'static str {
        match self {
            Self::Done => match asked {
                Asked::Goods => "sold",
                Asked::Order => "placed",
                Asked::Change => "changed",
                Asked::Transfer => "moved",
            },
            Self::Refused(Reason::SoldOut) => "sold out",
            Self::Refused(Reason::NotCovered) => "not covered",
            Self::Refused(Reason::Declined) => "declined",
            Self::Refused(Reason::GaveUp) => "gave up",
            Self::Refused(Reason::EngineRefused) => "turned away",
            Self::Refused(Reason::NotThere) => "not there",
            Self::Unknown(_) => "unknown",
        }
    }
}
