//! The words for accounts: transfers, and the rows that they read and change.

use std::collections::BTreeMap;

use lab::event::{Counter, Event, RowRef, Sale};

use super::{Bench, Halt, Purchase, Written};
use crate::Error;
use crate::store::{Guard, Statement};

/// One transfer: so much money from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The account that it leaves.
    pub from: RowRef,
    /// The account that it comes to.
    pub to: RowRef,
    /// How much.
    pub amount: i64,
    /// The other account of the person that it leaves, if there is one: the two must not be below zero together.
    pub partner: Option<RowRef>,
}

/// What a transfer does to one account. A change by 0 writes the row all the same and raises its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which account.
    pub row: RowRef,
    /// What is added.
    pub by: i64,
}

/// Accounts as they were read.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    found: BTreeMap<RowRef, Counter>,
}

impl Accounts {
    /// What an account held; 0 if it was not read.
    pub fn balance(&self, row: &RowRef) -> i64 {
        self.found.get(row).map_or(0, |counter| counter.amount)
    }

    /// Takes in what was read besides.
    pub fn add(&mut self, others: Self) {
        self.found.extend(others.found);
    }
}

impl Transfer {
    /// The rule: what is left in the account, with its partner if it has one, is not below zero.
    pub fn is_covered(&self, seen: &Accounts) -> bool {
        let left = seen.balance(&self.from) - self.amount;
        match &self.partner {
            Some(partner) if *partner == self.to => left + seen.balance(partner) + self.amount >= 0,
            Some(partner) => left + seen.balance(partner) >= 0,
            None => left >= 0,
        }
    }

    /// The accounts that money is moved between, as they were named.
    pub fn moved(&self) -> Vec<RowRef> {
        vec![self.from.clone(), self.to.clone()]
    }

    /// These, and what the rule reads besides, as they were named.
    pub fn all_read(&self) -> Vec<RowRef> {
        let partner = self.partner.iter().filter(|partner| **partner != self.to).cloned();
        std::iter::once(self.from.clone()).chain(partner).chain([self.to.clone()]).collect()
    }

    /// What becomes of these accounts, in this order.
    pub fn changes(&self, rows: Vec<RowRef>) -> Vec<Change> {
        let by = |row: &RowRef| match row {
            row if *row == self.from => -self.amount,
            row if *row == self.to => self.amount,
            _ => 0,
        };
        rows.into_iter().map(|row| Change { by: by(&row), row }).collect()
    }
}

/// Rows in the order of their keys, which is the same for everybody.
pub fn in_key_order(mut rows: Vec<RowRef>) -> Vec<RowRef> {
    rows.sort();
    rows
}

impl Bench {
    /// Takes up a transfer.
    pub(crate) async fn begin_transfer(&mut self, operation: String, order: &Transfer) -> Result<(), Error> {
        let (row, to) = (order.from.clone(), Some(order.to.clone()));
        self.take_on(operation, Event::OperationBegan { row, quantity: order.amount, to }).await
    }

    /// Reads accounts one by one, in this order, without locking them.
    ///
    /// # Errors
    /// As [`Bench::read`].
    pub async fn read_all(&mut self, rows: &[RowRef]) -> Result<Accounts, Halt> {
        let mut seen = Accounts::default();
        for row in rows {
            let counter = self.read(row).await?;
            seen.found.insert(row.clone(), counter);
        }
        Ok(seen)
    }

    /// Reads and locks accounts one by one, in this order, until the transaction ends.
    ///
    /// # Errors
    /// As [`Bench::read_for_update`].
    pub async fn lock_all(&mut self, rows: &[RowRef]) -> Result<Accounts, Halt> {
        let mut seen = Accounts::default();
        for row in rows {
            let counter = self.read_for_update(row).await?;
            seen.found.insert(row.clone(), counter);
        }
        Ok(seen)
    }

    /// Sets an account to what it held when it was read, and the change; records the posting.
    ///
    /// # Errors
    /// As [`Bench::write`].
    pub async fn change(&mut self, change: &Change, seen: &Accounts) -> Result<(), Halt> {
        self.write_account(change, seen, Guard::Nothing).await.map(drop)
    }

    /// The same, only if the account still has the version that was read; false if it has not.
    ///
    /// # Errors
    /// As [`Bench::write`].
    pub async fn change_if_version(&mut self, change: &Change, seen: &Accounts) -> Result<bool, Halt> {
        let version = seen.found.get(&change.row).map_or(0, |counter| counter.version);
        let written = self.write_account(change, seen, Guard::Version(version)).await?;
        Ok(matches!(written, Written::Applied(_)))
    }

    async fn write_account(
        &mut self,
        change: &Change,
        seen: &Accounts,
        guard: Guard,
    ) -> Result<Written, Halt> {
        let row = change.row.clone();
        let sale = Sale { operation: self.operation.clone(), key: row.key.clone(), quantity: -change.by };
        let amount = seen.balance(&row) + change.by;
        let taken = Purchase { row: row.clone(), quantity: -change.by };
        self.put_counter(&taken, Statement::Write { row, amount, guard, sale }).await
    }
}
