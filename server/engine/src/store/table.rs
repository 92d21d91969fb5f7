//! Tables of records: their shape, and the ways to write one. A scenario names its tables; an adapter makes them.

use lab::event::{Fields, RowRef};

/// The column of a table's key, a text.
pub const KEY: &str = "id";
/// The column that numbers the rows of a numbered table, in the order in which the engine handed the numbers out.
pub const PLACE: &str = "place";

/// A table. Its key is the text column `id`.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The name.
    pub name: &'static str,
    /// Its further columns.
    pub columns: &'static [(&'static str, Column)],
    /// Whether the engine numbers the rows as they are inserted, in the column `place`.
    pub numbered: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Whole numbers.
    Integer,
    /// Texts.
    Text,
}

/// Which records of a table wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those whose column `state` says this.
    State(&'static str),
    /// Some of these: of this `key` alone, and none that comes after a row of its own `key` in this other `state`.
    Free {
        /// What the column `state` says.
        state: &'static str,
        /// The key, or any.
        key: Option<String>,
        /// The state of the row that holds up all later ones of its key.
        not_behind: Option<&'static str>,
    },
    /// Those that were numbered after this one.
    After(i64),
    /// Those whose column holds this text.
    Holding(&'static str, String),
}

/// One record to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Which row.
    pub row: RowRef,
    /// What it is to hold. Columns that are not named keep what they hold, or are not set.
    pub fields: Fields,
    /// What happens when the row is there.
    pub when_there: WhenThere,
}

/// What happens to a row that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhenThere {
    /// The engine refuses: the key is taken.
    Refuse,
    /// It is left alone.
    Leave,
    /// It is overwritten.
    Overwrite(Overwrite),
    /// It is changed; a row that is not there is not made.
    Change,
    /// It is changed as [`Overwrite`] says, whatever its conditions; a row that is not there is not made.
    Revise(Overwrite),
    /// It is changed if this column holds this number; else nothing is written.
    ChangeIf(&'static str, i64),
    /// The same, adding to some columns and keeping others' old values.
    Advance(&'static str, i64, Overwrite),
}

/// Whoever takes records that wait leaves a mark on them, in the columns `claimed_by` and `until_us`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who takes them.
    pub by: String,
    /// Only those whose earlier mark has run out at this run time, in microseconds.
    pub now_us: i64,
    /// The mark runs out at this one.
    pub until_us: i64,
}

/// Several records get the same text into their column `state`. Those that are not there are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Of which table.
    pub table: &'static str,
    /// What the column says then.
    pub state: &'static str,
    /// Their keys.
    pub keys: Vec<String>,
}

/// How a row is overwritten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overwrite {
    /// Only if the new value of this column is higher.
    pub if_higher: Option<&'static str>,
    /// Only if the first column, as it is, is not above the second as it would be.
    pub if_passed: Option<(&'static str, &'static str)>,
    /// Columns to which the new value is added.
    pub add: &'static [&'static str],
    /// Columns whose old value is kept in another one: `(from, to)`.
    pub keep: &'static [(&'static str, &'static str)],
}
