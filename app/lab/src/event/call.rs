//! Calls to services.

use serde::{Deserialize, Serialize};

use super::Fields;

/// A request as it was sent, in place of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// `POST`.
    pub method: String,
    /// `/charges`.
    pub path: String,
    /// The `Idempotency-Key`, if it carried one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The fields of the body.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "super::message::FieldsSchema"))]
    pub body: Fields,
}

impl std::fmt::Display for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
