//! What a broker does with a message or a partition besides handing it out.

use serde::Deserialize;

/// The broker will not hand this message out any more: it lies with the dead letters.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLettered {
    /// The message's id.
    pub message: String,
    /// The partition it lay in, from 0.
    pub partition: u64,
    /// How often it was handed out.
    pub deliveries: u64,
    /// Why it was given back the last time.
    pub reason: String,
}

/// The broker would hand this message out for ever, and the lab ends that: the message keeps its place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stuck {
    /// The message's id.
    pub message: String,
    /// The partition it lies in, from 0.
    pub partition: u64,
    /// How often it was handed out.
    pub deliveries: u64,
    /// How many messages of its partition wait behind it.
    pub behind: u64,
}

/// A dead letter was published anew, behind everything that was there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Redriven {
    /// The message's id.
    pub message: String,
    /// The partition it lies in now, from 0.
    pub partition: u64,
    /// Its place in the partition, from 0.
    pub offset: u64,
}

/// A consumer was silent for longer than a lease, so its group gave a partition to another one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rebalanced {
    /// The partition, from 0.
    pub partition: u64,
    /// Who had it.
    pub from: String,
    /// Who has it now.
    pub to: String,
    /// The how-many-th owner that is, from 1 for the first.
    pub generation: u64,
}
