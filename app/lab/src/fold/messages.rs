//! Messages and records in the picture: a lane for each partition with what lies in it, a lane for each table or
//! versioned row, and a line from each publication to each delivery.

use super::{Arc, LaneKind, Mark, MarkKind, Stage};
use crate::checks::{DEAD_LETTERS, SENT, VIEW};
use crate::event::{
    CutOff, DeadLettered, Effect, Entry, Event, Fields, Marked, Rebalanced, Record, Redriven, RowRef, Stuck,
    Tray, Value,
};
use crate::hand::TrayAct;
use crate::spec::Spec;

/// A table whose rows wait to be sent: its lane counts those that nobody has done with. A row whose event is at the broker
/// counts until it is marked, because a relay that crashes before that sends it again.
const OUTBOX: &str = "outbox";

/// The lane of the partition of what is tried again beside the others.
pub const RETRY_TOPIC: &str = "retry topic";
/// What the lanes of a second topic's partitions begin with.
pub const SECOND_TOPIC: &str = "second topic ";

/// The partition of what is tried again beside the others: behind the one that may be added in the middle of a run. A
/// second topic's lie behind it. `None` where a topic's partitions are nobody's choice.
pub fn retry_partition(spec: &Spec) -> Option<u64> {
    spec.workload.get("partitions").map(|partitions| partitions + 1)
}

/// What a write does to its lane once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The amount is this.
    Set(i64),
    /// The amount changes by this.
    Add(i64),
}

impl Stage {
    /// Draws what concerns messages and records; false for every other event.
    pub(super) fn see_message(&mut self, lane: usize, entry: &Entry) -> bool {
        match &entry.event {
            Event::Published { message, partition, .. } => {
                let queue = self.queue(*partition, message.id.as_str());
                self.change(queue, entry, Change::Add(1));
                if self.outboxed.contains(&message.id) {
                    self.sent.entry(lane).or_default().push(message.id.clone());
                }
                let label = message.id.rsplit('.').next().unwrap_or_default();
                let place = self.mark(lane, Some(queue), entry, MarkKind::Publish, label);
                self.publications.insert(message.id.clone(), place);
            }
            Event::Delivered { message, partition, offset, delivery } => {
                let queue = self.queue(*partition, message.id.as_str());
                self.in_hand.insert(lane, (queue, *offset));
                let label = message.id.rsplit('.').next().unwrap_or_default();
                let place = self.mark(lane, Some(queue), entry, MarkKind::Deliver, label);
                self.marks[place].attempt = *delivery;
                if let Some(&from) = self.publications.get(&message.id) {
                    self.flights.push(Arc { from, to: place });
                }
            }
            Event::Acked { message } => {
                let queue = self.leave(lane, message, entry);
                self.mark(lane, queue, entry, MarkKind::Ack, "ack");
            }
            Event::AckLost { .. } => {
                self.mark(lane, None, entry, MarkKind::Lost, "ack lost");
            }
            Event::ConfirmLost { .. } => {
                self.mark(lane, None, entry, MarkKind::Lost, "confirmation lost");
            }
            Event::KnownAlready { .. } => {
                self.mark(lane, None, entry, MarkKind::Insufficient, "known already");
            }
            Event::Unreachable { port } => {
                self.mark(lane, None, entry, MarkKind::Lost, &format!("no {port}"));
            }
            Event::NothingThere => {
                self.goes_on(lane, entry, &[]);
                self.mark(lane, None, entry, MarkKind::Note, "nothing there");
            }
            Event::Crashed | Event::CutOff(_) | Event::Restarted | Event::Reconnected(_) => {
                self.see_break(lane, entry);
            }
            Event::Claimed { rows } => {
                let table = rows.first().map(|row| self.lane_of(&row.row.table));
                self.goes_on(lane, entry, rows);
                self.send_again(entry, rows);
                self.mark(lane, table, entry, MarkKind::Read, &rows.len().to_string());
            }
            Event::Looked { row, found } => {
                let own = self.lane(&row.to_string());
                let name = if row.table == VIEW { row.to_string() } else { row.table.clone() };
                let table = own.unwrap_or_else(|| self.lane_of(&name));
                let label = if found.is_some() { "there" } else { "not there" };
                self.mark(lane, Some(table), entry, MarkKind::Read, label);
            }
            Event::Stored { row, effect, now, committed } => {
                self.stored(lane, entry, row, *effect, now, *committed)
            }
            _ => return self.see_unread(lane, entry),
        }
        true
    }

    /// Rows that are marked together, in one statement.
    pub(super) fn see_marked(&mut self, lane: usize, entry: &Entry) {
        if let Event::Marked(Marked { state, rows }) = &entry.event
            && state == SENT
        {
            rows.iter().for_each(|id| self.marked(lane, entry, id, true));
        }
    }

    /// A relay that looks for work again has done with what it sent before, unless it finds it there once more. Where rows are
    /// marked they are gone by then; where the relay only remembers how far it came, this is when they count as gone.
    fn goes_on(&mut self, lane: usize, entry: &Entry, found: &[Record]) {
        for id in self.sent.remove(&lane).unwrap_or_default() {
            if !found.iter().any(|record| record.row.key == id) {
                self.leaves_outbox(entry, &id);
            }
        }
    }

    /// A row whose event was sent does not wait any more.
    fn leaves_outbox(&mut self, entry: &Entry, id: &str) {
        if self.outboxed.remove(id) {
            let outbox = self.lane_of(OUTBOX);
            self.change(outbox, entry, Change::Add(-1));
        }
    }

    /// A row of the outbox is marked as sent, now or with its transaction.
    fn marked(&mut self, lane: usize, entry: &Entry, id: &str, committed: bool) {
        if let Some(sent) = self.sent.get_mut(&lane) {
            sent.retain(|other| other != id);
        }
        if committed {
            self.leaves_outbox(entry, id);
        } else if self.outboxed.contains(id) {
            let outbox = self.lane_of(OUTBOX);
            self.waiting.entry(lane).or_default().push((outbox, Change::Add(-1)));
        }
    }

    /// What the broker has, and what is read from the outbox once more all the same, is to be sent again: nothing said so.
    fn send_again(&mut self, entry: &Entry, rows: &[Record]) {
        for Record { row, .. } in rows.iter().filter(|record| record.row.table == OUTBOX) {
            if self.publications.contains_key(&row.key) && self.outboxed.insert(row.key.clone()) {
                let outbox = self.lane_of(OUTBOX);
                self.change(outbox, entry, Change::Add(1));
            }
        }
    }

    /// Draws what becomes of messages that nobody could handle, and of partitions whose owner is gone.
    fn see_unread(&mut self, lane: usize, entry: &Entry) -> bool {
        match &entry.event {
            Event::Nacked { message, .. } => {
                let queue = self.in_hand.get(&lane).map(|(queue, _)| *queue);
                let queue = queue.or_else(|| self.queues.get(message).copied());
                self.mark(lane, queue, entry, MarkKind::Nack, "given back");
            }
            Event::DeadLettered(DeadLettered { message, .. }) => {
                self.leave(lane, message, entry);
                let letters = self.lane_of(DEAD_LETTERS);
                self.change(letters, entry, Change::Add(1));
                self.mark(lane, Some(letters), entry, MarkKind::PutAside, "dead letter");
            }
            Event::Stuck(Stuck { message, .. }) => {
                let queue = self.queues.get(message).copied();
                self.mark(lane, queue, entry, MarkKind::PutAside, "stuck");
            }
            Event::Redriven(Redriven { message, partition, .. }) => {
                let letters = self.lane_of(DEAD_LETTERS);
                self.change(letters, entry, Change::Add(-1));
                let queue = self.queue(*partition, message);
                self.change(queue, entry, Change::Add(1));
                let label = message.rsplit('.').next().unwrap_or_default();
                let place = self.mark(lane, Some(queue), entry, MarkKind::Publish, label);
                self.publications.insert(message.clone(), place);
            }
            Event::Rebalanced(Rebalanced { partition, .. }) => {
                let queue = self.lane_of(&self.partition_name(*partition));
                self.mark(lane, Some(queue), entry, MarkKind::Begin, "takes over");
            }
            _ => return false,
        }
        true
    }

    /// A process or a connection that breaks takes with it what was not committed; and both come back.
    fn see_break(&mut self, lane: usize, entry: &Entry) {
        let (kind, label) = match &entry.event {
            Event::Restarted => (MarkKind::Begin, "restarts".to_owned()),
            Event::Reconnected(_) => (MarkKind::Begin, "connects".to_owned()),
            Event::CutOff(CutOff { port }) => (MarkKind::Lost, format!("{} cut", port.name())),
            _ => (MarkKind::Crash, "crash".to_owned()),
        };
        if kind != MarkKind::Begin {
            self.waiting.remove(&lane);
        }
        self.mark(lane, None, entry, kind, &label);
    }

    /// Draws what the hand did to a message, on the lane where it lies: the network has none of its own.
    pub(super) fn see_tray(&mut self, entry: &Entry, moved: &Tray) {
        let Some(&queue) = self.queues.get(&moved.message) else { return };
        let kind = match moved.act {
            TrayAct::Drop | TrayAct::LoseAck => MarkKind::Lost,
            TrayAct::Double => MarkKind::Publish,
            _ => MarkKind::Note,
        };
        self.mark(queue, None, entry, kind, moved.act.name());
    }

    /// What was not committed waits for the end of its transaction.
    pub(super) fn end_transaction(&mut self, lane: usize, entry: &Entry) {
        match &entry.event {
            Event::Committed => {
                for (row, change) in self.waiting.remove(&lane).unwrap_or_default() {
                    self.change(row, entry, change);
                }
            }
            Event::RolledBack | Event::EngineRefused { .. } => drop(self.waiting.remove(&lane)),
            _ => {}
        }
    }

    fn stored(
        &mut self,
        lane: usize,
        entry: &Entry,
        row: &RowRef,
        effect: Effect,
        now: &Fields,
        committed: bool,
    ) {
        // A versioned row has a lane of its own; of other tables the number of rows is what matters.
        let name = if row.table == VIEW { row.to_string() } else { row.table.clone() };
        let target = match self.lane(&row.to_string()) {
            Some(own) if effect == Effect::Unchanged => own,
            _ => self.lane_of(&name),
        };
        if row.table == OUTBOX && effect == Effect::Inserted {
            self.outboxed.insert(row.key.clone());
        }
        if row.table == OUTBOX && now.get("state").is_some_and(|state| *state == Value::Text(SENT.to_owned()))
        {
            self.marked(lane, entry, &row.key, committed);
        }
        let change = match (effect, now.get("version")) {
            (Effect::Unchanged, _) => None,
            (_, Some(Value::Integer(version))) if row.table == VIEW => Some(Change::Set(*version)),
            (Effect::Inserted, _) => Some(Change::Add(1)),
            (Effect::Removed, _) => Some(Change::Add(-1)),
            _ => None,
        };
        if let Some(change) = change {
            if committed {
                self.change(target, entry, change);
            } else {
                self.waiting.entry(lane).or_default().push((target, change));
            }
        }
        let went_back = matches!(
            (now.get("version"), now.get("previous_version")),
            (Some(Value::Integer(version)), Some(Value::Integer(previous))) if version < previous
        );
        let (kind, label) = match effect {
            Effect::Unchanged => (MarkKind::Insufficient, "left as it is".to_owned()),
            _ if went_back => (MarkKind::BlindWrite, version_label(now)),
            Effect::Removed => (MarkKind::Write, "taken out".to_owned()),
            _ => (MarkKind::Write, version_label(now)),
        };
        self.mark(lane, Some(target), entry, kind, &label);
    }

    /// A copy leaves its partition, once: that which the actor was handed last, or any of this message. Returns the
    /// partition's lane.
    fn leave(&mut self, lane: usize, message: &str, entry: &Entry) -> Option<usize> {
        let (queue, offset) = match self.in_hand.get(&lane).copied() {
            Some(copy) if self.lies(copy, message) || self.gone.contains(&copy) => copy,
            _ => {
                let queue = *self.queues.get(message)?;
                (queue, self.lying(queue).find(|lying| lying.id == message)?.offset)
            }
        };
        if self.gone.insert((queue, offset)) {
            self.take_out((queue, offset));
            self.change(queue, entry, Change::Add(-1));
        }
        Some(queue)
    }

    fn queue(&mut self, partition: u64, message: &str) -> usize {
        let queue = self.lane_of(&self.partition_name(partition));
        self.queues.insert(message.to_owned(), queue);
        queue
    }

    fn partition_name(&self, partition: u64) -> String {
        match self.retry.and_then(|retry| partition.checked_sub(retry)) {
            Some(0) => RETRY_TOPIC.to_owned(),
            Some(behind) => format!("{SECOND_TOPIC}{}", behind - 1),
            None => format!("partition {partition}"),
        }
    }

    pub(super) fn lane_of(&mut self, name: &str) -> usize {
        self.add_lane(name, LaneKind::Row);
        self.lane(name).unwrap_or_default()
    }

    pub(super) fn change(&mut self, lane: usize, entry: &Entry, change: Change) {
        let before = self.lanes[lane].levels.last().map_or(0, |level| level.amount);
        let amount = match change {
            Change::Set(amount) => amount,
            Change::Add(amount) => before.saturating_add(amount),
        };
        self.level(lane, entry, amount);
    }

    pub(super) fn mark(
        &mut self,
        lane: usize,
        row_lane: Option<usize>,
        entry: &Entry,
        kind: MarkKind,
        label: &str,
    ) -> usize {
        self.lanes[lane].last_kind = Some(kind);
        let (seq, at_us, attempt) = (entry.seq, entry.at_us, entry.attempt.unwrap_or(1));
        self.marks.push(Mark { seq, lane, row_lane, at_us, kind, label: label.to_owned(), attempt });
        self.marks.len() - 1
    }
}

fn version_label(now: &Fields) -> String {
    match now.get("version") {
        Some(Value::Integer(version)) => format!("v{version}"),
        // What a service did says more than that it wrote.
        _ => match now.get("next").or_else(|| now.get("state")).or_else(|| now.get("status")) {
            Some(Value::Text(text)) if now.keys().any(|name| name.starts_with("previous_")) => text.clone(),
            _ => String::new(),
        },
    }
}
