//! The parts of the picture: lanes, spans, marks, arcs.

/// One row of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// `buyer-1`, or `stock sku-1`.
    pub name: String,
    /// What it stands for.
    pub kind: LaneKind,
    /// Spans in order of their begin.
    pub spans: Vec<Span>,
    /// For a row: its amount, step by step, uncommitted writes included until they are rolled back.
    pub levels: Vec<Level>,
    /// The last entry on this lane; 0 before the first.
    pub last_seq: u64,
    /// The last mark on this lane.
    pub last_kind: Option<MarkKind>,
}

/// From this entry on, a row holds this amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The entry.
    pub seq: u64,
    /// Its run time.
    pub at_us: u64,
    /// The amount.
    pub amount: i64,
}

/// What a lane stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKind {
    /// Somebody who acts.
    Actor,
    /// A row of the database, a table by its number of rows, or a partition by its messages.
    Row,
}

/// Something that lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// What lasts.
    pub kind: SpanKind,
    /// From, in run time.
    pub from_us: u64,
    /// To, in run time; `None` while it lasts.
    pub to_us: Option<u64>,
    /// The entry that began it.
    pub seq: u64,
    /// The entry after which it lasts, for an axis that counts entries: that of its begin, or the actor's last one
    /// before a step that is told only when it ends.
    pub from_seq: u64,
    /// The entry that ended it; `None` while it lasts.
    pub to_seq: Option<u64>,
    /// Words for it: the operation, the lock, the holder.
    pub label: String,
    /// Which attempt, for operations and transactions; a lease's token.
    pub attempt: u64,
}

/// What a span shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// From asked to answered.
    Operation,
    /// An open transaction.
    Transaction,
    /// Waiting for a lock.
    Wait,
    /// Thinking, or waiting before the next attempt.
    Pause,
    /// Standing still without knowing it.
    Stall,
    /// Holding a lease, as far as the lock service knows.
    Lease,
}

impl SpanKind {
    /// How many kinds there are.
    pub const COUNT: usize = Self::Lease as usize + 1;
}

/// One thing that happened, at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The entry.
    pub seq: u64,
    /// Index into [`Stage::lanes`].
    pub lane: usize,
    /// The row's lane that it touched, if it touched one.
    pub row_lane: Option<usize>,
    /// When, in run time.
    pub at_us: u64,
    /// The shape.
    pub kind: MarkKind,
    /// A short word beside the shape.
    pub label: String,
    /// Which attempt, from 1.
    pub attempt: u64,
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A row was read.
    Read,
    /// A row was written.
    Write,
    /// A write that had not seen the one it replaced.
    BlindWrite,
    /// A conditional write that found the row changed.
    Conflict,
    /// The engine refused.
    Refused,
    /// A guarded write found too little.
    Insufficient,
    /// Another attempt is planned.
    Retry,
    /// A transaction began.
    Begin,
    /// A transaction was committed.
    Commit,
    /// A transaction was rolled back.
    Rollback,
    /// Waiting began.
    Wait,
    /// Answered: done.
    Done,
    /// Answered: not done.
    NotDone,
    /// The answer was lost.
    Unknown,
    /// A message was handed to the broker.
    Publish,
    /// A message was handed to a consumer.
    Deliver,
    /// A delivery was acknowledged.
    Ack,
    /// A service was called.
    Call,
    /// A service answered.
    Answer,
    /// A delivery was given back.
    Nack,
    /// A message is not handed out any more: a dead letter, or one that the lab stopped.
    PutAside,
    /// An acknowledgement was lost, or the other side did not answer.
    Lost,
    /// The actor's process died.
    Crash,
    /// The actor's process stood still.
    Stall,
    /// Something for people: a note, a departure.
    Note,
}

impl MarkKind {
    /// How many kinds there are.
    pub const COUNT: usize = Self::Note as usize + 1;
}

/// A line from one mark to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// Index of the later mark, which suffers.
    pub from: usize,
    /// Index of the mark that it points to.
    pub to: usize,
}
