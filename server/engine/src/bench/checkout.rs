//! The words for a checkout: three services, each with a table and a transaction of its own, and the coordinator's log.
//!
//! Every call carries the order's id as its key, so that asking again is the same as having asked. A cancelled row stays:
//! it is the tombstone that refuses a step which arrives late.

use lab::checks::{
    CANCELLED, CONFIRMED, NEEDS_A_PERSON, ORDERS, PARCELS, PAYMENTS, RESERVATIONS, SAGAS, TAKEN,
};
use lab::event::{Effect, Event, Fields, Record, RowRef, Value};

use super::{Bench, Halt, fields};
use crate::store::table::Overwrite;
use crate::store::{Answer, Locking, Statement, Table, WhenThere, Which};

/// A step that the service refused.
pub const DECLINED: &str = "declined";
/// The column that keeps what a service's row said before.
pub(crate) const PREVIOUS_STATE: &str = "previous_state";
/// What a new row said before.
const NOTHING: &str = "nothing";
/// What a saga says that is not over.
const OPEN: &str = "open";
/// The most sagas that a coordinator takes up at once after it was away.
const SAGAS_MAX: u64 = 100;

/// One of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Keeps goods for an order.
    Warehouse,
    /// Takes money for an order.
    Payment,
    /// Hands the goods to a carrier. Nobody can take that back.
    Shipping,
}

impl Service {
    /// Its table, the label of its step, and the knob for how often it declines, in per cent.
    fn means(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Warehouse => (RESERVATIONS, "reserve", "sold_out"),
            Self::Payment => (PAYMENTS, "pay", "declined"),
            Self::Shipping => (PARCELS, "ship", "unshippable"),
        }
    }
}

/// How an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything was done.
    Confirmed,
    /// Everything that was done was taken back.
    Cancelled,
    /// Something could not be taken back: somebody must look at it.
    NeedsAPerson,
}

impl End {
    fn words(self) -> &'static str {
        match self {
            Self::Confirmed => CONFIRMED,
            Self::Cancelled => CANCELLED,
            Self::NeedsAPerson => NEEDS_A_PERSON,
        }
    }
}

impl Bench {
    /// Asks a service for its step; true if it was taken, now or before. It may decline, and it refuses what was cancelled.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn call(&mut self, service: Service, order: &str) -> Result<bool, Halt> {
        let (table, label, knob) = service.means();
        let declines = self.dice.below(&[knob, order], 100) < self.spec.knob(knob);
        let state = if declines { DECLINED } else { TAKEN };
        let fields = state_fields(state);
        match self.put(label, table, order, fields, WhenThere::Leave).await? {
            Effect::Unchanged => Ok(self.state_of(table, order).await?.as_deref() == Some(TAKEN)),
            _ => Ok(!declines),
        }
    }

    /// Takes a step back, or sees to it that it is not taken any more. False if the service cannot do that now.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn cancel(&mut self, service: Service, order: &str) -> Result<bool, Halt> {
        let (table, label, _) = service.means();
        let (label, sticks) = match label {
            "reserve" => ("release", self.dice.below(&["stuck", order], 100) < self.spec.knob("stuck")),
            _ => ("refund", false),
        };
        if sticks {
            self.act(label, |_| (Event::Unreachable { port: "warehouse".into() }, Vec::new())).await?;
            return Ok(false);
        }
        let how = WhenThere::Overwrite(keeping(&[("state", PREVIOUS_STATE)]));
        self.put(label, table, order, state_fields(CANCELLED), how).await.map(|_| true)
    }

    /// Sees to it that no parcel is sent for an order any more. False if one has been: nobody can take that back.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn forbid_parcel(&mut self, order: &str) -> Result<bool, Halt> {
        match self.put("forbid", PARCELS, order, state_fields(CANCELLED), WhenThere::Leave).await? {
            Effect::Unchanged => Ok(self.state_of(PARCELS, order).await?.as_deref() != Some(TAKEN)),
            _ => Ok(true),
        }
    }

    /// Writes down what became of an order.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn conclude(&mut self, order: &str, end: End) -> Result<(), Halt> {
        let status = end.words();
        let fields = fields([
            ("status", Value::Text(status.to_owned())),
            ("previous_status", Value::Text(NOTHING.to_owned())),
        ]);
        let how = WhenThere::Overwrite(keeping(&[("status", "previous_status")]));
        self.put("conclude", ORDERS, order, fields, how).await.map(drop)
    }

    /// Writes into the coordinator's log what it is about to do: before it does it.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn intend(&mut self, order: &str, next: &str) -> Result<(), Halt> {
        self.log(order, OPEN, next).await
    }

    /// Writes into the coordinator's log that an order needs nothing more.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn close_saga(&mut self, order: &str, end: End) -> Result<(), Halt> {
        self.log(order, end.words(), NOTHING).await
    }

    async fn log(&mut self, order: &str, state: &str, next: &str) -> Result<(), Halt> {
        let fields = fields([
            ("state", Value::Text(state.to_owned())),
            ("next", Value::Text(next.to_owned())),
            ("coordinator", Value::Text(self.actor.clone())),
            ("previous_next", Value::Text(NOTHING.to_owned())),
        ]);
        let how = WhenThere::Overwrite(keeping(&[("next", "previous_next")]));
        self.put("log", SAGAS, order, fields, how).await.map(drop)
    }

    /// This coordinator's sagas that are not over: each order, and what was about to be done.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn open_sagas(&mut self) -> Result<Vec<(String, String)>, Halt> {
        let sagas = self.all_open_sagas().await?;
        let own = |record: &&Record| record.text("coordinator") == self.actor;
        Ok(sagas.iter().filter(own).map(standing).collect())
    }

    /// Everybody's sagas that are not over: each order, and what was about to be done.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub(crate) async fn sagas_of_all(&mut self) -> Result<Vec<(String, String)>, Halt> {
        Ok(self.all_open_sagas().await?.iter().map(standing).collect())
    }

    async fn all_open_sagas(&mut self) -> Result<Vec<Record>, Halt> {
        self.operation.clear();
        let statement = Statement::Waiting {
            table: &SAGAS_TABLE,
            which: Which::State(OPEN),
            limit: SAGAS_MAX,
            locking: Locking::None,
        };
        let event = |_: &Self, answer: &Answer| {
            let rows = answer.records.clone();
            (if rows.is_empty() { Event::NothingThere } else { Event::Claimed { rows } }, Vec::new())
        };
        Ok(self.step("recover", &statement, event).await?.0.records)
    }

    /// What a service's table says of an order, read between two steps of others.
    ///
    /// # Errors
    /// As [`Bench::call`].
    pub async fn state_of(&mut self, table: &str, order: &str) -> Result<Option<String>, Halt> {
        let row = RowRef { table: table.to_owned(), key: order.to_owned() };
        let event = |_: &Self, answer: &Answer| {
            let found = answer.records.first().map(|record| record.fields.clone());
            (Event::Looked { row: row.clone(), found }, Vec::new())
        };
        let (answer, _) = self.step("look", &Statement::Look { row: row.clone() }, event).await?;
        Ok(answer.records.first().map(|record| record.text("state").to_owned()))
    }
}

/// An order of the coordinator's log, and what was about to be done.
fn standing(record: &Record) -> (String, String) {
    (record.row.key.clone(), record.text("next").to_owned())
}

/// The fields of a service's row.
fn state_fields(state: &str) -> Fields {
    fields([("state", Value::Text(state.to_owned())), (PREVIOUS_STATE, Value::Text(NOTHING.to_owned()))])
}

/// Overwrites a row and keeps what it said before.
fn keeping(keep: &'static [(&'static str, &'static str)]) -> Overwrite {
    Overwrite { keep, ..Overwrite::default() }
}

/// The coordinator's log.
pub(crate) static SAGAS_TABLE: Table = Table {
    name: SAGAS,
    columns: &[
        ("state", crate::store::Column::Text),
        ("next", crate::store::Column::Text),
        ("coordinator", crate::store::Column::Text),
        ("previous_next", crate::store::Column::Text),
    ],
    numbered: false,
};
