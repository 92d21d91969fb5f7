//! The words for records: the view, the shipments, the orders, the outbox.

use lab::checks::{ORDERS, OUTBOX, SENT, SHIPMENTS, VIEW};
use lab::event::{Effect, Event, Fields, Message, Record, RowRef, Value};

use super::{Bench, Delivery, Halt, STAMP};
use crate::store::table::Overwrite;
use crate::store::{Answer, Put, Statement, WhenThere, Which};

/// What an unsent row of the outbox says in its column `state`.
pub const UNSENT: &str = "waits";

impl Bench {
    /// Writes what an event says into the view, whatever is there.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn apply(&mut self, event: &Message) -> Result<Effect, Halt> {
        self.overwrite_view(event, None).await
    }

    /// The same in one statement that leaves the view alone if it is as new as the event or newer.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn apply_if_newer(&mut self, event: &Message) -> Result<Effect, Halt> {
        self.overwrite_view(event, Some("version")).await
    }

    /// The same in one statement that leaves the view alone if it was stamped as late as the event or later.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn apply_if_later(&mut self, event: &Message) -> Result<Effect, Halt> {
        self.overwrite_view(event, Some(STAMP)).await
    }

    async fn overwrite_view(
        &mut self,
        event: &Message,
        if_higher: Option<&'static str>,
    ) -> Result<Effect, Halt> {
        // A whole document says how many steps there were; a delta adds one.
        let is_whole = event.body.contains_key("steps");
        let steps = if is_whole { event.number("steps") } else { 1 };
        let fields = fields([
            ("status", Value::Text(event.text("status").to_owned())),
            ("version", Value::Integer(i64::try_from(event.version).unwrap_or(i64::MAX))),
            ("steps", Value::Integer(steps)),
            (STAMP, Value::Integer(event.number(STAMP))),
            ("previous_version", Value::Integer(0)),
        ]);
        let how = Overwrite {
            if_higher,
            if_passed: None,
            add: if is_whole { &[] } else { &["steps"] },
            keep: &[("version", "previous_version")],
        };
        self.put("apply", VIEW, &event.key, fields, WhenThere::Overwrite(how)).await
    }

    /// Sends the goods for an order: one shipment more, whatever is there.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub(crate) async fn ship(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        let event = &delivery.message;
        let fields = fields([("event", Value::Text(event.id.clone()))]);
        let key = format!("{}-{}", event.id, delivery.number);
        self.put("ship", SHIPMENTS, &key, fields, WhenThere::Refuse).await.map(drop)
    }

    /// Writes a new order.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn place_order(&mut self, event: &Message) -> Result<(), Halt> {
        let fields = fields([("status", Value::Text("placed".into()))]);
        self.put("order", ORDERS, &event.key, fields, WhenThere::Refuse).await.map(drop)
    }

    /// Puts an event into the outbox, to be sent later.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn put_into_outbox(&mut self, event: &Message) -> Result<(), Halt> {
        let fields = fields([("key", Value::Text(event.key.clone())), ("state", Value::Text(UNSENT.into()))]);
        self.put("outbox", OUTBOX, &event.id, fields, WhenThere::Refuse).await.map(drop)
    }

    /// The rows of the outbox that are marked as waiting, oldest first, at most this many.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn unsent(&mut self, limit: u64) -> Result<Vec<Record>, Halt> {
        self.claim(Which::State(UNSENT), limit).await
    }

    /// The rows of the outbox that were numbered after this one, in the order of their numbers, at most this many.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn numbered_after(&mut self, place: i64, limit: u64) -> Result<Vec<Record>, Halt> {
        self.claim(Which::After(place), limit).await
    }

    async fn claim(&mut self, which: Which, limit: u64) -> Result<Vec<Record>, Halt> {
        self.operation.clear();
        let statement =
            Statement::Waiting { table: &crate::scenarios::order_placed::OUTBOX_TABLE, which, limit };
        let event = |_: &Self, answer: &Answer| {
            let rows = answer.records.clone();
            (if rows.is_empty() { Event::NothingThere } else { Event::Claimed { rows } }, Vec::new())
        };
        Ok(self.step("claim", &statement, event).await?.0.records)
    }

    /// Marks a row of the outbox as sent.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn mark_sent(&mut self, event: &Message) -> Result<(), Halt> {
        let fields = fields([("state", Value::Text(SENT.into()))]);
        self.put("mark", OUTBOX, &event.id, fields, WhenThere::Change).await.map(drop)
    }

    /// Works on this operation from now on.
    pub(crate) fn take_up(&mut self, operation: &str) {
        operation.clone_into(&mut self.operation);
        self.attempt = 1;
    }

    pub(super) async fn put(
        &mut self,
        label: &'static str,
        table: &str,
        key: &str,
        fields: Fields,
        when_there: WhenThere,
    ) -> Result<Effect, Halt> {
        let row = RowRef { table: table.to_owned(), key: key.to_owned() };
        let statement = Statement::Put(Put { row: row.clone(), fields, when_there });
        let event = |bench: &Self, answer: &Answer| {
            let effect = answer.effect.unwrap_or(Effect::Unchanged);
            let now = answer.records.first().map(|record| record.fields.clone()).unwrap_or_default();
            let committed = !bench.session.in_transaction();
            (Event::Stored { row, effect, now, committed }, Vec::new())
        };
        let (answer, _) = self.step(label, &statement, event).await?;
        Ok(answer.effect.unwrap_or(Effect::Unchanged))
    }
}

/// The event that a row of the outbox holds.
pub fn event_of(row: &Record) -> Message {
    Message {
        id: row.row.key.clone(),
        key: row.text("key").to_owned(),
        version: 1,
        body: fields([("status", Value::Text("placed".into()))]),
    }
}

/// The number that the engine gave a row of a numbered table.
pub fn place_of(row: &Record) -> i64 {
    row.number(crate::store::table::PLACE)
}

/// Fields from pairs.
pub(crate) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
    pairs.into_iter().map(|(column, value)| (column.to_owned(), value)).collect()
}
