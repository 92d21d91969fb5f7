//! What happens to many rows of an outbox at once.

use serde::Deserialize;

/// Rows of the outbox got the same mark, in one statement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Marked {
    /// What their column `state` says now.
    pub state: String,
    /// Their ids, in the order in which they were sent.
    pub rows: Vec<String>,
}
