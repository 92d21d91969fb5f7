//! The words for messages: publish, receive, acknowledge.

use std::sync::Arc;

use lab::event::{Event, Message, Value};
use lab::spec::Hardship;

use super::{Bench, Delivery, Halt};
use crate::broker::{Prospect, Refused};

/// The field of a message that holds its sender's time in microseconds; before it is sent, by how much the sender's
/// clock is ahead.
pub(crate) const STAMP: &str = "stamp_us";

/// The knob for confirmations that are lost, in per cent of the messages.
const CONFIRMS_KNOB: &str = "lost_confirms";

impl Bench {
    /// Hands a message to the broker; false when the broker cannot be reached, or its confirmation is
    /// lost: then it may be there or not, and the publisher cannot know.
    ///
    /// # Errors
    /// When the process dies, or the broker is full.
    pub async fn publish(&mut self, message: &Message) -> Result<bool, Halt> {
        let mut place = Err(Refused::Unreachable);
        self.about = Some(message.id.clone());
        let mut is_confirmed = true;
        let seq = self
            .act("publish", |bench| {
                let message = stamped(message, bench.now_us);
                place = bench.broker.publish(&message, 0, bench.now_us);
                let event = match place {
                    Ok(place) => {
                        is_confirmed = !bench.loses_confirmation(&message);
                        Event::Published { message, partition: place.partition, offset: place.offset }
                    }
                    Err(Refused::Known) => Event::KnownAlready { message: message.id },
                    Err(_) => Event::Unreachable { port: "broker".into() },
                };
                (event, Vec::new())
            })
            .await?;
        match place {
            Ok(place) => {
                self.broker.published_as(place, seq);
                self.turn.changed();
                if !is_confirmed {
                    self.unconfirmed.clone_from(&message.id);
                    let event = Event::ConfirmLost { message: message.id.clone() };
                    self.turn.note(self.draft(event)).await?;
                }
                Ok(is_confirmed)
            }
            Err(Refused::Known) => Ok(true),
            Err(Refused::Unreachable) => Ok(false),
            Err(Refused::Full) => Err(Halt::Broken(crate::Error::new("the broker keeps no more messages"))),
        }
    }

    /// Whether the broker's confirmation of this publication is lost: because the spec says so, or because the seed
    /// does, which never loses two for one message.
    fn loses_confirmation(&self, message: &Message) -> bool {
        let step = format!("publish#{}", self.steps.get("publish").copied().unwrap_or_default());
        let asked = self.is_asked_at(&step, |hardship| matches!(hardship, Hardship::LostConfirm { .. }));
        let drawn = || self.dice.below(&["lost-confirm", &message.id], 100) < self.spec.knob(CONFIRMS_KNOB);
        asked || self.unconfirmed != message.id && drawn()
    }

    /// The next message for this consumer; `None` when none will come any more.
    pub(crate) async fn receive(&mut self, consumer: u64) -> Result<Option<Delivery>, Halt> {
        self.operation.clear();
        self.attempt = 1;
        loop {
            let until_us = match self.broker.prospect(consumer, self.now_us) {
                Prospect::Ready => {
                    if let Some(delivery) = self.take_message(consumer).await? {
                        return Ok(Some(delivery));
                    }
                    continue;
                }
                Prospect::At(until_us) => Some(until_us),
                Prospect::Nothing => None,
            };
            let (broker, now_us) = (Arc::clone(&self.broker), self.now_us);
            let has_work = move || broker.prospect(consumer, now_us) == Prospect::Ready;
            let woken = self.turn.wait(now_us, until_us, has_work).await?;
            self.now_us = self.now_us.max(woken.at_us);
            if woken.alone && self.broker.prospect(consumer, self.now_us) == Prospect::Nothing {
                return Ok(None);
            }
        }
    }

    async fn take_message(&mut self, consumer: u64) -> Result<Option<Delivery>, Halt> {
        let mut taken = None;
        self.act("receive", |bench| {
            taken = bench.broker.take(consumer, bench.now_us);
            let Some(delivery) = &taken else { return (Event::NothingThere, Vec::new()) };
            bench.operation.clone_from(&delivery.message.id);
            let event = Event::Delivered {
                message: delivery.message.clone(),
                partition: delivery.place.partition,
                offset: delivery.place.offset,
                delivery: delivery.number,
            };
            // In a live run a message may be here before the entry that published it has its number.
            (event, Some(delivery.seq).filter(|seq| *seq > 0).into_iter().collect())
        })
        .await?;
        Ok(taken)
    }

    /// Acknowledges a delivery: the broker need not hand it out again. The acknowledgement may be lost unseen.
    ///
    /// # Errors
    /// When the process dies.
    pub async fn ack(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        self.about = Some(delivery.message.id.clone());
        self.act("ack", |bench| {
            let message = delivery.message.id.clone();
            let taken = bench.broker.ack(delivery, bench.now_us);
            (if taken { Event::Acked { message } } else { Event::AckLost { message } }, Vec::new())
        })
        .await?;
        self.turn.changed();
        Ok(())
    }

    /// Waits before it looks for work again; true when nobody else can do anything any more.
    ///
    /// # Errors
    /// When the run is over.
    pub(crate) async fn poll(&mut self, every_us: u64) -> Result<bool, Halt> {
        let woken = self.turn.poll(self.now_us, every_us * self.turn.stretch()).await?;
        self.now_us = self.now_us.max(woken.at_us);
        Ok(woken.alone)
    }
}

/// The message with its sender's time, if it wants one: run time, and what the sender's clock is ahead.
fn stamped(message: &Message, now_us: u64) -> Message {
    let mut message = message.clone();
    if let Some(Value::Integer(stamp)) = message.body.get_mut(STAMP) {
        *stamp += i64::try_from(now_us).unwrap_or_default();
    }
    message
}
