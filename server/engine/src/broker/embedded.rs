//! The embedded broker: a partitioned log in this server's memory, one for each run. Its clock is the run time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use lab::event::Message;
use lab::hand::{Card, TrayMove};

use super::ledger::Ledger;
use super::tray::{Tray, TrayDone, TrayRefused};
use super::{Broker, DeadLetter, Delivery, Place, Prospect, Refused, Taken, Terms};
use crate::store::PortError;

/// One run's broker.
#[derive(Debug)]
pub struct Embedded {
    ledger: Mutex<Ledger>,
}

impl Embedded {
    /// An empty one.
    pub fn new(terms: Terms) -> Self {
        Self { ledger: Mutex::new(Ledger::new(terms)) }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, message: &Message, partition: u64, now_us: u64, from_us: u64) -> Result<Place, Refused> {
        let mut ledger = self.ledger();
        if ledger.knows(&message.id, now_us) {
            return Err(Refused::Known);
        }
        let place = ledger.next_place(partition).ok_or(Refused::Full)?;
        ledger.keep(message.clone(), place, now_us, from_us);
        Ok(place)
    }

    fn redrive_now(&self, letter: &DeadLetter, now_us: u64) -> Result<Place, PortError> {
        let mut ledger = self.ledger();
        let full = || PortError::Broken("the broker keeps no more messages".into());
        let place = ledger.next_place(letter.place.partition).ok_or_else(full)?;
        ledger.redrive(letter, place, now_us);
        Ok(place)
    }
}

impl Broker for Embedded {
    fn version(&self) -> String {
        "embedded log, in memory; its network is simulated".into()
    }

    fn publish<'a>(
        &'a self,
        message: &'a Message,
        partition: u64,
        now_us: u64,
        from_us: u64,
    ) -> BoxFuture<'a, Result<Place, Refused>> {
        Box::pin(async move { self.keep(message, partition, now_us, from_us) })
    }

    fn published_as(&self, place: Place, seq: u64) {
        self.ledger().published_as(place, seq);
    }

    fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        self.ledger().prospect(consumer, now_us)
    }

    fn take(&self, consumer: u64, now_us: u64) -> BoxFuture<'_, Result<Option<Taken>, PortError>> {
        Box::pin(async move { Ok(self.ledger().take(consumer, now_us)) })
    }

    fn ack<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<(), PortError>> {
        Box::pin(async move {
            self.ledger().ack(delivery.place);
            Ok(())
        })
    }

    fn nack<'a>(
        &'a self,
        delivery: &'a Delivery,
        again_us: u64,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Option<DeadLetter>, PortError>> {
        Box::pin(async move { Ok(self.ledger().nack(delivery.place, again_us, reason)) })
    }

    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetter>, PortError>> {
        Box::pin(async move { Ok(self.ledger().dead_letters()) })
    }

    fn redrive<'a>(&'a self, letter: &'a DeadLetter, now_us: u64) -> BoxFuture<'a, Result<Place, PortError>> {
        Box::pin(async move { self.redrive_now(letter, now_us) })
    }

    fn settled(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async { Ok(()) })
    }

    fn tray(&self) -> Option<&dyn Tray> {
        Some(self)
    }

    fn tear_down(&self) -> BoxFuture<'_, Result<(), PortError>> {
        Box::pin(async { Ok(()) })
    }
}

impl Tray for Embedded {
    fn cards(&self, now_us: u64) -> Vec<Card> {
        self.ledger().cards(now_us)
    }

    fn holds(&self) -> bool {
        self.ledger().holds()
    }

    fn interfere(&self, asked: &TrayMove, now_us: u64) -> Result<TrayDone, TrayRefused> {
        self.ledger().interfere(asked, now_us)
    }

    fn loses_ack(&self, place: Place) -> bool {
        self.ledger().loses_ack(place)
    }
}
