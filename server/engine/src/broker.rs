//! The embedded broker: a partitioned log in memory, one for each run. It delivers at least once.
//!
//! A message is handed out under a lease. Acknowledged, it is never handed out again; unacknowledged when the lease
//! runs out, it is. With *shared* consumers everybody takes the next message that is free, so two messages of one key
//! may be in two hands at once. With *partitioned* consumers a key always lies in the same partition, a partition has
//! one consumer, and its next message is handed out only when the one before is acknowledged.
//!
//! What the network does between broker and consumer is simulated, and drawn from the seed by the message's name: a
//! message may be held back, and an acknowledgement may be lost.

use std::sync::{Mutex, MutexGuard, PoisonError};

use lab::dice::Dice;
use lab::event::Message;

/// How long a consumer may keep a message before it is handed out again, in microseconds of run time.
pub const LEASE_US: u64 = 500_000;
/// How long a message that the network holds back is late, in microseconds of run time.
pub const HELD_BACK_US: u64 = 60_000;
/// From this delivery on no acknowledgement is lost, so that every run ends.
const LOSSES_MAX: u64 = 4;
/// The most messages that one run's broker keeps.
pub const MESSAGES_MAX: usize = 200_000;

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
    },
}

/// What the network does, in per cent of the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Network {
    /// Messages that are held back on their way to the consumer.
    pub held_back: u64,
    /// Acknowledgements that are lost on their way to the broker.
    pub lost_acks: u64,
    /// While the broker cannot be reached, in run time: from, to.
    pub outage_us: Option<(u64, u64)>,
}

/// One run's broker.
#[derive(Debug)]
pub struct Broker {
    topology: Topology,
    network: Network,
    dice: Dice,
    /// By how much a live run at a slow pace stretches leases.
    stretch: u64,
    /// For how long an id is known, so that a second publication is dropped; `None` where all are taken.
    window_us: Option<u64>,
    log: Mutex<Vec<Kept>>,
}

/// A message that the broker keeps.
#[derive(Debug)]
struct Kept {
    message: Message,
    /// The entry that published it.
    seq: u64,
    partition: u64,
    offset: u64,
    /// When it was published.
    at_us: u64,
    /// Not handed out before.
    from_us: u64,
    deliveries: u64,
    done: bool,
}

/// Where a message was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The how-many-th time that it is handed out, from 1.
    pub number: u64,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be reached.
    Unreachable,
    /// It took a message of this id within its window.
    Known,
    /// It keeps [`MESSAGES_MAX`] messages already.
    Full,
}

impl Broker {
    /// A broker for one run.
    pub fn new(topology: Topology, network: Network, dice: Dice, stretch: u64) -> Self {
        Self { topology, network, dice, stretch, window_us: None, log: Mutex::default() }
    }

    /// The same broker, which drops a message whose id it took less than so long ago, in microseconds of run time.
    pub fn with_window(self, window_us: u64) -> Self {
        Self { window_us: Some(window_us), ..self }
    }

    /// Keeps a message.
    ///
    /// # Errors
    /// When the broker cannot be reached, or is full.
    pub fn publish(&self, message: &Message, seq: u64, now_us: u64) -> Result<Place, Refused> {
        if self.is_down(now_us) {
            return Err(Refused::Unreachable);
        }
        let mut log = self.lock();
        if log.len() >= MESSAGES_MAX {
            return Err(Refused::Full);
        }
        let knows =
            |kept: &Kept, window_us| kept.message.id == message.id && now_us - kept.at_us <= window_us;
        if self.window_us.is_some_and(|window_us| log.iter().any(|kept| knows(kept, window_us))) {
            return Err(Refused::Known);
        }
        let partition = self.partition(&message.key);
        let offset = log.iter().filter(|kept| kept.partition == partition).count() as u64;
        let is_held =
            self.dice.below(&["held-back", &message.id, &offset.to_string()], 100) < self.network.held_back;
        let from_us = now_us + if is_held { HELD_BACK_US * self.stretch } else { 0 };
        log.push(Kept {
            message: message.clone(),
            seq,
            partition,
            offset,
            at_us: now_us,
            from_us,
            deliveries: 0,
            done: false,
        });
        Ok(Place { partition, offset })
    }

    /// Names the entry that published a message, once it has been written.
    pub fn published_as(&self, place: Place, seq: u64) {
        let at = |kept: &&mut Kept| kept.partition == place.partition && kept.offset == place.offset;
        if let Some(kept) = self.lock().iter_mut().find(at) {
            kept.seq = seq;
        }
    }

    /// What there is for a consumer.
    pub fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        let log = self.lock();
        let open = self.open(&log, consumer).map(|place| log[place].from_us).min();
        match open {
            Some(from_us) if from_us.max(self.up_again(now_us)) <= now_us => Prospect::Ready,
            Some(from_us) => Prospect::At(from_us.max(self.up_again(now_us))),
            None => Prospect::Nothing,
        }
    }

    /// Hands a message out, under a lease.
    pub fn take(&self, consumer: u64, now_us: u64) -> Option<Delivery> {
        if self.is_down(now_us) {
            return None;
        }
        let mut log = self.lock();
        let place = self.open(&log, consumer).find(|&place| log[place].from_us <= now_us)?;
        let kept = &mut log[place];
        kept.deliveries += 1;
        kept.from_us = now_us + LEASE_US * self.stretch;
        Some(Delivery {
            message: kept.message.clone(),
            seq: kept.seq,
            place: Place { partition: kept.partition, offset: kept.offset },
            number: kept.deliveries,
        })
    }

    /// Takes an acknowledgement; false when the network lost it.
    pub fn ack(&self, delivery: &Delivery, now_us: u64) -> bool {
        let name = ["lost-ack", &delivery.message.id, &delivery.number.to_string()];
        let is_lost = delivery.number < LOSSES_MAX && self.dice.below(&name, 100) < self.network.lost_acks;
        if is_lost || self.is_down(now_us) {
            return false;
        }
        let at = |kept: &&mut Kept| {
            kept.partition == delivery.place.partition && kept.offset == delivery.place.offset
        };
        if let Some(kept) = self.lock().iter_mut().find(at) {
            kept.done = true;
        }
        true
    }

    /// When the broker can be reached again; now, if it can be.
    pub fn up_again(&self, now_us: u64) -> u64 {
        match self.network.outage_us {
            Some((from, to)) if (from..to).contains(&now_us) => to,
            _ => now_us,
        }
    }

    fn is_down(&self, now_us: u64) -> bool {
        self.up_again(now_us) != now_us
    }

    /// The messages that may be handed to a consumer, sooner or later, in order.
    fn open<'a>(&'a self, log: &'a [Kept], consumer: u64) -> impl Iterator<Item = usize> + 'a {
        let first_of_partition = |place: &usize| {
            let kept: &Kept = &log[*place];
            !log[..*place].iter().any(|before| before.partition == kept.partition && !before.done)
        };
        let topology = self.topology;
        (0..log.len()).filter(|&place| !log[place].done).filter(move |place| match topology {
            Topology::Shared => true,
            Topology::Partitioned { consumers, .. } => {
                log[*place].partition % consumers.max(1) == consumer && first_of_partition(place)
            }
        })
    }

    /// The same key always lies in the same partition, whatever the seed.
    fn partition(&self, key: &str) -> u64 {
        match self.topology {
            Topology::Shared => 0,
            Topology::Partitioned { partitions, .. } => {
                Dice::new(0).below(&["partition", key], partitions.max(1))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use lab::event::Fields;

    use super::*;

    fn message(id: &str, key: &str) -> Message {
        Message { id: id.into(), key: key.into(), version: 1, body: Fields::new() }
    }

    fn broker(topology: Topology, network: Network) -> Broker {
        Broker::new(topology, network, Dice::new(1), 1)
    }

    #[test]
    fn an_unacknowledged_message_is_handed_out_again_when_its_lease_is_over() {
        let broker = broker(Topology::Shared, Network::default());
        broker.publish(&message("a", "k"), 1, 0).expect("it is there");
        let first = broker.take(0, 0).expect("it is free");
        assert_eq!((first.number, broker.take(1, 10)), (1, None));
        assert_eq!(broker.prospect(1, 10), Prospect::At(LEASE_US));
        let second = broker.take(1, LEASE_US).expect("the lease is over");
        assert_eq!(second.number, 2);
        assert!(broker.ack(&second, LEASE_US));
        assert_eq!(broker.prospect(0, 9 * LEASE_US), Prospect::Nothing);
    }

    #[test]
    fn a_partition_hands_out_one_message_at_a_time_in_order_to_its_own_consumer() {
        let broker = broker(Topology::Partitioned { partitions: 1, consumers: 2 }, Network::default());
        for id in ["a", "b"] {
            broker.publish(&message(id, "k"), 1, 0).expect("it is there");
        }
        assert_eq!(broker.prospect(1, 0), Prospect::Nothing);
        let first = broker.take(0, 0).expect("it is free");
        assert_eq!((first.message.id.as_str(), broker.take(0, 1)), ("a", None));
        assert!(broker.ack(&first, 1));
        assert_eq!(broker.take(0, 2).expect("it is free").message.id, "b");
    }

    #[test]
    fn a_second_publication_is_dropped_within_the_window_and_taken_after_it() {
        let broker = broker(Topology::Shared, Network::default()).with_window(10);
        broker.publish(&message("a", "k"), 1, 0).expect("it is new");
        assert_eq!(broker.publish(&message("a", "k"), 2, 10), Err(Refused::Known));
        assert!(broker.publish(&message("a", "k"), 3, 11).is_ok());
    }

    #[test]
    fn a_broker_that_is_down_takes_nothing_and_hands_nothing_out() {
        let network = Network { outage_us: Some((10, 20)), ..Network::default() };
        let broker = broker(Topology::Shared, network);
        broker.publish(&message("a", "k"), 1, 0).expect("it is up");
        assert_eq!(broker.publish(&message("b", "k"), 2, 10), Err(Refused::Unreachable));
        assert_eq!((broker.take(0, 15), broker.prospect(0, 15)), (None, Prospect::At(20)));
        assert!(broker.take(0, 20).is_some());
    }
}
