//! The words for plain rows: read by a condition, set, inserted. What a transaction of the anomalies is written in.

use lab::checks::TEST;
use lab::event::{CounterRow, Event, RowRef};

use super::{Bench, Halt, Purchase};
use crate::store::{Answer, Guard, Statement};

impl Bench {
    /// Reads rows in one statement: all, or those whose amount is a multiple of a number.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost.
    pub async fn select(&mut self, multiple_of: Option<i64>) -> Result<Vec<CounterRow>, Halt> {
        let event =
            |_: &Self, answer: &Answer| (Event::Found { multiple_of, rows: answer.rows.clone() }, Vec::new());
        let statement = Statement::Select { table: TEST, multiple_of };
        Ok(self.step("read", &statement, event).await?.0.rows)
    }

    /// Sets a row, whatever it holds.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost.
    pub async fn set(&mut self, row: &RowRef, amount: i64) -> Result<(), Halt> {
        let change = Purchase { row: row.clone(), quantity: 0 };
        self.write_guarded(&change, amount, Guard::Nothing).await.map(drop)
    }

    /// Inserts a row.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost.
    pub async fn insert(&mut self, row: &RowRef, amount: i64) -> Result<(), Halt> {
        let (row, operation) = (row.clone(), self.operation.clone());
        let change = Purchase { row: row.clone(), quantity: 0 };
        self.put_counter(&change, Statement::Insert { row, amount, operation }).await.map(drop)
    }
}
