//! Messages, and records: rows of any table, by column.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::{RowRef, Value};

/// Values by column, or by a message's field: a sorted list, because there are few, and a tree's node is ten times larger.
pub type Fields = LiteMap<String, Value>;
/// What they are in the journal's schema.
#[cfg(feature = "schema")]
pub type FieldsSchema = std::collections::BTreeMap<String, Value>;

/// Fields as an object, empty ones too: the list's own serialization makes an empty one an array.
///
/// # Errors
/// When the serializer has any.
pub fn as_object<S: serde::Serializer>(fields: &Fields, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter())
}

/// The same where there may be none.
///
/// # Errors
/// As [`as_object`].
#[cfg(not(feature = "page"))]
pub fn as_object_or_null<S: serde::Serializer>(
    fields: &Option<Fields>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match fields {
        Some(fields) => as_object(fields, serializer),
        None => serializer.serialize_none(),
    }
}

/// What a publisher hands to the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its id, the same however often it is sent or delivered.
    pub id: String,
    /// What it is about: messages of one key have an order.
    pub key: String,
    /// Its place among the messages of its key, from 1, given by the source.
    pub version: u64,
    /// What it says.
    #[serde(serialize_with = "as_object")]
    #[cfg_attr(feature = "schema", schemars(with = "FieldsSchema"))]
    pub body: Fields,
}

impl Message {
    /// A whole number of the body; 0 if there is none by this name.
    pub fn number(&self, field: &str) -> i64 {
        match self.body.get(field) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        }
    }

    /// A text of the body; empty if there is none by this name.
    pub fn text(&self, field: &str) -> &str {
        match self.body.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }
}

/// A row of any table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// Which row.
    pub row: RowRef,
    /// What it holds, without its key.
    #[serde(serialize_with = "as_object")]
    #[cfg_attr(feature = "schema", schemars(with = "FieldsSchema"))]
    pub fields: Fields,
}

impl Record {
    /// A whole number; 0 if there is none in this column.
    pub fn number(&self, column: &str) -> i64 {
        match self.fields.get(column) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        }
    }

    /// A text; empty if there is none in this column.
    pub fn text(&self, column: &str) -> &str {
        match self.fields.get(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }
}

/// What a write did to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// There was no such row; now there is.
    Inserted,
    /// The row was there and holds something else now.
    Updated,
    /// The row was there, and the statement's own condition left it alone.
    Unchanged,
    /// The row was there, and is gone.
    Removed,
}
