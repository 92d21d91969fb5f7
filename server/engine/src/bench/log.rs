//! The words for the database's log: a slot in it, what was committed behind the slot, and how the slot moves on.

use lab::checks::OUTBOX;
use lab::event::{Event, Message, Record, RowRef};

use super::outbox::claimed;
use super::{Bench, Halt};
use crate::scenarios::order_placed::OUTBOX_TABLE;
use crate::store::{Answer, OfSlot, Statement};

impl Bench {
    /// The rows of the outbox that were committed behind the slot, in the order of the commits, whatever became of them
    /// since. The slot stays where it is. The read ends at the first commit at or behind so many lines of the log.
    ///
    /// # Errors
    /// When there is no slot, somebody else reads it at this moment, the connection is lost, or the process dies.
    pub async fn peek_log(&mut self, lines: u64) -> Result<Vec<Record>, Halt> {
        self.begin_with_rows();
        let peek = Statement::Slot(OfSlot::Peek { table: &OUTBOX_TABLE, lines });
        Ok(self.step("peek", &peek, claimed).await?.0.records)
    }

    /// Moves the slot behind the transaction that put this event into the outbox: the database need not keep it for
    /// anybody here any more.
    ///
    /// # Errors
    /// As [`Bench::peek_log`].
    pub async fn advance_slot(&mut self, behind: &Message) -> Result<(), Halt> {
        self.take_up(&behind.id);
        let text = format!("the slot stands behind {} now", behind.id);
        let advance = Statement::Slot(OfSlot::Advance { behind: behind.id.clone() });
        self.step("advance", &advance, note(text)).await.map(drop)
    }

    /// Makes the slot: what is committed from now on is kept for whoever reads it. What was committed before is not.
    ///
    /// # Errors
    /// When the slot is there already, transactions stay open for too long, the connection is lost, or the process dies.
    pub async fn make_slot(&mut self) -> Result<(), Halt> {
        self.begin_with_rows();
        let text = "a slot keeps what is committed from now on".to_owned();
        self.step("slot", &Statement::Slot(OfSlot::Make), note(text)).await.map(drop)
    }

    /// Drops the slot, and with it the claim on whatever nobody has read.
    pub(crate) async fn drop_slot(&mut self) -> Result<(), Halt> {
        let text = "the slot is dropped: nobody keeps what was not read from it".to_owned();
        self.step("drop", &Statement::Slot(OfSlot::Drop), note(text)).await.map(drop)
    }

    /// What a row of the outbox says now, whatever the log said of it.
    ///
    /// # Errors
    /// As [`Bench::peek_log`].
    pub async fn row_now(&mut self, event: &Message) -> Result<Option<Record>, Halt> {
        self.take_up(&event.id);
        self.look_up(RowRef { table: OUTBOX.to_owned(), key: event.id.clone() }).await
    }
}

fn note(text: String) -> impl FnOnce(&Bench, &Answer) -> (Event, Vec<u64>) + Send {
    move |_, _| (Event::Note { text }, Vec::new())
}
