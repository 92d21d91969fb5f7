//! The words for leases and fences: a lock service grants for a time, and a row remembers the highest token.
//!
//! The lease table is one row for each name. Whoever asks writes himself into it, in one statement that does nothing
//! while an earlier lease has not run out; the engine raises the token with every grant.

use lab::event::{Counter, Event, RowRef, Value};

use super::records::{fields, integer};
use super::{Bench, Halt, Purchase, Written};
use crate::Error;
use crate::locks::{Asked, GivenBack, LockClient};
use crate::schedule::message::Held;
use crate::store::table::Overwrite;
use crate::store::{Answer, Column, Guard, Put, Statement, Table, WhenThere};

/// The table of leases. Times are run times in microseconds.
pub const LEASE_TABLE: Table = Table {
    name: "leases",
    columns: &[
        ("holder", Column::Text),
        ("token", Column::Integer),
        ("taken_us", Column::Integer),
        ("until_us", Column::Integer),
    ],
    numbered: false,
};

/// The knob for the length of a lease.
pub(crate) const LEASE_KNOB: &str = "lease_ms";
/// Whoever is refused asks again after this, and doubles it each time.
const WAIT_MIN_US: u64 = 5_000;
/// It never waits longer than this before it asks again.
const WAIT_MAX_US: u64 = 80_000;
/// Whoever was refused so often gives up.
const ASKS_MAX: u64 = 2_000;

/// A lease that was granted. Whether it still stands, only the lock service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    name: String,
    token: i64,
}

impl Bench {
    /// Asks the lock service for the lease of a row until it is granted; `None` when it was refused too often.
    ///
    /// # Errors
    /// When the engine refuses, the connection is lost, or the process dies.
    pub async fn acquire(&mut self, row: &RowRef) -> Result<Option<Lease>, Halt> {
        let mut wait_us = WAIT_MIN_US;
        for _ in 0..ASKS_MAX {
            if let Some(lease) = self.ask_for(row).await? {
                return Ok(Some(lease));
            }
            self.turn.sleep(wait_us * self.turn.stretch()).await?;
            wait_us = (wait_us * 2).min(WAIT_MAX_US);
        }
        // Whoever gives up must not stay in line.
        if let Some(client) = &mut self.lock_client {
            client.give_back().await.map_err(Halt::of)?;
        }
        Ok(None)
    }

    /// Asks once, and does not wait; `None` when somebody else has the lease.
    ///
    /// # Errors
    /// As [`Bench::acquire`].
    pub async fn try_acquire(&mut self, row: &RowRef) -> Result<Option<Lease>, Halt> {
        let lease = self.ask_for(row).await?;
        if let (None, Some(client)) = (&lease, &mut self.lock_client) {
            client.give_back().await.map_err(Halt::of)?;
        }
        Ok(lease)
    }

    /// Asks once. In the table the lease begins when the turn is granted: its clients have one clock here.
    async fn ask_for(&mut self, row: &RowRef) -> Result<Option<Lease>, Halt> {
        let name = row.to_string();
        if self.locks.is_some() {
            return self.ask_service(name).await;
        }
        let need = self.session.need(&self.grant(&name));
        self.about = Some(name.clone());
        let draft = self.come_to("acquire", need.clone()).await?;
        let until_us = Some(self.now_us + self.lease_us());
        let event = |_: &Self, answer: &Answer| (asked(&name, token(answer), until_us, None), Vec::new());
        let (answer, _) = self.carry_out(draft, need, &self.grant(&name), event).await?;
        Ok(token(&answer).map(|token| Lease { name, token }))
    }

    async fn ask_service(&mut self, name: String) -> Result<Option<Lease>, Halt> {
        self.about = Some(name.clone());
        let mut draft = self.come_to("acquire", None).await?;
        let (token, no_majority) = match self.client().await?.ask(&name).await.map_err(Halt::of)? {
            Asked::Granted(token) => (Some(token), None),
            Asked::InLine => (None, None),
            Asked::NoMajority(node) => (None, Some(node)),
        };
        draft.event = asked(&name, token, None, no_majority);
        self.turn.answered(draft, Held::Same).await?;
        Ok(token.map(|token| Lease { name, token }))
    }

    /// The actor's client of the lock service, made when it is first needed.
    async fn client(&mut self) -> Result<&mut Box<dyn LockClient>, Halt> {
        let made = match (self.lock_client.take(), &self.locks) {
            (Some(client), _) => client,
            (None, Some(service)) => service.client(self.number, &self.actor).await.map_err(Halt::of)?,
            (None, None) => return Err(Halt::Broken(Error::new("this run has no lock service"))),
        };
        Ok(self.lock_client.insert(made))
    }

    /// Writes the actor in as the holder from now on, unless an earlier lease has not run out.
    fn grant(&self, name: &str) -> Statement {
        Statement::Put(Put {
            row: RowRef { table: LEASE_TABLE.name.to_owned(), key: name.to_owned() },
            fields: fields([
                ("holder", Value::Text(self.actor.clone())),
                ("token", Value::Integer(1)),
                ("taken_us", integer(self.now_us)),
                ("until_us", integer(self.now_us + self.lease_us())),
            ]),
            when_there: WhenThere::Overwrite(Overwrite {
                if_passed: Some(("until_us", "taken_us")),
                add: &["token"],
                ..Overwrite::default()
            }),
        })
    }

    /// Gives a lease back. If somebody else has had it since, nothing happens to theirs.
    ///
    /// # Errors
    /// As [`Bench::acquire`].
    pub async fn release(&mut self, lease: &Lease) -> Result<(), Halt> {
        if self.locks.is_some() {
            self.about = Some(lease.name.clone());
            let mut draft = self.come_to("release", None).await?;
            let given_back = self.client().await?.give_back().await.map_err(Halt::of)?;
            let no_majority = match given_back {
                GivenBack::NoMajority(node) => Some(node),
                GivenBack::Held | GivenBack::Gone => None,
            };
            let was_held = given_back == GivenBack::Held;
            let (lease, token) = (lease.name.clone(), lease.token);
            draft.event = Event::LeaseReleased { lease, token, was_held, no_majority };
            return Ok(self.turn.answered(draft, Held::Same).await.map(drop)?);
        }
        let statement = Statement::Put(Put {
            row: RowRef { table: LEASE_TABLE.name.to_owned(), key: lease.name.clone() },
            fields: fields([("until_us", Value::Integer(0))]),
            when_there: WhenThere::ChangeIf("token", lease.token),
        });
        let event = |_: &Self, answer: &Answer| {
            let was_held = !answer.records.is_empty();
            let (lease, token) = (lease.name.clone(), lease.token);
            (Event::LeaseReleased { lease, token, was_held, no_majority: None }, Vec::new())
        };
        self.step("release", &statement, event).await.map(drop)
    }

    /// Raises the row's fence to the lease's token and reads the row; `None` if a higher token has been there.
    ///
    /// # Errors
    /// As [`Bench::acquire`].
    pub async fn raise_fence(&mut self, row: &RowRef, lease: &Lease) -> Result<Option<Counter>, Halt> {
        self.raise_fence_to(row, lease.token, false).await
    }

    pub(super) async fn raise_fence_to(
        &mut self,
        row: &RowRef,
        token: i64,
        or_equal: bool,
    ) -> Result<Option<Counter>, Halt> {
        let statement = Statement::RaiseFence { row: row.clone(), token, or_equal };
        let event = |_: &Self, answer: &Answer| {
            (Event::FenceRaised { row: row.clone(), token, found: answer.row.clone() }, Vec::new())
        };
        let (answer, seq) = self.step("fence", &statement, event).await?;
        self.reads.insert(row.clone(), seq);
        Ok(answer.row)
    }

    /// Sets the row to an amount, only if its fence is still at the lease's token, and records the sale.
    ///
    /// # Errors
    /// As [`Bench::acquire`]. A raised fence is an answer, not an error.
    pub async fn write_if_fence(
        &mut self,
        buy: &Purchase,
        amount: i64,
        lease: &Lease,
    ) -> Result<Written, Halt> {
        self.write_guarded(buy, amount, Guard::FenceAt(lease.token)).await
    }

    /// The same if the fence is at most the lease's token, and raises it to the token with the write.
    ///
    /// # Errors
    /// As [`Bench::write_if_fence`].
    pub async fn write_if_fence_passes(
        &mut self,
        buy: &Purchase,
        amount: i64,
        lease: &Lease,
    ) -> Result<Written, Halt> {
        self.write_guarded(buy, amount, Guard::FenceUpTo(lease.token)).await
    }

    /// How long a lease lasts, in run time.
    pub(super) fn lease_us(&self) -> u64 {
        self.spec.knob(LEASE_KNOB) * 1_000 * self.turn.stretch()
    }
}

fn asked(lease: &str, token: Option<i64>, until_us: Option<u64>, no_majority: Option<u64>) -> Event {
    let lease = lease.to_owned();
    match token {
        Some(token) => Event::LeaseGranted { lease, token, until_us },
        None => Event::LeaseRefused { lease, no_majority },
    }
}

fn token(answer: &Answer) -> Option<i64> {
    answer.records.first().map(|record| record.number("token"))
}
