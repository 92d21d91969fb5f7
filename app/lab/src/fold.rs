//! The fold: entries in, picture out. Server and browser fold with the same code, so both show the same.
//!
//! The picture is made of lanes (one for each actor, one for each row), spans on them (operations, transactions,
//! waits), marks (one for each entry that is worth a shape) and arcs (a conflict to the write that beat it).

mod calls;
mod leases;
mod messages;
mod outages;
mod outbox;
mod picture;
mod places;
mod seen;
mod waits;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::event::{Asked, Counter, Entry, Event, Outcome, Refusal, RowRef};
pub use messages::{RETRY_TOPIC, SECOND_TOPIC, retry_partition};
pub use outages::{Moment, Outage};
pub use outbox::{Outbox, OutboxRow, Standing};
pub use picture::{Arc, Lane, LaneKind, Level, Mark, MarkKind, Span, SpanKind};
pub use places::{Doing, Lying};
use seen::Seen;
pub use waits::{Wait, Waits};

/// The folded state of a run up to some entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stage {
    /// Lanes from top to bottom: actors in order, then rows.
    pub lanes: Vec<Lane>,
    /// Marks in entry order.
    pub marks: Vec<Mark>,
    /// Arcs in entry order.
    pub arcs: Vec<Arc>,
    /// Messages on their way: from the mark of a publication to that of a delivery.
    pub flights: Vec<Arc>,
    /// The rows as the engine last returned them.
    pub rows: BTreeMap<String, Counter>,
    /// The outbox, row by row.
    pub outbox: Outbox,
    /// Who waits for whom.
    pub waits: Waits,
    /// What could not be reached when, in the order in which it began.
    pub outages: Vec<Outage>,
    /// Units on record as sold, by committed writes.
    pub writes: u64,
    /// Run time of the latest entry.
    pub end_us: u64,
    /// The last entry that was folded.
    pub seq: u64,
    lane_places: HashMap<String, usize>,
    /// The mark of the latest write for an operation on a row.
    writes_by_operation: HashMap<(String, RowRef), usize>,
    /// What everybody has read.
    seen: Seen,
    /// By lane: the spans whose end is not known yet, so that a long run's are not all searched for each entry.
    unfinished: HashMap<usize, Vec<usize>>,
    /// By actor's lane: what its open transaction wrote, as (row's lane, amount before), to undo on a rollback.
    uncommitted: HashMap<usize, Vec<(usize, i64)>>,
    /// By actor's lane: what its open transaction will change when it commits.
    waiting: HashMap<usize, Vec<(usize, messages::Change)>>,
    /// The mark of each message's publication.
    publications: HashMap<String, usize>,
    /// The partition's lane in which each message was put last.
    queues: HashMap<String, usize>,
    /// By actor's lane: the copy that it was handed last, as partition's lane and offset.
    in_hand: HashMap<usize, (usize, u64)>,
    /// The copies that left their partition.
    gone: HashSet<(usize, u64)>,
    /// The partition of what is tried again beside the others, where a topic has partitions.
    retry: Option<u64>,
    /// By partition's lane: what lies there.
    lying: HashMap<usize, VecDeque<Lying>>,
    /// By lease: the lane of its holder, and the run time at which it runs out.
    lease_ends: BTreeMap<String, (usize, u64)>,
    /// By actor's lane: the lane of whoever it called last.
    called: HashMap<usize, usize>,
    /// Rows of the outbox that nobody has done with.
    outboxed: HashSet<String>,
    /// By relay's lane: the rows among them whose events it has published since it looked for work.
    sent: HashMap<usize, Vec<String>>,
}

impl Stage {
    /// The picture of a whole journal.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut stage = Self::default();
        entries.into_iter().for_each(|entry| stage.see(entry));
        stage
    }

    /// Takes one entry into the picture.
    pub fn see(&mut self, entry: &Entry) {
        self.seq = entry.seq;
        self.end_us = self.end_us.max(entry.at_us);
        self.see_outbox(entry);
        outages::see(&mut self.outages, entry);
        match &entry.event {
            Event::Header(header) => {
                self.retry = messages::retry_partition(&header.spec);
                header.actors.iter().for_each(|actor| self.add_lane(actor, LaneKind::Actor))
            }
            Event::Setup { rows } | Event::FinalRead { rows, .. } => {
                for row in rows {
                    let name = row.row.to_string();
                    self.add_lane(&name, LaneKind::Row);
                    if let Some(lane) = self.lane(&name) {
                        self.level(lane, entry, row.counter.amount);
                    }
                    self.rows.insert(name, row.counter.clone());
                }
            }
            Event::ServiceRead { records, .. } => self.see_service(entry, records.len()),
            Event::Tray(moved) => self.see_tray(entry, moved),
            _ => self.see_actor(entry),
        }
    }

    /// The lane of this name.
    pub fn lane(&self, name: &str) -> Option<usize> {
        self.lane_places.get(name).copied()
    }

    fn add_lane(&mut self, name: &str, kind: LaneKind) {
        if !self.lane_places.contains_key(name) {
            self.lane_places.insert(name.to_owned(), self.lanes.len());
            self.lanes.push(Lane {
                name: name.to_owned(),
                kind,
                spans: Vec::new(),
                levels: Vec::new(),
                last_seq: 0,
                last_kind: None,
            });
        }
    }

    fn see_actor(&mut self, entry: &Entry) {
        let Some(lane) = entry.actor.as_deref().and_then(|actor| self.lane(actor)) else {
            return;
        };
        self.see_wait(entry.actor.as_deref().unwrap_or_default(), entry);
        self.see_lease(lane, entry);
        self.spans(lane, entry);
        self.lanes[lane].last_seq = entry.seq;
        self.end_transaction(lane, entry);
        self.seen.note(lane, entry);
        self.see_marked(lane, entry);
        let is_message = self.see_message(lane, entry);
        self.see_lying(lane, entry);
        if is_message || self.see_call(lane, entry) {
            return;
        }
        let Some((kind, label, row)) = shape(entry) else {
            return;
        };
        if let (Event::Wrote { overwrote, .. }, Some(row)) = (&entry.event, &row)
            && overwrote.is_empty()
        {
            self.add_lane(row, LaneKind::Row);
        }
        let row_lane = row.as_deref().and_then(|row| self.lane(row));
        self.levels(lane, row_lane, entry);
        let attempt = entry.attempt.unwrap_or(1);
        let place = self.marks.len();
        self.lanes[lane].last_kind = Some(kind);
        self.marks.push(Mark { seq: entry.seq, lane, row_lane, at_us: entry.at_us, kind, label, attempt });
        self.arcs(place, entry);
    }

    fn levels(&mut self, lane: usize, row_lane: Option<usize>, entry: &Entry) {
        match (&entry.event, row_lane) {
            (Event::Wrote { now, committed, .. }, Some(row)) => {
                let before = self.lanes[row].levels.last().map_or(now.amount, |level| level.amount);
                if !committed {
                    self.uncommitted.entry(lane).or_default().push((row, before));
                }
                self.level(row, entry, now.amount);
            }
            (Event::Committed, _) => {
                self.uncommitted.remove(&lane);
            }
            (Event::RolledBack, _) => {
                for (row, before) in self.uncommitted.remove(&lane).unwrap_or_default().into_iter().rev() {
                    self.level(row, entry, before);
                }
            }
            _ => {}
        }
    }

    fn level(&mut self, row_lane: usize, entry: &Entry, amount: i64) {
        let levels = &mut self.lanes[row_lane].levels;
        if levels.last().is_none_or(|level| level.amount != amount) {
            levels.push(Level { seq: entry.seq, at_us: entry.at_us, amount });
        }
    }

    fn spans(&mut self, lane: usize, entry: &Entry) {
        if !matches!(entry.event, Event::Blocked { .. } | Event::Queued { .. }) {
            self.close(lane, SpanKind::Wait, entry);
        }
        // A wait before the next attempt knows its end in run time from the start, but not in entries.
        if let Some(span) = self.take_unfinished(lane, |span| span.kind == SpanKind::Pause) {
            span.to_seq = Some(entry.seq);
        }
        match &entry.event {
            Event::Committed | Event::RolledBack => self.close(lane, SpanKind::Transaction, entry),
            Event::Crashed | Event::CutOff(_) => {
                self.close(lane, SpanKind::Transaction, entry);
                self.close(lane, SpanKind::Operation, entry);
            }
            Event::Acked { .. } | Event::AckLost { .. } | Event::Nacked { .. } | Event::DeadLettered(_) => {
                self.close(lane, SpanKind::Operation, entry)
            }
            Event::OperationEnded { .. } => self.close(lane, SpanKind::Operation, entry),
            _ => self.open(lane, entry),
        }
    }

    fn open(&mut self, lane: usize, entry: &Entry) {
        let Some((kind, label)) = lasting(entry) else { return };
        let mut span = Span {
            kind,
            from_us: entry.at_us,
            to_us: None,
            seq: entry.seq,
            from_seq: entry.seq,
            to_seq: None,
            label,
            attempt: entry.attempt.unwrap_or(1),
        };
        match &entry.event {
            // A thought is told when it is over: it lasted from where the lane stood before.
            Event::Thought { .. } | Event::Paused { .. } => {
                span.from_us = entry.began_us.unwrap_or(entry.at_us);
                span.to_us = Some(entry.at_us);
                (span.from_seq, span.to_seq) = (self.lanes[lane].last_seq, Some(entry.seq));
            }
            Event::RetryPlanned { wait_us, .. } => span.to_us = Some(entry.at_us.saturating_add(*wait_us)),
            _ => {}
        }
        self.begin(lane, span);
    }

    fn begin(&mut self, lane: usize, span: Span) {
        let spans = &mut self.lanes[lane].spans;
        if span.to_seq.is_none() {
            self.unfinished.entry(lane).or_default().push(spans.len());
        }
        spans.push(span);
    }

    fn close(&mut self, lane: usize, kind: SpanKind, entry: &Entry) {
        if let Some(span) = self.take_unfinished(lane, |span| span.kind == kind) {
            span.to_us = Some(entry.at_us);
            span.to_seq = Some(entry.seq);
        }
    }

    /// The span of this sort that began last and whose end was not known; it is known now.
    fn take_unfinished(&mut self, lane: usize, is_it: impl Fn(&Span) -> bool) -> Option<&mut Span> {
        let (places, spans) = (self.unfinished.get_mut(&lane)?, &mut self.lanes[lane].spans);
        let found = places.iter().rposition(|&place| is_it(&spans[place]))?;
        spans.get_mut(places.remove(found))
    }

    fn arcs(&mut self, place: usize, entry: &Entry) {
        match &entry.event {
            Event::Wrote { row, overwrote, now, .. } => {
                self.writes += 1;
                self.rows.insert(row.to_string(), now.clone());
                // The write points at the one it replaced only when it had not seen it: that is the lost update.
                if self.replaced_unseen(place, entry, overwrote, row) {
                    self.marks[place].kind = MarkKind::BlindWrite;
                    self.point(place, overwrote, row);
                }
                if let Some(operation) = &entry.operation {
                    self.writes_by_operation.insert((operation.clone(), row.clone()), place);
                }
            }
            Event::Conflict { row, found_op, .. } => self.point(place, found_op, row),
            _ => {}
        }
    }

    fn replaced_unseen(&self, place: usize, entry: &Entry, overwrote: &str, row: &RowRef) -> bool {
        let Some(&read) = entry.causes.first() else {
            return false;
        };
        let Some(&victim) = self.writes_by_operation.get(&(overwrote.to_owned(), row.clone())) else {
            return false;
        };
        let lane = self.marks[place].lane;
        self.seen.stamp(lane, row, read).is_some_and(|stamp| stamp != overwrote)
            && self.marks[victim].lane != lane
    }

    fn point(&mut self, from: usize, operation: &str, row: &RowRef) {
        if let Some(&to) = self.writes_by_operation.get(&(operation.to_owned(), row.clone())) {
            self.arcs.push(Arc { from, to });
        }
    }
}

/// What an entry begins that lasts, and the words for it.
fn lasting(entry: &Entry) -> Option<(SpanKind, String)> {
    Some(match &entry.event {
        Event::OperationBegan { .. } => (SpanKind::Operation, entry.operation.clone().unwrap_or_default()),
        Event::Delivered { message, .. } => (SpanKind::Operation, message.id.clone()),
        Event::TransactionBegan { mode } => (SpanKind::Transaction, mode.clone()),
        Event::Blocked { lock, by } => {
            (SpanKind::Wait, format!("waits for {lock}, held by {}", by.join(", ")))
        }
        Event::Queued { lock, behind } => {
            (SpanKind::Wait, format!("queued by the schedule behind {behind} for {lock}"))
        }
        Event::Thought { .. } => (SpanKind::Pause, "thinks".into()),
        Event::Paused { .. } => (SpanKind::Stall, "stands still".into()),
        Event::LeaseRefused { lease, .. } => (SpanKind::Wait, format!("waits for the lease of {lease}")),
        Event::RetryPlanned { .. } => (SpanKind::Pause, "waits before the next attempt".into()),
        _ => return None,
    })
}

fn shape(entry: &Entry) -> Option<(MarkKind, String, Option<String>)> {
    Some(match &entry.event {
        Event::Read { row, found, .. } => {
            let label = found.as_ref().map_or("nothing".into(), |counter| counter.amount.to_string());
            (MarkKind::Read, label, Some(row.to_string()))
        }
        Event::Found { rows, .. } => {
            let amounts: Vec<String> = rows.iter().map(|row| row.counter.amount.to_string()).collect();
            let label = if amounts.is_empty() { "nothing".into() } else { amounts.join(", ") };
            (MarkKind::Read, label, None)
        }
        Event::Wrote { row, now, .. } => (MarkKind::Write, now.amount.to_string(), Some(row.to_string())),
        Event::Conflict { row, expected, found, .. } => {
            (MarkKind::Conflict, format!("wanted v{expected}, found v{found}"), Some(row.to_string()))
        }
        Event::Insufficient { row, .. } => (MarkKind::Insufficient, "too few".into(), Some(row.to_string())),
        Event::EngineRefused { refusal: Refusal::Deadlock, code } => {
            (MarkKind::Refused, format!("deadlock {code}"), None)
        }
        Event::EngineRefused { code, .. } => (MarkKind::Refused, code.clone(), None),
        Event::RetryPlanned { next_attempt, .. } => {
            (MarkKind::Retry, format!("attempt {next_attempt}"), None)
        }
        Event::TransactionBegan { .. } => (MarkKind::Begin, "begin".into(), None),
        Event::Locked { .. } => (MarkKind::Begin, "locked".into(), None),
        Event::Committed => (MarkKind::Commit, "commit".into(), None),
        Event::RolledBack => (MarkKind::Rollback, "rollback".into(), None),
        Event::Blocked { .. } => (MarkKind::Wait, "waits".into(), None),
        Event::Queued { .. } => (MarkKind::Wait, "queued".into(), None),
        Event::OperationEnded { outcome } => {
            let kind = match outcome {
                Outcome::Done => MarkKind::Done,
                Outcome::Refused(_) => MarkKind::NotDone,
                Outcome::Unknown(_) => MarkKind::Unknown,
            };
            (kind, outcome.words(Asked::of(entry.operation.as_deref())).into(), None)
        }
        Event::Note { text } => (MarkKind::Note, text.clone(), None),
        Event::Departed { choice, .. } => (MarkKind::Note, format!("departed from {choice}"), None),
        _ => return leases::shape(&entry.event),
    })
}
