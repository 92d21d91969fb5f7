//! The words for records: the view, the shipments.

use lab::checks::{EVENT, PROGRESS, REVISION, SHIPMENTS, VIEW};
use lab::event::{Effect, Event, Fields, Message, Record, RowRef, Value};

use super::{Bench, Delivery, Halt, STAMP};
use crate::store::table::Overwrite;
use crate::store::{Answer, Put, Statement, Table, WhenThere};

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
        let (fields, how) = on_view(event);
        let how = Overwrite { if_higher, ..how };
        self.put("apply", VIEW, &event.key, fields, WhenThere::Overwrite(how)).await
    }

    pub(super) async fn look_up(&mut self, row: RowRef) -> Result<Option<Record>, Halt> {
        let event = |_: &Self, answer: &Answer| {
            let found = answer.records.first().map(|record| record.fields.clone());
            (Event::Looked { row: row.clone(), found }, Vec::new())
        };
        let (answer, _) = self.step("look", &Statement::Look { row: row.clone() }, event).await?;
        Ok(answer.records.into_iter().next())
    }

    /// Sends the goods for an order: one shipment more, whatever is there.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn ship(&mut self, delivery: &Delivery) -> Result<(), Halt> {
        let event = &delivery.message;
        let fields = fields([(EVENT, Value::Text(event.id.clone()))]);
        // Each delivery that ships has a row of its own: the table would not stop a second shipment.
        let key = format!("{}-{}-{}", event.id, delivery.place.offset, delivery.number);
        self.put("ship", SHIPMENTS, &key, fields, WhenThere::Refuse).await.map(drop)
    }

    /// Notes that an order has come this far; false if it has come as far or farther already.
    ///
    /// # Errors
    /// As [`Bench::apply`].
    pub async fn is_newest(&mut self, event: &Message) -> Result<bool, Halt> {
        let fields = fields([(REVISION, integer(event.version))]);
        let how = Overwrite { if_higher: Some(REVISION), ..Overwrite::default() };
        let effect = self.put("version", PROGRESS, &event.key, fields, WhenThere::Overwrite(how)).await?;
        Ok(effect != Effect::Unchanged)
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
        Ok(self.put_and_read(label, table, key, fields, when_there).await?.0)
    }

    /// Writes a record, and tells what the row holds now.
    pub(super) async fn put_and_read(
        &mut self,
        label: &'static str,
        table: &str,
        key: &str,
        fields: Fields,
        when_there: WhenThere,
    ) -> Result<(Effect, Fields), Halt> {
        let row = RowRef { table: table.to_owned(), key: key.to_owned() };
        let statement = Statement::Put(Put { row: row.clone(), fields, when_there });
        let event = |bench: &Self, answer: &Answer| {
            let effect = answer.effect.unwrap_or(Effect::Unchanged);
            let now = answer.records.first().map(|record| record.fields.clone()).unwrap_or_default();
            let committed = !bench.session.in_transaction();
            (Event::Stored { row, effect, now, committed }, Vec::new())
        };
        let (answer, _) = self.step(label, &statement, event).await?;
        let now = answer.records.into_iter().next().map(|record| record.fields).unwrap_or_default();
        Ok((answer.effect.unwrap_or(Effect::Unchanged), now))
    }
}

/// A whole number as a value.
pub(super) fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// What an event says of its order, and how it is brought into the view.
pub(super) fn on_view(event: &Message) -> (Fields, Overwrite) {
    // A whole document says how many steps there were; a delta adds one.
    let is_whole = event.body.contains_key("steps");
    let steps = if is_whole { event.number("steps") } else { 1 };
    let fields = fields([
        ("status", Value::Text(event.text("status").to_owned())),
        ("version", Value::Integer(version(event))),
        ("steps", Value::Integer(steps)),
        (STAMP, Value::Integer(event.number(STAMP))),
        ("previous_version", Value::Integer(0)),
    ]);
    let add: &[&str] = if is_whole { &[] } else { &["steps"] };
    (fields, Overwrite { add, keep: &[("version", "previous_version")], ..Overwrite::default() })
}

/// An event's version as a database keeps it.
pub(super) fn version(event: &Message) -> i64 {
    i64::try_from(event.version).unwrap_or(i64::MAX)
}

/// Fields from pairs.
pub(crate) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
    pairs.into_iter().map(|(column, value)| (column.to_owned(), value)).collect()
}

/// How far each order has come.
pub const PROGRESS_TABLE: Table =
    Table { name: PROGRESS, columns: &[(REVISION, crate::store::Column::Integer)], numbered: false };
