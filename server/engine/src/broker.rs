//! The broker port: what a run may ask of a message broker. It delivers at least once.
//!
//! A message is handed out under a lease. Acknowledged, it is never handed out again; given back, it comes again after
//! a while; unacknowledged when the lease runs out, it comes again too. What was handed out too often goes to the
//! dead letters. With *shared* consumers everybody takes the next message that is free, so two messages of one key may
//! be in two hands at once. With *partitioned* consumers a key always lies in the same partition, a partition has one
//! consumer, and its next message is handed out only when the one before is acknowledged.
//!
//! Actors reach a broker through the simulated [`network`], which is the same before every broker.

pub mod embedded;
pub mod ledger;
pub mod nats;
pub mod network;
mod topology;
pub mod tray;

use futures::future::BoxFuture;
use lab::event::Message;

use crate::store::PortError;
pub use topology::{Topology, forwarder};
use tray::Tray;

/// How long a consumer may keep a message before it is handed out again, in microseconds of run time.
pub const LEASE_US: u64 = 500_000;
/// The most messages that one run's broker keeps.
pub const MESSAGES_MAX: usize = 300_000;

/// What a run's broker is asked to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How messages are spread.
    pub topology: Topology,
    /// How long a consumer may keep a message, in microseconds of run time.
    pub lease_us: u64,
    /// Whether a partition whose message was in silent hands until its lease ran out goes to the next consumer.
    pub rebalances: bool,
    /// After so many deliveries a message goes to the dead letters; 0 for never.
    pub attempts_max: u64,
    /// For how long an id is known, in microseconds of run time, so that a second publication is dropped; `None` where
    /// all are taken.
    pub window_us: Option<u64>,
}

/// Where a message was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The partition, from 0.
    pub partition: u64,
    /// The place in it, from 0.
    pub offset: u64,
}

/// A message in a consumer's hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// The entry that published it.
    pub seq: u64,
    /// Where it lies.
    pub place: Place,
    /// The how-many-th owner its partition had when it was handed out; 1 where consumers share.
    pub generation: u64,
    /// The how-many-th time that it is handed out, from 1.
    pub number: u64,
    /// The same, counted from its latest redrive.
    pub attempt: u64,
    /// Whether it comes out of the dead letters.
    pub redriven: bool,
}

/// A message that is not handed out any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message.
    pub message: Message,
    /// Where it lay.
    pub place: Place,
    /// How often it was handed out.
    pub deliveries: u64,
    /// Why it is here.
    pub reason: String,
    /// Whether it was redriven before, and came back.
    pub redriven: bool,
}

/// What a consumer gets who asks for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// A message.
    Delivery(Delivery),
    /// Nothing: the message that was next had been handed out too often, and went to the dead letters.
    Dead(DeadLetter),
    /// Nothing yet: the partition was another consumer's, who was silent too long.
    Moved {
        /// The partition.
        partition: u64,
        /// Whose it was; the consumer's number, from 0.
        from: u64,
        /// The how-many-th owner the partition has now.
        generation: u64,
    },
    /// Nothing: the message that was next would be given back for ever, and the lab stops it here.
    Stuck {
        /// The message.
        message: Message,
        /// Where it lies.
        place: Place,
        /// How often it was handed out.
        deliveries: u64,
        /// How many messages wait behind it.
        behind: u64,
    },
}

/// What there is for a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    /// A message can be taken now.
    Ready,
    /// Nothing before this run time.
    At(u64),
    /// Nothing, unless somebody publishes.
    Nothing,
}

/// Why the broker did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be reached.
    Unreachable,
    /// It took a message of this id within its window.
    Known,
    /// It keeps [`MESSAGES_MAX`] messages already.
    Full,
    /// A real broker does not answer.
    Lost(PortError),
}

/// One run's share of a message broker. Times are run times in microseconds.
pub trait Broker: Send + Sync {
    /// The broker and its version, with what a reader of the run must know.
    fn version(&self) -> String;
    /// Keeps a message in a partition, published now; it is not handed out before a later time.
    fn publish<'a>(
        &'a self,
        message: &'a Message,
        partition: u64,
        now_us: u64,
        from_us: u64,
    ) -> BoxFuture<'a, Result<Place, Refused>>;
    /// Names the entry that published a message, once it has been written.
    fn published_as(&self, place: Place, seq: u64);
    /// What there is for a consumer.
    fn prospect(&self, consumer: u64, now_us: u64) -> Prospect;
    /// Hands a message out, under a lease; `None` when there is none yet.
    fn take(&self, consumer: u64, now_us: u64) -> BoxFuture<'_, Result<Option<Taken>, PortError>>;
    /// Takes an acknowledgement.
    fn ack<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), PortError>>;
    /// Takes a message back, to hand it out again from this time on; the dead letter, if that was its last attempt.
    fn nack<'a>(
        &'a self,
        delivery: &'a Delivery,
        again_us: u64,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Option<DeadLetter>, PortError>>;
    /// The dead letters, in the order of their source.
    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetter>, PortError>>;
    /// Publishes a dead letter anew, behind everything that is there.
    fn redrive<'a>(&'a self, letter: &'a DeadLetter, now_us: u64) -> BoxFuture<'a, Result<Place, PortError>>;
    /// Waits until the broker itself says that nothing is open but what is known to be: then a run that is quiet stays
    /// so. A broker with a clock of its own may be a little behind.
    fn settled(&self) -> BoxFuture<'_, Result<(), PortError>>;
    /// The messages in reach of the user's hand; `None` where the lab's network does not hold them.
    fn tray(&self) -> Option<&dyn Tray> {
        None
    }
    /// Removes everything that belongs to the run.
    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>>;
}
