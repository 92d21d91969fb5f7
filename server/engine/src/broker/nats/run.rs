//! One run's stream in NATS, and the ledger that says in run time which message is due.
//!
//! The ledger decides for whom it is time, as in the embedded broker; the message itself, and that it comes again, is
//! NATS' doing. When NATS hands out another message than the one that is due, it is laid aside until it is: the
//! simulated network holds some back, and a lease of NATS may end while the run's own clock stands still.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{AckKind, Message as Handed};
use futures::StreamExt;
use futures::future::BoxFuture;
use lab::event::Message;
use tokio::sync::Mutex as Turns;
use tokio::time::Instant;

use super::{MARK, Nats, PREFIX};
use crate::broker::ledger::Ledger;
use crate::broker::{
    Broker, DeadLetter, Delivery, MESSAGES_MAX, Place, Prospect, Refused, Taken, Terms, Topology,
};
use crate::store::PortError;

/// How long NATS may be away in the middle of a run before the run is broken off: some times as long as the client waits
/// for one answer (five seconds), so that what was under way when it went is asked again when it is back.
const AWAY_MAX: Duration = Duration::from_secs(20);
/// How long somebody asks before it is somebody else's turn.
const TURN_MAX: Duration = Duration::from_millis(500);
/// How long to wait before what failed is tried again, or looked at again.
const AGAIN: Duration = Duration::from_millis(20);
/// A shared queue may have so many messages in hands and on their way.
const IN_FLIGHT_MAX: i64 = 10_000;

type Pull = Consumer<pull::Config>;

/// One run's place in NATS.
pub struct NatsRun {
    nats: Nats,
    stream: Stream,
    subject: String,
    ack_wait: Duration,
    /// By the partition's number.
    partitions: Vec<Partition>,
    /// The ledger's order must be the stream's, so one is published at a time.
    publishing: Turns<()>,
    desk: Mutex<Desk>,
}

/// A partition's consumer at the server, and what it hands out to whoever's turn it is to ask.
struct Partition {
    consumer: Pull,
    handed: Turns<Option<pull::Stream>>,
}

/// What the run knows of its messages.
struct Desk {
    ledger: Ledger,
    places: HashMap<u64, Place>,
    /// Handed out by NATS, and not due yet.
    aside: HashMap<Place, Handed>,
    /// In somebody's hand: the latest that NATS handed out.
    in_hand: HashMap<Place, Handed>,
    /// Where a dead letter lies in the stream.
    dead: HashMap<Place, u64>,
}

impl Partition {
    /// The next message that NATS hands out; `None` when it was not there to ask, which is tried again from the start. One
    /// request always lies at the server, so that the next message is on its way as soon as the last is acknowledged.
    async fn next(&self, handed: &mut Option<pull::Stream>) -> Option<Handed> {
        if handed.is_none() {
            *handed = self.consumer.stream().max_messages_per_batch(1).messages().await.ok();
        }
        let next = handed.as_mut()?.next().await;
        match next {
            Some(Ok(next)) => Some(next),
            _ => {
                *handed = None;
                None
            }
        }
    }
}

impl NatsRun {
    pub(super) async fn open(
        nats: Nats,
        run: &str,
        terms: Terms,
        ack_wait: Duration,
    ) -> Result<Self, PortError> {
        let (subject, name) = (format!("interleave.run.{run}"), format!("{PREFIX}{run}"));
        let config = Config {
            name,
            subjects: vec![format!("{subject}.>")],
            description: Some(format!("{MARK}{}", nats.maker)),
            max_messages: i64::try_from(2 * MESSAGES_MAX).unwrap_or(i64::MAX),
            ..Config::default()
        };
        let stream = nats.create(config).await?;
        let max_ack_pending = match terms.topology {
            Topology::Shared => IN_FLIGHT_MAX,
            Topology::Partitioned { .. } => 1,
        };
        let mut partitions = Vec::new();
        for partition in 0..terms.topology.partitions_max() {
            let config = pull::Config {
                durable_name: Some(format!("partition-{partition}")),
                filter_subject: format!("{subject}.partition.{partition}"),
                ack_policy: AckPolicy::Explicit,
                ack_wait,
                max_ack_pending,
                ..pull::Config::default()
            };
            let consumer = stream.create_consumer(config).await.map_err(|error| nats.lost(error))?;
            partitions.push(Partition { consumer, handed: Turns::new(None) });
        }
        let desk = Desk {
            ledger: Ledger::new(terms),
            places: HashMap::new(),
            aside: HashMap::new(),
            in_hand: HashMap::new(),
            dead: HashMap::new(),
        };
        Ok(Self {
            nats,
            stream,
            subject,
            ack_wait,
            partitions,
            publishing: Turns::new(()),
            desk: Mutex::new(desk),
        })
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries again until it succeeds, or NATS has been away for too long.
    async fn insist<T, E: std::fmt::Display, F: Future<Output = Result<T, E>>>(
        &self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, PortError> {
        let until = Instant::now() + AWAY_MAX;
        loop {
            match attempt().await {
                Ok(value) => return Ok(value),
                Err(error) if Instant::now() > until => return Err(self.nats.lost(error)),
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Publishes, under an id by which NATS knows a second attempt as the same. Returns the place in the stream.
    async fn send(&self, subject: &str, id: &str, message: &Message) -> Result<u64, PortError> {
        let payload = serde_json::to_vec(message).map_err(|error| PortError::Broken(error.to_string()))?;
        let sent = || async {
            let outgoing = PublishMessage::build().payload(payload.clone().into()).message_id(id);
            self.nats.context.send_publish(subject.to_owned(), outgoing).await?.await
        };
        self.insist(sent).await.map(|ack| ack.sequence)
    }

    async fn keep(
        &self,
        message: &Message,
        partition: u64,
        now_us: u64,
        from_us: u64,
    ) -> Result<Place, Refused> {
        let _turn = self.publishing.lock().await;
        // The window is in run time, which the clock of NATS knows nothing of.
        if self.desk().ledger.knows(&message.id, now_us) {
            return Err(Refused::Known);
        }
        let place = self.desk().ledger.next_place(partition).ok_or(Refused::Full)?;
        let sequence = self.send_to(place, message).await.map_err(Refused::Lost)?;
        let mut desk = self.desk();
        desk.places.insert(sequence, place);
        desk.ledger.keep(message.clone(), place, now_us, from_us);
        Ok(place)
    }

    async fn send_to(&self, place: Place, message: &Message) -> Result<u64, PortError> {
        let subject = format!("{}.partition.{}", self.subject, place.partition);
        let id = format!("{subject}.{}", place.offset);
        self.send(&subject, &id, message).await
    }

    async fn hand_out(&self, consumer: u64, now_us: u64) -> Result<Option<Taken>, PortError> {
        let due = self.desk().ledger.take(consumer, now_us);
        match due {
            Some(Taken::Delivery(mut delivery)) => {
                let handed = self.fetch(delivery.place).await?;
                delivery.message = read(&handed.payload)?;
                self.desk().in_hand.insert(delivery.place, handed);
                Ok(Some(Taken::Delivery(delivery)))
            }
            Some(Taken::Dead(letter)) => {
                self.bury(&letter).await?;
                Ok(Some(Taken::Dead(letter)))
            }
            other => Ok(other),
        }
    }

    /// Waits until NATS has handed out the message that is due. For one that it has handed out before, that is when
    /// its own lease is over.
    async fn fetch(&self, place: Place) -> Result<Handed, PortError> {
        let partition = usize::try_from(place.partition)
            .ok()
            .and_then(|partition| self.partitions.get(partition))
            .ok_or_else(|| PortError::Broken("there is no such partition".into()))?;
        let until = Instant::now() + AWAY_MAX + self.ack_wait;
        loop {
            // Others who wait for this consumer may have been handed what is due here.
            let mut turn = partition.handed.lock().await;
            if let Some(handed) = self.desk().aside.remove(&place) {
                return Ok(handed);
            }
            if Instant::now() > until {
                return Err(self.nats.lost("a message that it keeps was not handed out"));
            }
            match tokio::time::timeout(TURN_MAX, partition.next(&mut turn)).await {
                Ok(Some(handed)) => self.lay_aside(handed)?,
                Ok(None) => tokio::time::sleep(AGAIN).await,
                Err(_) => {}
            }
        }
    }

    fn lay_aside(&self, handed: Handed) -> Result<(), PortError> {
        let info = handed.info().map_err(|error| PortError::Broken(format!("NATS: {error}")))?;
        let sequence = info.stream_sequence;
        let mut desk = self.desk();
        let place = desk.places.get(&sequence).copied();
        let place = place.ok_or_else(|| PortError::Broken("NATS handed out a foreign message".into()))?;
        desk.aside.insert(place, handed);
        Ok(())
    }

    /// Tells NATS what becomes of a message, by the latest that it handed out of it, and waits for its answer.
    async fn settle(&self, place: Place, kind: AckKind) -> Result<(), PortError> {
        let handed = {
            let mut desk = self.desk();
            let in_hand = desk.in_hand.remove(&place);
            desk.aside.remove(&place).or(in_hand)
        };
        let Some(handed) = handed else { return Ok(()) };
        let reply = handed.message.reply.ok_or_else(|| PortError::Broken("NATS wants no answer".into()))?;
        // The client's own way to wait for the answer subscribes anew for each message.
        let client = self.nats.client();
        self.insist(|| client.request(reply.clone(), kind.into())).await.map(drop)
    }

    async fn bury(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let subject = format!("{}.dead", self.subject);
        let id = format!("{subject}.{}.{}", letter.place.partition, letter.place.offset);
        let sequence = self.send(&subject, &id, &letter.message).await?;
        self.desk().dead.insert(letter.place, sequence);
        self.settle(letter.place, AckKind::Term).await
    }

    /// The dead letters as NATS keeps them.
    async fn read_dead_letters(&self) -> Result<Vec<DeadLetter>, PortError> {
        let mut letters = self.desk().ledger.dead_letters();
        for letter in &mut letters {
            let sequence = self.desk().dead.get(&letter.place).copied().unwrap_or_default();
            let kept = self.insist(|| self.stream.get_raw_message(sequence)).await?;
            letter.message = read(&kept.payload)?;
        }
        Ok(letters)
    }

    async fn publish_anew(&self, letter: &DeadLetter, now_us: u64) -> Result<Place, PortError> {
        let _turn = self.publishing.lock().await;
        let full = || PortError::Broken("the broker keeps no more messages".into());
        let place = self.desk().ledger.next_place(letter.place.partition).ok_or_else(full)?;
        let sequence = self.send_to(place, &letter.message).await?;
        let buried = self.desk().dead.remove(&letter.place);
        if let Some(buried) = buried {
            self.insist(|| self.stream.delete_message(buried)).await?;
        }
        let mut desk = self.desk();
        desk.places.insert(sequence, place);
        desk.ledger.redrive(letter, place, now_us);
        Ok(place)
    }

    /// How many messages NATS has not handed out, or waits for an acknowledgement of.
    async fn unfinished(&self) -> Result<u64, PortError> {
        let mut unfinished = 0;
        for Partition { consumer, .. } in &self.partitions {
            let info = self.insist(|| consumer.get_info()).await?;
            unfinished += info.num_pending + info.num_ack_pending as u64;
        }
        Ok(unfinished)
    }

    async fn agree(&self) -> Result<(), PortError> {
        let until = Instant::now() + AWAY_MAX;
        loop {
            let (told, known) = (self.unfinished().await?, self.desk().ledger.unfinished());
            if told == known {
                return Ok(());
            }
            if Instant::now() > until {
                let sentence =
                    format!("NATS at {} still has {told} messages open, and {known} are", self.nats.address);
                return Err(PortError::Lost(sentence));
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

fn read(payload: &[u8]) -> Result<Message, PortError> {
    serde_json::from_slice(payload)
        .map_err(|error| PortError::Broken(format!("NATS gave back no message: {error}")))
}

impl Broker for NatsRun {
    fn version(&self) -> String {
        let version = &self.nats.version;
        format!(
            "{version}, JetStream; it hands out again by its own clock, not by the run time; its network is simulated"
        )
    }

    fn publish<'a>(
        &'a self,
        message: &'a Message,
        partition: u64,
        now_us: u64,
        from_us: u64,
    ) -> BoxFuture<'a, Result<Place, Refused>> {
        Box::pin(self.keep(message, partition, now_us, from_us))
    }

    fn published_as(&self, place: Place, seq: u64) {
        self.desk().ledger.published_as(place, seq);
    }

    fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        self.desk().ledger.prospect(consumer, now_us)
    }

    fn take(&self, consumer: u64, now_us: u64) -> BoxFuture<'_, Result<Option<Taken>, PortError>> {
        Box::pin(self.hand_out(consumer, now_us))
    }

    fn ack<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), PortError>> {
        Box::pin(async move {
            self.settle(delivery.place, AckKind::Ack).await?;
            self.desk().ledger.ack(delivery.place);
            Ok(())
        })
    }

    /// NATS has the message back at once; from when on somebody asks for it, run time decides.
    fn nack<'a>(
        &'a self,
        delivery: &'a Delivery,
        again_us: u64,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Option<DeadLetter>, PortError>> {
        Box::pin(async move {
            let dead = self.desk().ledger.nack(delivery.place, again_us, reason);
            match &dead {
                Some(letter) => self.bury(letter).await?,
                None => self.settle(delivery.place, AckKind::Nak(None)).await?,
            }
            Ok(dead)
        })
    }

    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetter>, PortError>> {
        Box::pin(self.read_dead_letters())
    }

    fn redrive<'a>(&'a self, letter: &'a DeadLetter, now_us: u64) -> BoxFuture<'a, Result<Place, PortError>> {
        Box::pin(self.publish_anew(letter, now_us))
    }

    fn settled(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(self.agree())
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async move { self.nats.remove(&self.stream.cached_info().config.name).await })
    }
}
