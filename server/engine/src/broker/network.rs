//! The simulated network between a run's actors and its broker. It is the same before every broker, and what it does
//! is drawn from the seed by the message's name: the same seed hits the same messages everywhere.
//!
//! A message may be held back on its way to the consumer, an acknowledgement may be lost, and for a while the broker
//! may not be reached at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lab::dice::Dice;
use lab::event::Message;

use super::{Broker, DeadLetter, Delivery, Place, Prospect, Refused, Taken, Topology};
use crate::bench::ROUTE;
use crate::outages::Outages;
use crate::store::PortError;

/// How long a message that the network holds back is late, in microseconds of run time.
pub const HELD_BACK_US: u64 = 60_000;
/// From this delivery on no acknowledgement is lost, so that every run ends.
const LOSSES_MAX: u64 = 4;
/// A message that is given back for the first time comes again after this, in microseconds of run time; each further
/// time it takes twice as long.
const AGAIN_MIN_US: u64 = 20_000;
/// It never takes longer than this: a little more than a lease, so that whoever waits for a message in a dead
/// consumer's hand outlasts that.
const AGAIN_MAX_US: u64 = 640_000;

/// What the network does, in per cent of the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Messages that are held back on their way to the consumer.
    pub held_back: u64,
    /// Acknowledgements that are lost on their way to the broker.
    pub lost_acks: u64,
    /// Messages that are published under a wrong key.
    pub wrong_key: u64,
    /// From this run time on there is one partition more.
    pub grows_at_us: Option<u64>,
}

/// One run's network.
pub struct Network {
    broker: Arc<dyn Broker>,
    topology: Topology,
    troubles: Troubles,
    /// When the broker cannot be reached.
    outages: Arc<Outages>,
    dice: Dice,
    /// By how much a live run at a slow pace stretches times.
    stretch: u64,
    /// How often each message was published.
    published: Mutex<HashMap<String, u64>>,
}

/// What became of a message that was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBack {
    /// It comes again after so many microseconds of run time.
    Again(u64),
    /// It was its last attempt.
    Dead(DeadLetter),
    /// The network lost the word; the message comes again when the lease is over.
    Lost,
}

impl Network {
    /// A network before this broker.
    pub fn new(
        broker: Arc<dyn Broker>,
        topology: Topology,
        troubles: Troubles,
        outages: Arc<Outages>,
        dice: Dice,
        stretch: u64,
    ) -> Self {
        Self { broker, topology, troubles, outages, dice, stretch, published: Mutex::default() }
    }

    /// The broker behind it.
    pub fn broker(&self) -> &dyn Broker {
        &*self.broker
    }

    /// Hands a message to the broker.
    ///
    /// # Errors
    /// When the broker cannot be reached, or is full.
    pub async fn publish(&self, message: &Message, now_us: u64) -> Result<Place, Refused> {
        if self.is_down(now_us) {
            return Err(Refused::Unreachable);
        }
        let late_us = if self.holds_back(message) { HELD_BACK_US * self.stretch } else { 0 };
        self.broker.publish(message, self.partition(message, now_us), now_us, now_us + late_us).await
    }

    /// Where messages lie that are to be tried again beside the others.
    pub fn retry_partition(&self) -> Option<u64> {
        self.topology.retry_partition()
    }

    /// Hands a message to the broker a second time, into this partition and to be tried again after a while.
    ///
    /// # Errors
    /// As [`Network::publish`].
    pub async fn publish_again(
        &self,
        message: &Message,
        partition: u64,
        now_us: u64,
    ) -> Result<Place, Refused> {
        if self.is_down(now_us) {
            return Err(Refused::Unreachable);
        }
        let again_us = now_us + AGAIN_MIN_US * self.stretch;
        self.broker.publish(message, partition, now_us, again_us).await
    }

    /// Where a key's messages lie in the second topic; `None` where there is none.
    pub fn second_partition(&self, key: &str) -> Option<u64> {
        self.topology.second_partition(key)
    }

    /// Hands a message on into a partition of the second topic. This hop holds messages back by draws of its own.
    ///
    /// # Errors
    /// As [`Network::publish`].
    pub async fn publish_on(&self, message: &Message, partition: u64, now_us: u64) -> Result<Place, Refused> {
        if self.is_down(now_us) {
            return Err(Refused::Unreachable);
        }
        let is_held = self.dice.below(&["held-back-on", &message.id], 100) < self.troubles.held_back;
        let late_us = if is_held { HELD_BACK_US * self.stretch } else { 0 };
        self.broker.publish(message, partition, now_us, now_us + late_us).await
    }

    /// What there is for a consumer.
    pub fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        let up_us = self.up_again(now_us);
        match self.broker.prospect(consumer, now_us) {
            Prospect::Ready if up_us > now_us => Prospect::At(up_us),
            Prospect::At(from_us) => Prospect::At(from_us.max(up_us)),
            other => other,
        }
    }

    /// Asks the broker for a message.
    ///
    /// # Errors
    /// When a real broker does not answer.
    pub async fn take(&self, consumer: u64, now_us: u64) -> Result<Option<Taken>, PortError> {
        if self.is_down(now_us) {
            return Ok(None);
        }
        self.broker.take(consumer, now_us).await
    }

    /// Sends an acknowledgement; false when the network lost it.
    ///
    /// # Errors
    /// When a real broker does not answer.
    pub async fn ack(&self, delivery: &Delivery, now_us: u64) -> Result<bool, PortError> {
        let name = ["lost-ack", &delivery.message.id, &delivery.number.to_string()];
        let is_lost = delivery.number < LOSSES_MAX && self.dice.below(&name, 100) < self.troubles.lost_acks;
        let by_hand = self.broker.tray().is_some_and(|tray| tray.loses_ack(delivery.place));
        if is_lost || by_hand || self.is_down(now_us) {
            return Ok(false);
        }
        self.broker.ack(delivery).await.map(|()| true)
    }

    /// Gives a message back.
    ///
    /// # Errors
    /// When a real broker does not answer.
    pub async fn nack(&self, delivery: &Delivery, now_us: u64, reason: &str) -> Result<GivenBack, PortError> {
        if self.is_down(now_us) {
            return Ok(GivenBack::Lost);
        }
        let doublings = u32::try_from(delivery.attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait_us = AGAIN_MIN_US.saturating_mul(2_u64.saturating_pow(doublings)).min(AGAIN_MAX_US);
        let wait_us = wait_us * self.stretch;
        let dead = self.broker.nack(delivery, now_us + wait_us, reason).await?;
        Ok(dead.map_or(GivenBack::Again(wait_us), GivenBack::Dead))
    }

    /// The publisher's side decides where a message lies. A wrong key is one that no two messages share.
    fn partition(&self, message: &Message, now_us: u64) -> u64 {
        let is_wrong = self.troubles.wrong_key > 0
            && self.dice.below(&["wrong-key", &message.id], 100) < self.troubles.wrong_key;
        let key = match message.text(ROUTE) {
            _ if is_wrong => &message.id,
            "" => &message.key,
            route => route,
        };
        let more = u64::from(self.troubles.grows_at_us.is_some_and(|at_us| now_us >= at_us));
        self.topology.partition(key, more)
    }

    /// Whether a message is late this time: each publication of it is drawn anew.
    fn holds_back(&self, message: &Message) -> bool {
        if self.troubles.held_back == 0 {
            return false;
        }
        let times = self.count(&message.id).to_string();
        self.dice.below(&["held-back", &message.id, &times], 100) < self.troubles.held_back
    }

    fn count(&self, id: &str) -> u64 {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let times = published.entry(id.to_owned()).or_default();
        *times += 1;
        *times
    }

    /// When the broker can be reached again; now, if it can be.
    fn up_again(&self, now_us: u64) -> u64 {
        self.outages.broker_up_again(now_us)
    }

    fn is_down(&self, now_us: u64) -> bool {
        self.up_again(now_us) != now_us
    }
}
