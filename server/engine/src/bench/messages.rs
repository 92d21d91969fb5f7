//! The words for messages: publish, receive, acknowledge, give back, redrive.

use std::sync::Arc;

use lab::event::{DeadLettered, Event, Message, Rebalanced, Redriven, Stuck, Value};
use lab::spec::Hardship;

use super::{Bench, Delivery, Halt};
use crate::Error;
use crate::broker::network::GivenBack;
use crate::broker::{DeadLetter, Place, Prospect, Refused, Taken};
use crate::recorder::Draft;
use crate::schedule::message::Held;
use crate::store::PortError;

/// The field of a message that holds its sender's time in microseconds; before it is sent, by how much the sender's
/// clock is ahead.
pub(crate) const STAMP: &str = "stamp_us";
/// The field of a poison message: what it says is written in a way that no consumer reads yet.
const POISON: &str = "poison";
/// The knob for messages that the seed poisons, in per cent.
const POISON_KNOB: &str = "poisoned";
/// Why a poison message is given back.
const UNREADABLE: &str = "cannot be read";
/// The field of a message that decides its partition instead of its key.
pub(crate) const ROUTE: &str = "routed_by";
/// The knob for events whose first handling fails, in per cent.
const FAILURES_KNOB: &str = "failures";
/// The knob for what becomes of them: 1 for a retry topic.
const RETRY_TOPIC_KNOB: &str = "retry_topic";
/// The knob for a forwarder between two topics; its values are no second hop, by the order, and this one: by the step.
pub(crate) const SECOND_HOP_KNOB: &str = "second_hop";
const BY_STEP: u64 = 2;
/// Why a forwarder gives an event back.
const NOT_FORWARDED: &str = "the second topic could not be reached";
/// Why such an event is given back.
const FAILED: &str = "something that its handling needs did not answer";
/// The knob for confirmations that are lost, in per cent of the messages.
const CONFIRMS_KNOB: &str = "lost_confirms";

impl Bench {
    /// Hands a message to the broker; false when the broker cannot be reached, or its confirmation is
    /// lost: then it may be there or not, and the publisher cannot know.
    ///
    /// # Errors
    /// When the process dies, or the broker is full.
    pub async fn publish(&mut self, message: &Message) -> Result<bool, Halt> {
        self.about = Some(message.id.clone());
        let mut draft = self.come_to("publish", None).await?;
        let step = draft.step.clone().unwrap_or_default();
        let message = self.poisoned(stamped(message, self.now_us), &step);
        let place = match self.network.publish(&message, self.now_us).await {
            Ok(place) => Ok(place),
            Err(Refused::Full) => return Err(Halt::Broken(Error::new("the broker keeps no more messages"))),
            Err(Refused::Lost(error)) => return Err(silent(error)),
            Err(refused) => Err(refused),
        };
        let id = message.id.clone();
        draft.event = match &place {
            Ok(place) => Event::Published { message, partition: place.partition, offset: place.offset },
            Err(Refused::Known) => Event::KnownAlready { message: message.id },
            Err(_) => Event::Unreachable { port: "broker".into() },
        };
        let seq = self.turn.answered(draft, Held::Same).await?;
        match place {
            Ok(place) => {
                self.network.broker().published_as(place, seq);
                self.turn.changed();
                self.confirm(id, &step).await
            }
            Err(refused) => Ok(refused == Refused::Known),
        }
    }

    /// Whether the publisher learns that the broker has its message.
    async fn confirm(&mut self, message: String, step: &str) -> Result<bool, Halt> {
        if !self.loses_confirmation(&message, step) {
            return Ok(true);
        }
        self.unconfirmed.clone_from(&message);
        self.turn.note(self.draft(Event::ConfirmLost { message })).await?;
        Ok(false)
    }

    /// The message as it is, or made unreadable, because the spec or the seed says so.
    fn poisoned(&self, mut message: Message, step: &str) -> Message {
        let asked = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::Poison { .. }));
        if asked || self.draws(POISON_KNOB, &["poison", &message.id]) {
            message.body.insert(POISON.into(), Value::Integer(1));
        }
        message
    }

    /// Whether the broker's confirmation of this publication is lost: because the spec says so, or because the seed
    /// does, which never loses two for one message.
    fn loses_confirmation(&self, message: &str, step: &str) -> bool {
        let asked = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::LostConfirm { .. }));
        let drawn = || self.draws(CONFIRMS_KNOB, &["lost-confirm", message]);
        asked || self.unconfirmed != message && drawn()
    }

    /// The next message for this consumer; `None` when none will come any more.
    pub(crate) async fn receive(&mut self, consumer: u64) -> Result<Option<Delivery>, Halt> {
        self.operation.clear();
        self.attempt = 1;
        loop {
            let seen = self.network.prospect(consumer, self.now_us);
            let until_us = match seen {
                Prospect::Ready => {
                    if let Some(delivery) = self.take_message(consumer).await? {
                        return Ok(Some(delivery));
                    }
                    continue;
                }
                Prospect::At(until_us) => Some(until_us),
                Prospect::Nothing => None,
            };
            let (network, now_us) = (Arc::clone(&self.network), self.now_us);
            // Something that comes later is a reason to look again, too.
            let has_work = move || network.prospect(consumer, now_us) != seen;
            let woken = self.turn.wait(now_us, until_us, has_work).await?;
            self.now_us = self.now_us.max(woken.at_us);
            if woken.alone && self.network.prospect(consumer, self.now_us) == Prospect::Nothing {
                return Ok(None);
            }
        }
    }

    async fn take_message(&mut self, consumer: u64) -> Result<Option<Delivery>, Halt> {
        let mut draft = self.come_to("receive", None).await?;
        let taken = self.network.take(consumer, self.now_us).await.map_err(silent)?;
        let delivery = match taken {
            None => {
                draft.event = Event::NothingThere;
                None
            }
            Some(Taken::Dead(letter)) => {
                draft.operation = Some(letter.message.id.clone());
                draft.event = dead(letter);
                None
            }
            Some(Taken::Moved { partition, from, generation }) => {
                let (from, to) = (format!("consumer-{}", from + 1), self.actor.clone());
                draft.event = Event::Rebalanced(Rebalanced { partition, from, to, generation });
                None
            }
            Some(Taken::Stuck { message, place, deliveries, behind }) => {
                draft.operation = Some(message.id.clone());
                let (message, partition) = (message.id, place.partition);
                draft.event = Event::Stuck(Stuck { message, partition, deliveries, behind });
                None
            }
            Some(Taken::Delivery(delivery)) => {
                // A consumer learns only now what it works on.
                self.operation.clone_from(&delivery.message.id);
                draft.operation = Some(delivery.message.id.clone());
                // In a live run a message may be here before the entry that published it has its number.
                draft.causes = Some(delivery.seq).filter(|seq| *seq > 0).into_iter().collect();
                draft.event = Event::Delivered {
                    message: delivery.message.clone(),
                    partition: delivery.place.partition,
                    offset: delivery.place.offset,
                    delivery: delivery.number,
                };
                Some(delivery)
            }
        };
        self.tell(draft).await?;
        Ok(delivery)
    }

    /// Acknowledges a delivery: the broker need not hand it out again. The acknowledgement may be lost unseen.
    ///
    /// # Errors
    /// When the process dies.
    pub async fn ack(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        self.ack_after(delivery, || ()).await
    }

    /// The same, after something that nobody sees before.
    pub(super) async fn ack_after(
        &mut self,
        delivery: &Delivery,
        before: impl FnOnce() + Send,
    ) -> Result<(), Halt> {
        self.about = Some(delivery.message.id.clone());
        let mut draft = self.come_to("ack", None).await?;
        let taken = self.network.ack(delivery, self.now_us).await.map_err(silent)?;
        before();
        let message = delivery.message.id.clone();
        draft.event = if taken { Event::Acked { message } } else { Event::AckLost { message } };
        self.tell(draft).await
    }

    /// Gives a delivery back: the broker hands it out again after a while, or, when it has done so often enough, puts
    /// it to the dead letters.
    ///
    /// # Errors
    /// As [`Bench::ack`].
    pub async fn nack(&mut self, delivery: &Delivery, reason: &str) -> Result<(), Halt> {
        self.about = Some(delivery.message.id.clone());
        let mut draft = self.come_to("nack", None).await?;
        let given = self.network.nack(delivery, self.now_us, reason).await.map_err(silent)?;
        let message = delivery.message.id.clone();
        draft.event = match given {
            GivenBack::Again(again_us) => Event::Nacked { message, reason: reason.to_owned(), again_us },
            GivenBack::Dead(letter) => dead(letter),
            GivenBack::Lost => Event::AckLost { message },
        };
        self.tell(draft).await
    }

    /// Gives a message back that no consumer can read. Whoever redrives dead letters has mended the consumers before.
    pub(crate) async fn reject_poison(&mut self, delivery: &Delivery) -> Result<bool, Halt> {
        if delivery.redriven || !delivery.message.body.contains_key(POISON) {
            return Ok(false);
        }
        self.nack(delivery, UNREADABLE).await.map(|()| true)
    }

    /// Whether the first handling of this event fails, for a reason that is gone the next time; then it is given back, or
    /// goes to the retry topic, so that nothing waits behind it.
    pub(crate) async fn fails(&mut self, delivery: &Delivery) -> Result<bool, Halt> {
        let is_first = delivery.number == 1 && !delivery.redriven;
        let is_retried = self.network.retry_partition() == Some(delivery.place.partition);
        if !is_first || is_retried || !self.draws(FAILURES_KNOB, &["failure", &delivery.message.id]) {
            return Ok(false);
        }
        if self.spec.knob(RETRY_TOPIC_KNOB) == 1
            && let Some(partition) = self.network.retry_partition()
            && self.retry_elsewhere(delivery, partition).await?
        {
            return self.ack(delivery).await.map(|()| true);
        }
        self.nack(delivery, FAILED).await.map(|()| true)
    }

    /// Publishes an event to the retry topic; false when nobody reaches the broker.
    async fn retry_elsewhere(&mut self, delivery: &Delivery, partition: u64) -> Result<bool, Halt> {
        self.about = Some(delivery.message.id.clone());
        let draft = self.come_to("retry", None).await?;
        let published = self.network.publish_again(&delivery.message, partition, self.now_us).await;
        self.published_again(draft, delivery, published).await
    }

    /// Publishes an event on into the second topic, by its own key or by another one, and acknowledges it; gives it back
    /// when nobody reaches the broker.
    pub(crate) async fn forward(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        self.take_up(&delivery.message.id);
        let message = &delivery.message;
        let key =
            if self.spec.knob(SECOND_HOP_KNOB) == BY_STEP { message.text("status") } else { &message.key };
        let Some(partition) = self.network.second_partition(key) else { return self.ack(delivery).await };
        self.about = Some(message.id.clone());
        let draft = self.come_to("forward", None).await?;
        let published = self.network.publish_on(message, partition, self.now_us).await;
        if self.published_again(draft, delivery, published).await? {
            return self.ack(delivery).await;
        }
        self.nack(delivery, NOT_FORWARDED).await
    }

    /// Writes down what the broker made of a message that was there before; false when nobody reaches it.
    async fn published_again(
        &mut self,
        mut draft: Draft,
        delivery: &Delivery,
        published: Result<Place, Refused>,
    ) -> Result<bool, Halt> {
        let message = delivery.message.clone();
        let place = match published {
            Ok(place) => place,
            Err(Refused::Lost(error)) => return Err(silent(error)),
            Err(Refused::Full) => return Err(Halt::Broken(Error::new("the broker keeps no more messages"))),
            Err(Refused::Known) => {
                draft.event = Event::KnownAlready { message: message.id };
                return self.tell(draft).await.map(|()| true);
            }
            Err(Refused::Unreachable) => {
                draft.event = Event::Unreachable { port: "broker".into() };
                return self.tell(draft).await.map(|()| false);
            }
        };
        draft.event = Event::Published { message, partition: place.partition, offset: place.offset };
        let seq = self.turn.answered(draft, Held::Same).await?;
        self.network.broker().published_as(place, seq);
        self.turn.changed();
        Ok(true)
    }

    /// The first dead letter, in the order of the source, that was not redriven yet.
    pub(crate) async fn next_dead_letter(&mut self) -> Result<Option<DeadLetter>, Halt> {
        let letters = self.network.broker().dead_letters().await.map_err(silent)?;
        Ok(letters.into_iter().find(|letter| !letter.redriven))
    }

    /// Publishes a dead letter anew.
    pub(crate) async fn redrive(&mut self, letter: &DeadLetter) -> Result<(), Halt> {
        self.operation.clone_from(&letter.message.id);
        let mut draft = self.come_to("redrive", None).await?;
        let place = self.network.broker().redrive(letter, self.now_us).await.map_err(silent)?;
        let message = letter.message.id.clone();
        draft.event = Event::Redriven(Redriven { message, partition: place.partition, offset: place.offset });
        self.tell(draft).await
    }

    /// Does nothing for so long.
    pub(crate) async fn rest(&mut self, for_us: u64) -> Result<(), crate::Error> {
        self.turn.sleep(for_us * self.turn.stretch()).await.map(drop)
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

    /// Writes the step down, and wakes those who wait for what others do.
    async fn tell(&mut self, draft: Draft) -> Result<(), Halt> {
        self.turn.answered(draft, Held::Same).await?;
        self.turn.changed();
        Ok(())
    }
}

/// A broker that does not answer is not what a run is about: simulated outages are.
fn silent(error: PortError) -> Halt {
    match error {
        PortError::Lost(sentence) | PortError::Broken(sentence) => Halt::Broken(Error::new(sentence)),
        other => Halt::of(other),
    }
}

fn dead(letter: DeadLetter) -> Event {
    let DeadLetter { message, place, deliveries, reason, .. } = letter;
    Event::DeadLettered(DeadLettered { message: message.id, partition: place.partition, deliveries, reason })
}

/// The message with its sender's time, if it wants one: run time, and what the sender's clock is ahead.
fn stamped(message: &Message, now_us: u64) -> Message {
    let mut message = message.clone();
    if let Some(Value::Integer(stamp)) = message.body.get_mut(STAMP) {
        *stamp += i64::try_from(now_us).unwrap_or_default();
    }
    message
}
