//! The bench: all that an actor may touch. Each call is a step: it asks for its turn, runs, and is written down.

mod accounts;
mod buffer;
mod calls;
mod checkout;
mod commands;
mod crash;
mod halt;
mod leases;
mod log;
mod memory;
mod messages;
mod notices;
mod operations;
mod outage;
mod outbox;
mod records;
mod requests;
mod rows;
mod stages;
mod units;
mod vocabulary;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use lab::dice::Dice;
use lab::event::{Event, Refusal, RowRef};
use lab::spec::Spec;

use crate::Error;
use crate::broker::network::Network;
use crate::locks::{LockClient, LockService};
use crate::outages::Outages;
use crate::provider::Account;
use crate::recorder::Draft;
use crate::schedule::message::Held;
use crate::store::{Answer, Ground, Listener, Need, PortError, Session, Statement};
use crate::turn::Turn;

pub(crate) use buffer::BUFFER_TABLE;
pub use buffer::Buffered;
pub use checkout::{End, Service};
pub(crate) use checkout::{PREVIOUS_STATE, SAGAS_TABLE};

pub use accounts::{Accounts, Change, Transfer, in_key_order};

pub use crate::broker::Delivery;
pub use crate::store::{Isolation, Locking};
pub use calls::attempt_of;
pub(crate) use calls::{EFFECT, PROVIDER_CALL};
pub use commands::{Command, Replies};
pub use halt::Halt;
pub use leases::Lease;
pub(crate) use leases::{LEASE_KNOB, LEASE_TABLE};
pub use memory::INBOX_TABLE;
pub(crate) use memory::{KEPT, kept_us};
pub(crate) use messages::{ROUTE, SECOND_HOP_KNOB, STAMP};
pub use outbox::{Sent, event_of, is_parked, is_readable, order_of, place_of};
pub(crate) use records::{PROGRESS_TABLE, fields};
pub(crate) use requests::Reply;
pub use requests::{Asked, REQUESTS_TABLE, Requests};
pub(crate) use stages::{HANDED_ON_KNOB, QUEUE_KNOB, RECEIPT_KNOB, REQUEST_KNOB, SEQUENCE_KNOB};
pub use stages::{HandsOn, Recognises};
pub(crate) use vocabulary::OPENED_KNOB;
pub use vocabulary::Written;

/// Which entry wrote which row for which operation, shared by a run's actors: the causes of conflicts.
pub type Writes = Arc<Mutex<HashMap<(String, RowRef), u64>>>;

/// One purchase: so many units of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The product's row.
    pub row: RowRef,
    /// Units wanted.
    pub quantity: i64,
}

/// Where an actor sits: what all actors of a run share, and its own number.
#[derive(Clone)]
pub struct Seat {
    /// The actor's number, from 0.
    pub number: usize,
    /// What is asked.
    pub spec: Arc<Spec>,
    /// The run's database.
    pub ground: Arc<dyn Ground>,
    /// The way to the run's broker.
    pub network: Arc<Network>,
    /// The run's outages.
    pub outages: Arc<Outages>,
    /// The run's lock service, if it has one.
    pub locks: Option<Arc<dyn LockService>>,
    /// The run's account at the payment provider, if it has one.
    pub account: Option<Account>,
    /// Which entry wrote for which operation.
    pub writes: Writes,
    /// Answers on their way.
    pub replies: Replies,
    /// Requests on their way to services, and their answers.
    pub requests: Requests,
    /// Whether anybody in the run takes messages.
    pub takes_messages: bool,
}

/// What one actor holds during a run.
pub struct Bench {
    actor: String,
    number: usize,
    session: Box<dyn Session>,
    /// Whether there is a connection; false from a cut to the next one.
    is_connected: bool,
    ground: Arc<dyn Ground>,
    network: Arc<Network>,
    outages: Arc<Outages>,
    /// The run's lock service, where the leases are not a table of its database.
    locks: Option<Arc<dyn LockService>>,
    lock_client: Option<Box<dyn LockClient>>,
    /// Hears notifications, once the actor listens.
    listener: Option<Box<dyn Listener>>,
    /// The run's account at the payment provider, where a charge is a call.
    account: Option<Account>,
    /// What the process has in mind of handled messages.
    memory: memory::Memory,
    /// The message whose confirmation was lost last.
    unconfirmed: String,
    turn: Turn,
    /// The run time that the actor knows of.
    now_us: u64,
    /// How often it has crashed.
    crashes: u64,
    /// When the actor's process began, in run time.
    alive_since_us: u64,
    /// How often it has stood still because the seed said so.
    pauses: u64,
    dice: Dice,
    spec: Arc<Spec>,
    /// Events that were sent and are to be marked together with others.
    unmarked: Vec<String>,
    /// Keys of which a row was parked among the rows in hand: their later rows wait.
    held: Vec<String>,
    operation: String,
    attempt: u64,
    /// What the next step is about, for whoever is to choose it.
    about: Option<String>,
    steps: BTreeMap<&'static str, u64>,
    /// The entry of the latest read of each row in this attempt.
    reads: HashMap<RowRef, u64>,
    writes: Writes,
    replies: Replies,
    requests: Requests,
    /// The request that a service carries out.
    in_hand: Option<Asked>,
    /// The order that it was carried out as before, if the service knows of that.
    known_as: Option<String>,
    takes_messages: bool,
}

impl Bench {
    /// A bench for one actor of a run.
    pub fn new(actor: &str, session: Box<dyn Session>, turn: Turn, seat: Seat) -> Self {
        Self {
            actor: actor.to_owned(),
            number: seat.number,
            session,
            is_connected: true,
            ground: seat.ground,
            network: seat.network,
            outages: seat.outages,
            locks: seat.locks,
            lock_client: None,
            listener: None,
            account: seat.account,
            memory: memory::Memory::new(),
            unconfirmed: String::new(),
            turn,
            now_us: 0,
            crashes: 0,
            alive_since_us: 0,
            pauses: 0,
            dice: Dice::new(seat.spec.seed),
            spec: seat.spec,
            unmarked: Vec::new(),
            held: Vec::new(),
            operation: String::new(),
            attempt: 1,
            about: None,
            steps: BTreeMap::new(),
            reads: HashMap::new(),
            writes: seat.writes,
            replies: seat.replies,
            requests: seat.requests,
            in_hand: None,
            known_as: None,
            takes_messages: seat.takes_messages,
        }
    }

    /// What the run was asked to do.
    pub(crate) fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Whose bench it is.
    pub(crate) fn actor(&self) -> &str {
        &self.actor
    }

    /// Waits until the actor may begin.
    pub(crate) async fn start(&mut self) -> Result<(), Error> {
        self.turn.start().await
    }

    /// Takes up an operation.
    pub(crate) async fn begin_operation(
        &mut self,
        operation: String,
        row: RowRef,
        quantity: i64,
    ) -> Result<(), Error> {
        self.take_on(operation, Event::OperationBegan { row, quantity, to: None }).await
    }

    async fn take_on(&mut self, operation: String, event: Event) -> Result<(), Error> {
        self.operation = operation;
        self.attempt = 1;
        self.reads.clear();
        self.turn.note(self.draft(event)).await.map(drop)
    }

    /// Tells that the actor is done.
    pub(crate) async fn finish(&mut self) -> Result<(), Error> {
        self.turn.finish().await
    }

    /// One step: turn, statement, entry. `tell` makes the event and its causes of the answer.
    async fn step(
        &mut self,
        label: &'static str,
        statement: &Statement,
        tell: impl FnOnce(&Self, &Answer) -> (Event, Vec<u64>) + Send,
    ) -> Result<(Answer, u64), Halt> {
        let need = self.session.need(statement);
        self.about = statement.subject();
        let draft = self.come_to_database(label, need.clone()).await?;
        self.carry_out(draft, need, statement, tell).await
    }

    /// The rest of a step whose turn has come: statement, entry.
    async fn carry_out(
        &mut self,
        mut draft: Draft,
        need: Option<Need>,
        statement: &Statement,
        tell: impl FnOnce(&Self, &Answer) -> (Event, Vec<u64>) + Send,
    ) -> Result<(Answer, u64), Halt> {
        let was_open = self.session.in_transaction();
        let locks = need.is_some();
        let lock = need.filter(|need| need.waits).map(|need| need.lock);
        self.turn.sent(|| draft.clone(), lock.as_ref());
        let result = match self.ask_engine(statement).await {
            Err(Halt::Lost(reason)) => return Err(self.cut_off(draft, reason).await?),
            Ok(Ok(_)) if self.loses_answer_at(draft.step.as_deref()) => {
                return Err(self.lose_answer(draft).await?);
            }
            other => other?,
        };
        let is_open = self.session.in_transaction();
        let held = match (&result, was_open, is_open) {
            (_, true, false) => Held::Nothing,
            (Ok(_), _, true) if locks => Held::Taken,
            _ => Held::Same,
        };
        match result {
            Ok(answer) => {
                (draft.event, draft.causes) = tell(self, &answer);
                draft.sql.clone_from(&answer.sql);
                draft.raw.clone_from(&answer.raw);
                let seq = self.turn.answered(draft, held).await?;
                Ok((answer, seq))
            }
            Err(refused) => {
                draft.event = Event::EngineRefused { refusal: refused.refusal, code: refused.code };
                draft.sql = refused.sql;
                draft.raw.insert("message".into(), refused.message);
                self.turn.answered(draft, held).await?;
                Err(Halt::Refused(refused.refusal))
            }
        }
    }

    /// A step that no engine takes part in: turn, deed, entry. Returns the entry's seq.
    async fn act(
        &mut self,
        label: &'static str,
        deed: impl FnOnce(&mut Self) -> (Event, Vec<u64>) + Send,
    ) -> Result<u64, Halt> {
        let mut draft = self.come_to(label, None).await?;
        (draft.event, draft.causes) = deed(self);
        Ok(self.turn.answered(draft, Held::Same).await?)
    }

    /// Comes to a step and gets its turn, unless this is where the actor dies.
    async fn come_to(&mut self, label: &'static str, need: Option<Need>) -> Result<Draft, Halt> {
        self.come_to_gate(label, need, false).await
    }

    /// The same for a step that asks the database.
    async fn come_to_database(&mut self, label: &'static str, need: Option<Need>) -> Result<Draft, Halt> {
        self.come_to_gate(label, need, true).await
    }

    async fn come_to_gate(
        &mut self,
        label: &'static str,
        need: Option<Need>,
        asks_database: bool,
    ) -> Result<Draft, Halt> {
        let step = self.name_step(label);
        let about = self.about.take();
        self.stand_still_before(&step).await?;
        let began_us = self.turn.ask(&step, about, need, asks_database).await?;
        self.now_us = began_us;
        self.strike_before(&step, began_us).await?;
        let mut draft = self.draft(Event::Committed);
        draft.began_us = Some(began_us);
        let dies = self.dies_before(&step);
        draft.step = Some(step);
        if dies {
            self.crash(draft).await?;
            return Err(Halt::Crashed);
        }
        Ok(draft)
    }

    /// Asks until the engine has an answer. In a scheduled run a statement that may wait does so outside.
    async fn ask_engine(&mut self, statement: &Statement) -> Result<Result<Answer, Refused>, Halt> {
        loop {
            match self.session.run(statement).await {
                Ok(answer) => return Ok(Ok(answer)),
                Err(PortError::Refused { may_wait: true, .. })
                    if matches!(self.turn, Turn::Directed { .. }) =>
                {
                    self.turn.wait_for_lock().await?;
                }
                Err(PortError::Refused { refusal, code, message, sql, .. }) => {
                    return Ok(Err(Refused { refusal, code, message, sql }));
                }
                Err(PortError::Lost(reason)) => return Err(Halt::Lost(reason)),
                Err(PortError::Broken(reason)) => return Err(Halt::Broken(Error::new(reason))),
            }
        }
    }

    fn name_step(&mut self, label: &'static str) -> String {
        let count = self.steps.entry(label).or_default();
        *count += 1;
        format!("{label}#{count}")
    }

    fn draft(&self, event: Event) -> Draft {
        Draft {
            actor: Some(self.actor.clone()),
            operation: (!self.operation.is_empty()).then(|| self.operation.clone()),
            attempt: (self.attempt > 1).then_some(self.attempt),
            ..Draft::of_run(0, event)
        }
    }

    fn write_of(&self, operation: &str, row: &RowRef) -> Option<u64> {
        let write = (operation.to_owned(), row.clone());
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).get(&write).copied()
    }

    fn remember_write(&self, row: &RowRef, seq: u64) {
        let write = (self.operation.clone(), row.clone());
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).insert(write, seq);
    }
}

struct Refused {
    refusal: Refusal,
    code: String,
    message: String,
    sql: Vec<lab::event::Sql>,
}
