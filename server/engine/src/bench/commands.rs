//! The words for commands: a buyer sends what it wants to whoever writes for its product, and waits for the answer.
//!
//! The answer goes straight back to the buyer, together with the acknowledgement. No network trouble is simulated there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use lab::checks::TAKEN_UP_AGAIN;
use lab::event::{Counter, Message, Outcome, RowRef, Value};

use super::{Bench, Delivery, Halt, Purchase, Written, fields};
use crate::Error;
use crate::store::Guard;

/// The field of a command that says how many units are wanted.
const QUANTITY: &str = "quantity";

/// A purchase in the hand of whoever writes for its product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What is wanted.
    pub purchase: Purchase,
    /// How it came.
    pub delivery: Delivery,
}

/// Answers on their way to their buyers, by the id of the command. Each is the first that was given.
#[derive(Debug, Clone, Default)]
pub struct Replies(Arc<Mutex<HashMap<String, Outcome>>>);

impl Replies {
    fn give(&self, command: &str, outcome: Outcome) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(command.to_owned()).or_insert(outcome);
    }

    fn of(&self, command: &str) -> Option<Outcome> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(command).cloned()
    }
}

impl Command {
    /// The message that asks for a purchase. Its product is its key.
    pub(crate) fn message(id: &str, purchase: &Purchase) -> Message {
        let body = fields([(QUANTITY, Value::Integer(purchase.quantity))]);
        Message { id: id.to_owned(), key: purchase.row.key.clone(), version: 1, body }
    }

    /// What a delivery asks for, of a row in this table.
    pub(crate) fn of(delivery: &Delivery, table: &str) -> Self {
        let row = RowRef { table: table.to_owned(), key: delivery.message.key.clone() };
        let quantity = delivery.message.number(QUANTITY);
        Self { purchase: Purchase { row, quantity }, delivery: delivery.clone() }
    }

    /// The operation as which this delivery writes: a command that comes again is written down as another sale, because
    /// nothing in an order to sell says that it was carried out before.
    pub(crate) fn operation(&self) -> String {
        let Delivery { message, number, .. } = &self.delivery;
        if *number == 1 { message.id.clone() } else { format!("{}{TAKEN_UP_AGAIN}{number}", message.id) }
    }

    /// The fence of its partition's owner.
    fn fence(&self) -> i64 {
        i64::try_from(self.delivery.generation).unwrap_or(i64::MAX)
    }
}

impl Bench {
    /// Waits for the answer to the command in hand. Nobody knows what became of it if everything is quiet without one.
    pub(crate) async fn await_answer(&mut self) -> Result<Outcome, Error> {
        let command = self.operation.clone();
        loop {
            if let Some(outcome) = self.replies.of(&command) {
                return Ok(outcome);
            }
            let (replies, id) = (self.replies.clone(), command.clone());
            let is_there = move || replies.of(&id).is_some();
            let woken = self.turn.wait(self.now_us, None, is_there).await?;
            self.now_us = self.now_us.max(woken.at_us);
            if woken.alone && self.replies.of(&command).is_none() {
                return Ok(Outcome::Unknown("no answer came".into()));
            }
        }
    }

    /// Acknowledges a command and answers its buyer. A buyer takes the first answer.
    ///
    /// # Errors
    /// When the process dies: then there is neither.
    pub async fn answer(&mut self, command: &Command, outcome: Outcome) -> Result<(), Halt> {
        let (replies, id) = (self.replies.clone(), command.delivery.message.id.clone());
        // Whoever waits looks as soon as the acknowledgement is written down, so the answer is there before.
        self.ack_after(&command.delivery, || replies.give(&id, outcome)).await
    }

    /// Raises the row's fence to the generation of the command's partition and reads the row; `None` if the partition
    /// has had a later owner here.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn raise_generation(&mut self, command: &Command) -> Result<Option<Counter>, Halt> {
        self.raise_fence_to(&command.purchase.row, command.fence(), true).await
    }

    /// Sets the row to an amount, only if its fence is still at the generation of the command's partition, and records
    /// the sale.
    ///
    /// # Errors
    /// As [`Bench::raise_generation`]. A raised fence is an answer, not an error.
    pub async fn write_if_generation(&mut self, command: &Command, amount: i64) -> Result<Written, Halt> {
        self.write_guarded(&command.purchase, amount, Guard::FenceAt(command.fence())).await
    }
}
