//! The words for orders and the outbox: write what happened, put it into the outbox, take what waits, send it.

use lab::checks::{EVENT, ORDERS, OUTBOX, PARKED, PREVIOUS_EVENT, REVISION, SENT, WAITS};
use lab::event::{Effect, Event, Marked, Message, Record, RowRef, Value};

use super::records::{fields, integer};
use super::{Bench, Halt};
use crate::scenarios::order_placed::OUTBOX_TABLE;
use crate::store::table::{Overwrite, PLACE};
use crate::store::{Answer, Claim, Locking, Mark, Statement, WhenThere, Which};

/// What the first event of an order says.
const PLACED: &str = "placed";
/// What a row of the outbox says whose payload nobody can read.
const UNREADABLE: &str = "unreadable";
/// The knob for orders whose first row of the outbox cannot be read.
const POISON_KNOB: &str = "poison";
/// The knob for a parked row that holds up nobody.
const PARK_ROW_ONLY_KNOB: &str = "park_row_only";
/// The knob for how many rows a relay takes at once.
const RELAY_BATCH_KNOB: &str = "relay_batch";
/// The knob for rows that are marked together.
const MARK_TOGETHER_KNOB: &str = "mark_together";
/// The knob for an order's row that is written after its message.
const ROW_LAST_KNOB: &str = "row_last";

/// How long a relay that polls waits before it looks again, in microseconds of run time.
const LOOK_AGAIN_US: u64 = 100_000;

/// What became of a row of the outbox that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The broker has it.
    Taken,
    /// The broker cannot be reached.
    NotReached,
    /// It cannot be read: it was parked, and holds up the later rows of its key until somebody mends it.
    Parked,
    /// It was not tried: an earlier row of its key was parked a moment ago.
    Held,
}

impl Bench {
    /// Writes what happened to an order into its row, which is locked by that. The row's own count of events numbers
    /// the event. `None` when the order is not there.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn write_order(&mut self, event: &Message) -> Result<Option<Message>, Halt> {
        let status = event.text("status").to_owned();
        let (label, when_there) = if status == PLACED {
            ("order", WhenThere::Refuse)
        } else {
            let how =
                Overwrite { add: &[REVISION], keep: &[(EVENT, PREVIOUS_EVENT)], ..Overwrite::default() };
            ("change", WhenThere::Revise(how))
        };
        let fields = fields([
            ("status", Value::Text(status)),
            (REVISION, Value::Integer(1)),
            (EVENT, Value::Text(event.id.clone())),
            (PREVIOUS_EVENT, Value::Text(String::new())),
        ]);
        let (effect, now) = self.put_and_read(label, ORDERS, &event.key, fields, when_there).await?;
        let revision = match now.get(REVISION) {
            Some(Value::Integer(revision)) => revision.unsigned_abs(),
            _ => 0,
        };
        Ok((effect != Effect::Unchanged).then(|| Message { version: revision, ..event.clone() }))
    }

    /// Reads, without locking anything, how far an order has come, and numbers the event one higher. `None` when the
    /// order is not there.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn number_order(&mut self, event: &Message) -> Result<Option<Message>, Halt> {
        if event.text("status") == PLACED {
            return Ok(Some(Message { version: 1, ..event.clone() }));
        }
        let row = RowRef { table: ORDERS.to_owned(), key: event.key.clone() };
        let found = self.look_up(row).await?;
        let next = |found: Record| found.number(REVISION).unsigned_abs() + 1;
        Ok(found.map(|found| Message { version: next(found), ..event.clone() }))
    }

    /// Whether the order's row is written last, after its message was sent or put into the outbox.
    pub fn writes_row_last(&self) -> bool {
        self.spec.knob(ROW_LAST_KNOB) > 0
    }

    /// Writes what happened to an order, and beside it a row in the outbox. The order's row comes first, so that its
    /// lock decides who gets the lower number in the outbox; or last, if the spec says so. False when the order is not
    /// there.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn write_order_with_outbox(&mut self, event: &Message) -> Result<bool, Halt> {
        if self.writes_row_last() {
            let Some(event) = self.number_order(event).await? else { return Ok(false) };
            self.put_into_outbox(&event).await?;
            return Ok(self.write_order(&event).await?.is_some());
        }
        let Some(event) = self.write_order(event).await? else { return Ok(false) };
        self.put_into_outbox(&event).await?;
        Ok(true)
    }

    /// Puts an event into the outbox, to be sent later.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn put_into_outbox(&mut self, event: &Message) -> Result<(), Halt> {
        let status = if self.is_poisoned(event) { UNREADABLE } else { event.text("status") };
        let fields = fields([
            ("key", Value::Text(event.key.clone())),
            (REVISION, integer(event.version)),
            ("status", Value::Text(status.to_owned())),
            ("state", Value::Text(WAITS.into())),
            ("claimed_by", Value::Text(String::new())),
            ("until_us", Value::Integer(0)),
        ]);
        self.put("outbox", OUTBOX, &event.id, fields, WhenThere::Refuse).await.map(drop)
    }

    fn is_poisoned(&self, event: &Message) -> bool {
        let number = event.key.rsplit('-').next().and_then(|number| number.parse::<u64>().ok());
        event.text("status") == PLACED && number.is_some_and(|number| number <= self.spec.knob(POISON_KNOB))
    }

    /// The rows of the outbox that wait and are not held up by a parked one of their key, oldest first, at most this
    /// many.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn unsent(&mut self, limit: u64) -> Result<Vec<Record>, Halt> {
        let which = self.free(None);
        self.rows_of_outbox(which, limit, Locking::None).await
    }

    /// The same of one key alone.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn unsent_of(&mut self, key: &str, limit: u64) -> Result<Vec<Record>, Halt> {
        let which = self.free(Some(key.to_owned()));
        self.rows_of_outbox(which, limit, Locking::None).await
    }

    /// The same of all keys, locked until the transaction ends; rows that somebody else has locked are passed over.
    ///
    /// # Errors
    /// As [`Bench::write_order`], and when the engine has no row locks.
    pub async fn unsent_skip_locked(&mut self, limit: u64) -> Result<Vec<Record>, Halt> {
        let which = self.free(None);
        self.rows_of_outbox(which, limit, Locking::SkipLocked).await
    }

    /// The rows of the outbox that were numbered after this one, in the order of their numbers, at most this many.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn numbered_after(&mut self, place: i64, limit: u64) -> Result<Vec<Record>, Halt> {
        self.rows_of_outbox(Which::After(place), limit, Locking::None).await
    }

    /// The rows of the outbox that somebody has parked.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub(crate) async fn parked(&mut self, limit: u64) -> Result<Vec<Record>, Halt> {
        self.rows_of_outbox(Which::State(PARKED), limit, Locking::None).await
    }

    /// Marks rows of the outbox that wait as taken by this actor for as long as a lease lasts, oldest first, at most
    /// this many. Rows that somebody else has taken are left alone until that has run out.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn claim_unsent(&mut self, limit: u64) -> Result<Vec<Record>, Halt> {
        self.begin_with_rows();
        let statement = |bench: &Self| Statement::Claim {
            table: &OUTBOX_TABLE,
            which: bench.free(None),
            limit,
            claim: Claim {
                by: bench.actor.clone(),
                now_us: i64::try_from(bench.now_us).unwrap_or(i64::MAX),
                until_us: i64::try_from(bench.now_us + bench.lease_us()).unwrap_or(i64::MAX),
            },
        };
        let need = self.session.need(&statement(self));
        // The claim begins when the turn is granted: those who claim have one clock here.
        let draft = self.come_to_database("claim", need.clone()).await?;
        let (answer, _) = self.carry_out(draft, need, &statement(self), claimed).await?;
        Ok(answer.records)
    }

    async fn rows_of_outbox(
        &mut self,
        which: Which,
        limit: u64,
        locking: Locking,
    ) -> Result<Vec<Record>, Halt> {
        self.begin_with_rows();
        let statement = Statement::Waiting { table: &OUTBOX_TABLE, which, limit, locking };
        Ok(self.step("claim", &statement, claimed).await?.0.records)
    }

    pub(super) fn begin_with_rows(&mut self) {
        self.operation.clear();
        self.held.clear();
        self.unmarked.clear();
    }

    fn free(&self, key: Option<String>) -> Which {
        let holds_up_its_key = self.spec.knob(PARK_ROW_ONLY_KNOB) == 0;
        Which::Free { state: WAITS, key, not_behind: holds_up_its_key.then_some(PARKED) }
    }

    /// Sends what a row of the outbox says; parks the row if it cannot be read.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn send(&mut self, event: &Message) -> Result<Sent, Halt> {
        self.take_up(&event.id);
        if self.held.contains(&event.key) {
            return Ok(Sent::Held);
        }
        if !is_readable(event) {
            self.set_state("park", event, PARKED).await?;
            if self.spec.knob(PARK_ROW_ONLY_KNOB) == 0 {
                self.held.push(event.key.clone());
            }
            return Ok(Sent::Parked);
        }
        Ok(if self.publish(event).await? { Sent::Taken } else { Sent::NotReached })
    }

    /// How many rows of the outbox a relay takes at once.
    pub fn relay_batch(&self) -> u64 {
        self.spec.knob(RELAY_BATCH_KNOB)
    }

    /// Marks a row of the outbox as sent.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn mark_sent(&mut self, event: &Message) -> Result<(), Halt> {
        self.set_state("mark", event, SENT).await
    }

    /// Marks a row of the outbox as sent, or puts that off until [`Bench::mark_together`], if the spec says so.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn mark_sent_or_later(&mut self, event: &Message) -> Result<(), Halt> {
        if self.spec.knob(MARK_TOGETHER_KNOB) == 0 {
            return self.mark_sent(event).await;
        }
        self.unmarked.push(event.id.clone());
        Ok(())
    }

    /// Marks in one statement whatever was put off.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn mark_together(&mut self) -> Result<(), Halt> {
        if self.unmarked.is_empty() {
            return Ok(());
        }
        self.operation.clear();
        let keys = std::mem::take(&mut self.unmarked);
        let event = Event::Marked(Marked { state: SENT.to_owned(), rows: keys.clone() });
        let statement = Statement::Mark(Mark { table: OUTBOX, state: SENT, keys });
        self.step("mark", &statement, |_, _| (event, Vec::new())).await.map(drop)
    }

    /// Sends what waits, oldest first, and marks each row once the broker has it, until nobody is left who could add to
    /// the outbox.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub async fn empty_outbox(&mut self) -> Result<(), Halt> {
        let mut is_last_look = false;
        loop {
            let rows = self.unsent(self.relay_batch()).await?;
            if rows.is_empty() && is_last_look {
                return Ok(());
            }
            for event in rows.iter().map(event_of) {
                if self.send(&event).await? != Sent::Taken {
                    break;
                }
                self.mark_sent(&event).await?;
            }
            is_last_look = self.poll(LOOK_AGAIN_US).await?;
        }
    }

    /// Mends a parked row, so that it can be sent.
    ///
    /// # Errors
    /// As [`Bench::write_order`].
    pub(crate) async fn mend(&mut self, event: &Message) -> Result<(), Halt> {
        self.take_up(&event.id);
        let fields = fields([("state", Value::Text(WAITS.into())), ("status", Value::Text(PLACED.into()))]);
        self.put("mend", OUTBOX, &event.id, fields, WhenThere::Change).await.map(drop)
    }

    async fn set_state(&mut self, label: &'static str, event: &Message, state: &str) -> Result<(), Halt> {
        let fields = fields([("state", Value::Text(state.to_owned()))]);
        self.put(label, OUTBOX, &event.id, fields, WhenThere::Change).await.map(drop)
    }
}

pub(super) fn claimed(_: &Bench, answer: &Answer) -> (Event, Vec<u64>) {
    let rows = answer.records.clone();
    (if rows.is_empty() { Event::NothingThere } else { Event::Claimed { rows } }, Vec::new())
}

/// The event that a row of the outbox holds.
pub fn event_of(row: &Record) -> Message {
    Message {
        id: row.row.key.clone(),
        key: row.text("key").to_owned(),
        version: row.number(REVISION).unsigned_abs(),
        body: fields([("status", Value::Text(row.text("status").to_owned()))]),
    }
}

/// Whether anybody can read what a row of the outbox said when this event was made of it.
pub fn is_readable(event: &Message) -> bool {
    event.text("status") != UNREADABLE
}

/// Whether a row of the outbox is parked.
pub fn is_parked(row: &Record) -> bool {
    row.text("state") == PARKED
}

/// The order that a row of the outbox is about.
pub fn order_of(row: &Record) -> RowRef {
    RowRef { table: ORDERS.to_owned(), key: row.text("key").to_owned() }
}

/// The number that the engine gave a row of a numbered table.
pub fn place_of(row: &Record) -> i64 {
    row.number(PLACE)
}
