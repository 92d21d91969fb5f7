//! How messages are spread: over partitions, over topics, over consumers.

use lab::dice::Dice;

/// Behind a first topic's partitions lies one that may be added in the middle of the run, and one for what is tried
/// again.
const FIRST_TOPIC_MORE: u64 = 2;

/// The number of a forwarder, who takes messages beside so many consumers.
pub fn forwarder(consumers: u64) -> u64 {
    consumers.max(1)
}

/// How messages are spread over consumers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// One queue; every consumer takes what is next.
    Shared,
    /// By key: one consumer for each partition, one message of it at a time.
    Partitioned {
        /// How many partitions.
        partitions: u64,
        /// How many consumers.
        consumers: u64,
        /// Whether a forwarder takes everything from these partitions and publishes it on into a second topic of as
        /// many, which is what the consumers read.
        second_hop: bool,
    },
}

impl Topology {
    /// Where a key's messages lie, among so many partitions more: the same key always in the same, whatever the seed.
    pub fn partition(self, key: &str, more: u64) -> u64 {
        match self {
            Self::Shared => 0,
            Self::Partitioned { partitions, .. } => {
                Dice::new(0).below(&["partition", key], (partitions + more).max(1))
            }
        }
    }

    /// Where messages lie that are to be tried again beside the others; `None` where nothing waits behind anything.
    pub fn retry_partition(self) -> Option<u64> {
        match self {
            Self::Shared => None,
            // The one before it may be added in the middle of the run.
            Self::Partitioned { partitions, .. } => Some(partitions + 1),
        }
    }

    /// Where a key's messages lie in the second topic; `None` where there is none.
    pub fn second_partition(self, key: &str) -> Option<u64> {
        match self {
            Self::Partitioned { partitions, second_hop: true, .. } => {
                Some(partitions + FIRST_TOPIC_MORE + self.partition(key, 0))
            }
            _ => None,
        }
    }

    /// How many partitions there may be, those of every topic together.
    pub fn partitions_max(self) -> u64 {
        match self {
            Self::Shared => 1,
            Self::Partitioned { partitions, second_hop, .. } => {
                let second = if second_hop { partitions } else { 0 };
                partitions + FIRST_TOPIC_MORE + second
            }
        }
    }

    /// Whose a partition is at first. The forwarder has the number behind the last consumer's.
    pub fn first_owner(self, partition: u64) -> u64 {
        match self {
            Self::Shared => 0,
            Self::Partitioned { partitions, consumers, second_hop: true } if partition <= partitions => {
                forwarder(consumers)
            }
            Self::Partitioned { consumers, .. } => partition % consumers.max(1),
        }
    }

    /// To whom a partition goes whose owner was silent for a lease. There is one forwarder alone, who keeps his.
    pub fn owner_after(self, owner: u64) -> u64 {
        match self {
            Self::Partitioned { consumers, .. } if owner < consumers => (owner + 1) % consumers.max(1),
            _ => owner,
        }
    }
}
