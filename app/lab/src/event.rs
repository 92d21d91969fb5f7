//! The closed list of what a run writes down. A reader who has only these types must be able to recompute every
//! verdict. Events say what the engine answered, never what a strategy meant.

mod broker;
mod call;
mod data;
mod entry;
mod header;
mod message;
mod name;
mod outage;
mod outbox;
mod tray;

use crate::verdict::Verdict;
pub use broker::{DeadLettered, Rebalanced, Redriven, Stuck};
pub use call::Request;
pub use data::{Asked, Basis, Counter, CounterRow, Lock, Outcome, Reason, Refusal, RowRef, Sale, Sql, Value};
pub use entry::{ENTRIES_MAX, Entry};
pub use header::Header;
pub use message::{Effect, Fields, Message, Record};
pub use outage::{CutOff, Manner, OutageBegan, OutageEnded, Port, Reconnected};
pub use outbox::Marked;
use serde::Deserialize;
pub use tray::Tray;

/// Everything that can happen in a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(serde::Serialize), serde(tag = "type"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Entry 1.
    Header(Box<Header>),
    /// The rows as they were before anybody moved, read back from the engine.
    Setup {
        /// The counter rows.
        rows: Vec<CounterRow>,
    },
    /// An actor takes up an operation.
    OperationBegan {
        /// The row it is about.
        row: RowRef,
        /// Units asked for.
        quantity: i64,
        /// Where they go, if they only change their place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<RowRef>,
    },
    /// A transaction was opened.
    TransactionBegan {
        /// How: `deferred`, `immediate`, `read committed`, ...
        mode: String,
    },
    /// A row was read.
    Read {
        /// Which row.
        row: RowRef,
        /// What it held; null if it was not there, or was skipped.
        found: Option<Counter>,
        /// Whether the read locked the row.
        locking: bool,
    },
    /// Rows were read in one statement, by a condition.
    Found {
        /// Only rows whose amount is a multiple of this; left out for all rows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        multiple_of: Option<i64>,
        /// The rows, in key order.
        rows: Vec<CounterRow>,
    },
    /// The actor thought, that is: did something that is not the database's business.
    Thought {
        /// For how long, in microseconds of run time.
        for_us: u64,
    },
    /// A lock by name was taken, until the transaction ends.
    Locked {
        /// Which lock.
        lock: Lock,
    },
    /// The lock service granted a lease.
    LeaseGranted {
        /// What it was granted for.
        lease: String,
        /// The fencing token: higher than that of every earlier lease of this name.
        token: i64,
        /// Until when, in run time, unless it is given back before; left out where the service has a clock of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until_us: Option<u64>,
    },
    /// The lock service granted nothing: somebody else has the lease, or the node that was asked reaches no majority.
    LeaseRefused {
        /// What was asked for.
        lease: String,
        /// The node that was asked, if it reaches no majority of the service's nodes: then nobody is granted anything there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_majority: Option<u64>,
    },
    /// The holder gave its lease back.
    LeaseReleased {
        /// Which lease.
        lease: String,
        /// Its token.
        token: i64,
        /// Whether the service took it back as the holder's own; if not, it was gone or nobody heard of it, and nothing
        /// changed.
        was_held: bool,
        /// The node that was told, if it reaches no majority: then nobody else has heard of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_majority: Option<u64>,
    },
    /// A row's fence was raised to a lease's token, and the row read in the same statement.
    FenceRaised {
        /// Which row.
        row: RowRef,
        /// The token.
        token: i64,
        /// What the row held; nothing if its fence was higher already, and then it was left alone.
        found: Option<Counter>,
    },
    /// A write was refused by the row's fence: somebody with a higher token has been there. Nothing was written.
    Fenced {
        /// Which row.
        row: RowRef,
        /// The token that the write carried.
        token: i64,
    },
    /// A row was written.
    Wrote {
        /// Which row.
        row: RowRef,
        /// The operation whose write this one replaced, as the engine itself returned it; empty for a new row.
        overwrote: String,
        /// What the row holds now, as the engine returned it.
        now: Counter,
        /// From what the value was computed.
        basis: Basis,
        /// Whether the statement was its own transaction, so that the write is committed with it.
        committed: bool,
    },
    /// A conditional write found the row changed since the read: nothing was written.
    Conflict {
        /// Which row.
        row: RowRef,
        /// The version that the write expected.
        expected: i64,
        /// The version that the engine found, read back in a statement of its own.
        found: i64,
        /// The operation that wrote the version found.
        found_op: String,
    },
    /// A guarded write found too little left: nothing was written.
    Insufficient {
        /// Which row.
        row: RowRef,
        /// Units wanted.
        wanted: i64,
    },
    /// The engine answered with an error instead of doing wrong.
    EngineRefused {
        /// Why.
        refusal: Refusal,
        /// The engine's own code: `40001`, `5`, `517`.
        code: String,
    },
    /// The step must wait: it is inside the engine, waiting for somebody else's lock.
    Blocked {
        /// What it waits for.
        lock: Lock,
        /// Who holds it, as far as the engine tells.
        by: Vec<String>,
    },
    /// The step must wait at the gate: somebody waits inside the engine for the same lock already.
    Queued {
        /// What it waits for.
        lock: Lock,
        /// The actor in front of it.
        behind: String,
    },
    /// The attempt failed; the next one comes after a wait.
    RetryPlanned {
        /// The number of the next attempt, from 2.
        next_attempt: u64,
        /// The wait in microseconds of run time.
        wait_us: u64,
    },
    /// The transaction was committed.
    Committed,
    /// The transaction was rolled back.
    RolledBack,
    /// The asker was answered.
    OperationEnded {
        /// How.
        outcome: Outcome,
    },
    /// The broker took a message and keeps it.
    Published {
        /// What was handed in.
        message: Message,
        /// The partition it lies in, from 0.
        partition: u64,
        /// Its place in the partition, from 0.
        offset: u64,
    },
    /// The broker handed a message to a consumer. `causes` names the entry that published it.
    Delivered {
        /// What was handed out.
        message: Message,
        /// The partition it lies in, from 0.
        partition: u64,
        /// Its place in the partition, from 0.
        offset: u64,
        /// The how-many-th time that it was handed out, from 1.
        delivery: u64,
    },
    /// The broker took the acknowledgement: it will not hand this message out again.
    Acked {
        /// The message's id.
        message: String,
    },
    /// The acknowledgement was lost on its way: the broker will hand the message out again.
    AckLost {
        /// The message's id.
        message: String,
    },
    /// The broker took the message, and its confirmation was lost: the publisher will publish it again.
    ConfirmLost {
        /// What was handed in.
        message: String,
    },
    /// The broker knows the message's id and has dropped this copy of it.
    KnownAlready {
        /// The message's id.
        message: String,
    },
    /// The actor looked into its process's own memory.
    Recalled {
        /// The message's id.
        message: String,
        /// Whether the memory says that it was handled.
        known: bool,
    },
    /// The actor keeps a message's id in its process's own memory, which dies with the process.
    Memorised {
        /// The message's id.
        message: String,
    },
    /// A request was sent to a service. Whether it was served, only the service knows.
    Called {
        /// The request.
        request: Request,
        /// Which actor of the run is asked; nobody where it is the payment provider, over HTTP.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// The service's answer came.
    CallAnswered {
        /// The status.
        status: u16,
        /// Whether the service says that this is the answer to an earlier request with the same key.
        replayed: bool,
        /// What it says.
        #[cfg_attr(not(feature = "page"), serde(serialize_with = "message::as_object"))]
        #[cfg_attr(feature = "schema", schemars(with = "message::FieldsSchema"))]
        body: Fields,
    },
    /// No answer came: nobody knows whether the request was served.
    NoAnswer {
        /// What happened to the connection.
        reason: String,
    },
    /// Rows that are older than the retention were removed.
    Pruned {
        /// The table.
        table: String,
        /// Their keys.
        rows: Vec<String>,
        /// Whether the statement was its own transaction.
        committed: bool,
    },
    /// What a service's ledger holds when everybody is done, asked for over HTTP.
    ServiceRead {
        /// The request.
        request: Request,
        /// The charges, oldest first.
        records: Vec<Record>,
    },
    /// The consumer gave a message back: the broker will hand it out again after a while.
    Nacked {
        /// The message's id.
        message: String,
        /// Why.
        reason: String,
        /// After so many microseconds of run time.
        again_us: u64,
    },
    /// The broker will not hand this message out any more: it lies with the dead letters.
    DeadLettered(DeadLettered),
    /// The broker would hand this message out for ever, and the lab ends that: the message keeps its place.
    Stuck(Stuck),
    /// A dead letter was published anew, behind everything that was there.
    Redriven(Redriven),
    /// A consumer was silent for longer than a lease, so its group gave a partition to another one.
    Rebalanced(Rebalanced),
    /// The hand did something to a message on its way, in the lab's network.
    Tray(Tray),
    /// Asked for work and got none: no message for this consumer, no row to send.
    NothingThere,
    /// The other side did not answer: an outage.
    Unreachable {
        /// What did not answer: `broker`, `database`.
        port: String,
    },
    /// An outage began. It belongs to the run, not to an actor.
    OutageBegan(OutageBegan),
    /// An outage ended.
    OutageEnded(OutageEnded),
    /// The connection broke off before the answer to this step came.
    CutOff(CutOff),
    /// The actor has a new connection.
    Reconnected(Reconnected),
    /// Rows that wait to be sent were read, in the table's own order.
    Claimed {
        /// The rows.
        rows: Vec<Record>,
    },
    /// Rows of the outbox were marked together.
    Marked(Marked),
    /// A record was read.
    Looked {
        /// Which row.
        row: RowRef,
        /// What it holds; null if it is not there.
        #[cfg_attr(not(feature = "page"), serde(serialize_with = "message::as_object_or_null"))]
        #[cfg_attr(feature = "schema", schemars(with = "Option<message::FieldsSchema>"))]
        found: Option<Fields>,
    },
    /// A record was written, or found as it should be and left alone.
    Stored {
        /// Which row.
        row: RowRef,
        /// What became of it.
        effect: Effect,
        /// What the row holds now, as the engine returned it; empty when nothing was written.
        #[cfg_attr(not(feature = "page"), serde(serialize_with = "message::as_object"))]
        #[cfg_attr(feature = "schema", schemars(with = "message::FieldsSchema"))]
        now: Fields,
        /// Whether the statement was its own transaction, so that the write is committed with it.
        committed: bool,
    },
    /// The actor's process died before this step: its connection is gone, and with it whatever was not committed.
    Crashed,
    /// The actor's process stood still before this step, as in a long collection of garbage, and knows nothing of it.
    Paused {
        /// For how long, in microseconds of run time.
        for_us: u64,
    },
    /// The actor is back, and knows only what is stored.
    Restarted,
    /// A recorded choice could not be followed.
    Departed {
        /// The choice as it was recorded.
        choice: String,
        /// Why it could not be followed.
        reason: String,
    },
    /// Everybody waits for somebody: nothing can move.
    Deadlocked {
        /// Who waits.
        actors: Vec<String>,
    },
    /// A sentence by the strategy, for people.
    Note {
        /// The sentence.
        text: String,
    },
    /// What the engine holds when everybody is done, read on a connection of its own. Long ones come in pages.
    FinalRead {
        /// The counter rows.
        rows: Vec<CounterRow>,
        /// The sales, ordered by operation.
        sales: Vec<Sale>,
        /// The records of the scenario's other tables, in table and key order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Record>,
        /// Whether another page follows.
        more: bool,
    },
    /// The run was cut off, cancelled, or broke.
    Interrupted {
        /// Why.
        reason: String,
    },
    /// The last entry.
    Verdict(Box<Verdict>),
}
