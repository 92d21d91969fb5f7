//! The words for stages that are chosen one by one, where a strategy leaves the choice to the spec.

use super::Bench;

/// The knob for how a service tells a request that comes again; its values are in the order of [`Recognises`].
pub(crate) const REQUEST_KNOB: &str = "request";
/// The knob for how an order's event gets to the broker; its values are in the order of [`HandsOn`].
pub(crate) const HANDED_ON_KNOB: &str = "handed_on";
/// The knob for queues: 0 one for all consumers, 1 a partition for the events of each order.
pub(crate) const QUEUE_KNOB: &str = "queue";
/// The knob for a consumer's duplicates: 0 nothing, 1 an inbox.
pub(crate) const RECEIPT_KNOB: &str = "receipt";
/// The knob for a consumer's order: 0 as events come, 1 by their versions.
pub(crate) const SEQUENCE_KNOB: &str = "sequence";

/// How a service tells a request that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognises {
    /// Not at all.
    Nothing,
    /// By its key, which is looked up first and written down with the order.
    LookedUp,
    /// By its key, and the customer makes a new one for each try.
    NewKeys,
    /// By its key, which is written down first, in the order's transaction.
    Claimed,
}

/// How an order's event gets to the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandsOn {
    /// Published when the order is committed.
    AfterCommit,
    /// Published before the order is committed.
    BeforeCommit,
    /// A row of the outbox, which a relay sends.
    Outbox,
}

impl Bench {
    /// How the spec wants repeated requests to be told.
    pub fn recognises(&self) -> Recognises {
        match self.spec.knob(REQUEST_KNOB) {
            0 => Recognises::Nothing,
            1 => Recognises::LookedUp,
            2 => Recognises::NewKeys,
            _ => Recognises::Claimed,
        }
    }

    /// How the spec wants events to be handed on.
    pub fn hands_on(&self) -> HandsOn {
        match self.spec.knob(HANDED_ON_KNOB) {
            0 => HandsOn::AfterCommit,
            1 => HandsOn::BeforeCommit,
            _ => HandsOn::Outbox,
        }
    }

    /// Whether the spec wants consumers to have an inbox.
    pub fn has_inbox(&self) -> bool {
        self.spec.knob(RECEIPT_KNOB) > 0
    }

    /// Whether the spec wants consumers to mind versions.
    pub fn minds_versions(&self) -> bool {
        self.spec.knob(SEQUENCE_KNOB) > 0
    }
}
