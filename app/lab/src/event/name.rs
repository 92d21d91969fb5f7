//! The name of each event, as journals write it.

use super::Event;

impl Event {
    /// The event's name, as in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Setup { .. } => "setup",
            Self::OperationBegan { .. } => "operation-began",
            Self::TransactionBegan { .. } => "transaction-began",
            Self::Read { .. } => "read",
            Self::Thought { .. } => "thought",
            Self::Locked { .. } => "locked",
            Self::LeaseGranted { .. } => "lease-granted",
            Self::LeaseRefused { .. } => "lease-refused",
            Self::LeaseReleased { .. } => "lease-released",
            Self::FenceRaised { .. } => "fence-raised",
            Self::Fenced { .. } => "fenced",
            Self::Paused { .. } => "paused",
            Self::Wrote { .. } => "wrote",
            Self::Conflict { .. } => "conflict",
            Self::Insufficient { .. } => "insufficient",
            Self::EngineRefused { .. } => "engine-refused",
            Self::Blocked { .. } => "blocked",
            Self::Queued { .. } => "queued",
            Self::RetryPlanned { .. } => "retry-planned",
            Self::Committed => "committed",
            Self::RolledBack => "rolled-back",
            Self::OperationEnded { .. } => "operation-ended",
            Self::Published { .. } => "published",
            Self::Delivered { .. } => "delivered",
            Self::Acked { .. } => "acked",
            Self::AckLost { .. } => "ack-lost",
            Self::Nacked { .. } => "nacked",
            Self::DeadLettered { .. } => "dead-lettered",
            Self::Stuck { .. } => "stuck",
            Self::Redriven { .. } => "redriven",
            Self::NothingThere => "nothing-there",
            Self::Unreachable { .. } => "unreachable",
            Self::Claimed { .. } => "claimed",
            Self::Looked { .. } => "looked",
            Self::Stored { .. } => "stored",
            Self::Crashed => "crashed",
            Self::Restarted => "restarted",
            Self::Departed { .. } => "departed",
            Self::Deadlocked { .. } => "deadlocked",
            Self::Note { .. } => "note",
            Self::FinalRead { .. } => "final-read",
            Self::Interrupted { .. } => "interrupted",
            Self::Verdict(_) => "verdict",
        }
    }
}
