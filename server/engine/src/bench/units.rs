//! The words for units: where each unit that can be sold is a row of its own.

use lab::event::{Event, RowRef};

use super::{Bench, Halt, Locking, Purchase};
use crate::store::{Answer, Statement};

impl Bench {
    /// Finds as many unsold units as are wanted, each in a statement of its own, in the order of their keys. `None` when
    /// there are too few; what was found until then stays locked until the transaction ends.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the engine has no such locks.
    pub async fn find_units(
        &mut self,
        buy: &Purchase,
        locking: Locking,
    ) -> Result<Option<Vec<Purchase>>, Halt> {
        let mut units = Vec::new();
        let mut after = None;
        for _ in 0..buy.quantity {
            let Some(row) = self.find_unit(&buy.row, after.take(), locking).await? else {
                return Ok(None);
            };
            after = Some(row.key.clone());
            units.push(Purchase { row, quantity: 1 });
        }
        Ok(Some(units))
    }

    async fn find_unit(
        &mut self,
        product: &RowRef,
        after: Option<String>,
        locking: Locking,
    ) -> Result<Option<RowRef>, Halt> {
        let event = |_: &Self, answer: &Answer| {
            let row = answer.found.as_ref().unwrap_or(product).clone();
            let locking = locking != Locking::None;
            (Event::Read { row, found: answer.row.clone(), locking }, Vec::new())
        };
        let statement = Statement::Find { product: product.clone(), after, locking };
        let (answer, seq) = self.step("read", &statement, event).await?;
        if let Some(row) = &answer.found {
            self.reads.insert(row.clone(), seq);
        }
        Ok(answer.found)
    }
}
