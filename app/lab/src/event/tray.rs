//! What the hand did to a message on its way to a consumer.

use serde::Deserialize;

use crate::hand::TrayAct;

/// A move on the tray. The lab's network did it, not the broker.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tray {
    /// What was done.
    pub act: TrayAct,
    /// The card: the message's id, and from its second card on a number.
    pub card: String,
    /// The message's id.
    pub message: String,
    /// The card before which it was put; behind all others without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// When the broker hands a lost delivery out again, in run time in microseconds, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at_us: Option<u64>,
}
