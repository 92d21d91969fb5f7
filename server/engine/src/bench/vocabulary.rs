//! The words that strategies are written in.

use lab::event::{Basis, Counter, Event, Lock, RowRef, Sale};

use super::{Bench, Halt, Purchase};
use crate::store::{Answer, Guard, Isolation, Statement};

/// The knob for writes that are opened into their parts.
pub(crate) const OPENED_KNOB: &str = "opened";

/// What a write did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It wrote; the row holds this now.
    Applied(Counter),
    /// The row had changed since the read: nothing was written.
    Conflict,
    /// Too few units were left: nothing was written.
    TooFew,
    /// The row's fence is higher than the writer's token: nothing was written.
    Fenced,
}

impl Bench {
    /// Opens a transaction.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost.
    pub async fn begin(&mut self, isolation: Isolation) -> Result<(), Halt> {
        let mode = self.session.begin_mode(isolation).to_owned();
        let event = |_: &Self, _: &Answer| (Event::TransactionBegan { mode }, Vec::new());
        self.step("begin", &Statement::Begin { isolation }, event).await.map(drop)
    }

    /// Commits the open transaction.
    ///
    /// # Errors
    /// When the engine refuses: then nothing of the transaction counts.
    pub async fn commit(&mut self) -> Result<(), Halt> {
        self.step("commit", &Statement::Commit, |_, _| (Event::Committed, Vec::new())).await.map(drop)
    }

    /// Rolls the open transaction back; does nothing when none is open, as after a refused commit.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn rollback(&mut self) -> Result<(), Halt> {
        if !self.session.in_transaction() {
            return Ok(());
        }
        self.step("rollback", &Statement::Rollback, |_, _| (Event::RolledBack, Vec::new())).await.map(drop)
    }

    /// Reads a row, without locking it.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the row is not there.
    pub async fn read(&mut self, row: &RowRef) -> Result<Counter, Halt> {
        self.look(row, false).await
    }

    /// Reads a row and locks it until the transaction ends. An engine without row locks has locked more already.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the row is not there.
    pub async fn read_for_update(&mut self, row: &RowRef) -> Result<Counter, Halt> {
        self.look(row, true).await
    }

    async fn look(&mut self, row: &RowRef, for_update: bool) -> Result<Counter, Halt> {
        let event = |_: &Self, answer: &Answer| {
            (Event::Read { row: row.clone(), found: answer.row.clone(), locking: for_update }, Vec::new())
        };
        let (answer, seq) =
            self.step("read", &Statement::Read { row: row.clone(), for_update }, event).await?;
        self.reads.insert(row.clone(), seq);
        answer.row.ok_or_else(|| Halt::Broken(crate::Error::new(format!("{row} is not there"))))
    }

    /// Takes the lock that the application named after the row, until the transaction ends.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the engine has no such locks.
    pub async fn take_lock(&mut self, row: &RowRef) -> Result<(), Halt> {
        let name = row.to_string();
        let lock = Lock::Advisory { name: name.clone() };
        let event = |_: &Self, _: &Answer| (Event::Locked { lock }, Vec::new());
        self.step("lock", &Statement::TakeLock { name }, event).await.map(drop)
    }

    /// Sets the row to an amount that was computed before, whatever it holds by now, and records the sale.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost.
    pub async fn write(&mut self, buy: &Purchase, amount: i64) -> Result<Written, Halt> {
        self.write_guarded(buy, amount, Guard::Nothing).await
    }

    /// The same, only if the row still has the version that was read.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost. A changed version is an answer, not an error.
    pub async fn write_if_version(
        &mut self,
        buy: &Purchase,
        amount: i64,
        version: i64,
    ) -> Result<Written, Halt> {
        self.write_guarded(buy, amount, Guard::Version(version)).await
    }

    pub(super) async fn write_guarded(
        &mut self,
        buy: &Purchase,
        amount: i64,
        guard: Guard,
    ) -> Result<Written, Halt> {
        let sale = self.sale(buy);
        self.put_counter(buy, Statement::Write { row: buy.row.clone(), amount, guard, sale }).await
    }

    /// Takes the units inside the statement, only if enough are left, and records the sale.
    ///
    /// # Errors
    /// When the engine refuses, or the connection is lost. Too few is an answer, not an error.
    pub async fn take_if_enough(&mut self, buy: &Purchase) -> Result<Written, Halt> {
        let sale = self.sale(buy);
        self.put_counter(buy, Statement::Take { row: buy.row.clone(), guarded: true, sale }).await
    }

    /// Takes the units inside the statement, however many are left, and records the sale.
    ///
    /// # Errors
    /// When the engine refuses, for instance by a rule of the table, or the connection is lost.
    pub async fn take(&mut self, buy: &Purchase) -> Result<Written, Halt> {
        let sale = self.sale(buy);
        self.put_counter(buy, Statement::Take { row: buy.row.clone(), guarded: false, sale }).await
    }

    /// Thinks: does something that is not the database's business, for a time that the dice draw between half and
    /// one and a half of the workload's `think_ms`.
    ///
    /// # Errors
    /// When the run is over.
    pub async fn think(&mut self) -> Result<(), Halt> {
        let mean_us = self.spec.knob("think_ms") * 1_000;
        if mean_us == 0 {
            return Ok(());
        }
        let name = ["think", &self.operation, &self.attempt.to_string()];
        let for_us = (mean_us / 2 + self.dice.below(&name, mean_us + 1)) * self.turn.stretch();
        let began_us = self.turn.sleep(for_us).await?;
        let mut draft = self.draft(Event::Thought { for_us });
        draft.began_us = Some(began_us);
        self.turn.note(draft).await?;
        Ok(())
    }

    /// Waits as the retry policy says before the next attempt; false when the attempts have run out.
    ///
    /// # Errors
    /// When the run is over.
    pub async fn retry(&mut self) -> Result<bool, Halt> {
        let name = ["retry", &self.operation, &self.attempt.to_string()];
        let wait_us = self.spec.retry.wait_us(self.attempt, &self.dice, &name);
        let Some(wait_us) = wait_us.map(|wait_us| wait_us * self.turn.stretch()) else { return Ok(false) };
        let next_attempt = self.attempt + 1;
        self.turn.note(self.draft(Event::RetryPlanned { next_attempt, wait_us })).await?;
        self.attempt = next_attempt;
        self.reads.clear();
        if wait_us > 0 {
            self.turn.sleep(wait_us).await?;
        }
        Ok(true)
    }

    pub(super) async fn put_counter(
        &mut self,
        buy: &Purchase,
        statement: Statement,
    ) -> Result<Written, Halt> {
        if self.spec.knob(OPENED_KNOB) == 0 || self.session.in_transaction() {
            return self.put_counter_now(buy, statement).await;
        }
        // What the engine does in one step with a statement that is a transaction of its own, in three.
        self.begin(Isolation::ToWrite).await?;
        match self.put_counter_now(buy, statement).await {
            Ok(written) => self.commit().await.map(|()| written),
            Err(Halt::Refused(refusal)) => {
                self.rollback().await?;
                Err(Halt::Refused(refusal))
            }
            Err(halt) => Err(halt),
        }
    }

    async fn put_counter_now(&mut self, buy: &Purchase, statement: Statement) -> Result<Written, Halt> {
        let tell = |bench: &Self, answer: &Answer| bench.tell_write(buy, &statement, answer);
        let (answer, seq) = self.step("write", &statement, tell).await?;
        match (answer.overwrote, answer.row) {
            (Some(_), Some(counter)) => {
                self.remember_write(&buy.row, seq);
                Ok(Written::Applied(counter))
            }
            (None, Some(_)) => Ok(refused_by(&statement)),
            _ => Err(Halt::Broken(crate::Error::new(format!("{} is not there", buy.row)))),
        }
    }

    fn tell_write(&self, buy: &Purchase, statement: &Statement, answer: &Answer) -> (Event, Vec<u64>) {
        let row = buy.row.clone();
        let read = self.reads.get(&row).copied();
        let in_statement = matches!(statement, Statement::Take { .. } | Statement::Insert { .. });
        match (statement, &answer.overwrote, &answer.row) {
            (_, Some(overwrote), Some(now)) => {
                let basis = if in_statement { Basis::Statement } else { Basis::EarlierRead };
                let committed = !self.session.in_transaction();
                let event =
                    Event::Wrote { row, overwrote: overwrote.clone(), now: now.clone(), basis, committed };
                (event, read.into_iter().collect())
            }
            (Statement::Write { guard: Guard::Version(expected), .. }, _, Some(found)) => {
                let causes = read.into_iter().chain(self.write_of(&found.last_op, &row)).collect();
                let (found, found_op) = (found.version, found.last_op.clone());
                (Event::Conflict { row, expected: *expected, found, found_op }, causes)
            }
            (Statement::Write { guard: Guard::FenceUpTo(token) | Guard::FenceAt(token), .. }, ..) => {
                (Event::Fenced { row, token: *token }, read.into_iter().collect())
            }
            _ => (Event::Insufficient { row, wanted: buy.quantity }, Vec::new()),
        }
    }

    fn sale(&self, buy: &Purchase) -> Sale {
        Sale { operation: self.operation.clone(), key: buy.row.key.clone(), quantity: buy.quantity }
    }
}

/// Which condition kept the statement from writing.
fn refused_by(statement: &Statement) -> Written {
    match statement {
        Statement::Write { guard: Guard::Version(_), .. } => Written::Conflict,
        Statement::Write { .. } => Written::Fenced,
        _ => Written::TooFew,
    }
}
