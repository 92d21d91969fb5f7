//! What everybody is about at a moment, and what lies in each partition: for a picture of places instead of times.

use super::{MarkKind, SpanKind, Stage};
use crate::event::{Entry, Event, Redriven};

/// What an actor is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Nothing.
    Nothing,
    /// An operation, or a message.
    Works,
    /// The same inside a transaction.
    InTransaction,
    /// Waits for somebody else, or for its next attempt.
    Waits,
    /// Its process is dead.
    Dead,
}

/// A message that lies in a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// Its id.
    pub id: String,
    /// Its place in the partition.
    pub offset: u64,
    /// The lane of the consumer that has it, unacknowledged; `None` while nobody has.
    pub with: Option<usize>,
}

impl Stage {
    /// What the actor of a lane is about, and the words for it: the operation, the message, who holds what it waits for.
    pub fn doing(&self, lane: usize) -> (Doing, String) {
        if self.lanes[lane].last_kind == Some(MarkKind::Crash) {
            return (Doing::Dead, "crashed".into());
        }
        let open = |wanted: &[SpanKind]| {
            let spans = self.unfinished.get(&lane)?.iter().rev().map(|&place| &self.lanes[lane].spans[place]);
            spans.into_iter().find(|span| wanted.contains(&span.kind))
        };
        if let Some(span) = open(&[SpanKind::Wait, SpanKind::Pause]) {
            return (Doing::Waits, span.label.clone());
        }
        let work = open(&[SpanKind::Operation]).map(|span| span.label.clone());
        match (open(&[SpanKind::Transaction]), work) {
            (Some(_), work) => (Doing::InTransaction, work.unwrap_or_default()),
            (None, Some(work)) => (Doing::Works, work),
            (None, None) => (Doing::Nothing, String::new()),
        }
    }

    /// What lies in the partition of a lane, in the order of its publication.
    pub fn lying(&self, lane: usize) -> impl Iterator<Item = &Lying> {
        self.lying.get(&lane).into_iter().flatten()
    }

    /// Whether this copy of a message lies in its partition.
    pub(super) fn lies(&self, (queue, offset): (usize, u64), message: &str) -> bool {
        self.lying(queue).any(|lying| lying.offset == offset && lying.id == message)
    }

    /// Takes a copy out of its partition.
    pub(super) fn take_out(&mut self, (queue, offset): (usize, u64)) {
        if let Some(lying) = self.lying.get_mut(&queue)
            && let Some(place) = lying.iter().position(|lying| lying.offset == offset)
        {
            lying.remove(place);
        }
    }

    /// Takes what puts messages into a partition or into somebody's hand, after their lanes are known.
    pub(super) fn see_lying(&mut self, lane: usize, entry: &Entry) {
        match &entry.event {
            Event::Published { message, offset, .. } => self.lay(&message.id, *offset),
            Event::Redriven(Redriven { message, offset, .. }) => self.lay(message, *offset),
            Event::Delivered { offset, .. } => self.hand(lane, *offset, Some(lane)),
            Event::Nacked { .. } => {
                if let Some((_, offset)) = self.in_hand.get(&lane).copied() {
                    self.hand(lane, offset, None);
                }
            }
            // The broker hands out again what a dead consumer had.
            Event::Crashed => {
                let had = self.lying.values_mut().flatten().filter(|lying| lying.with == Some(lane));
                had.for_each(|lying| lying.with = None);
            }
            _ => {}
        }
    }

    fn lay(&mut self, message: &str, offset: u64) {
        if let Some(&queue) = self.queues.get(message) {
            self.lying.entry(queue).or_default().push_back(Lying {
                id: message.to_owned(),
                offset,
                with: None,
            });
        }
    }

    fn hand(&mut self, lane: usize, offset: u64, with: Option<usize>) {
        let queue = self.in_hand.get(&lane).and_then(|(queue, _)| self.lying.get_mut(queue));
        if let Some(lying) = queue.and_then(|queue| queue.iter_mut().find(|lying| lying.offset == offset)) {
            lying.with = with;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Fields, Message};
    use crate::fold::LaneKind;

    fn message(id: &str) -> Message {
        Message { id: id.into(), key: "order-1".into(), version: 1, body: Fields::new() }
    }

    /// A stage with a publisher and a consumer, after these events.
    fn after(events: Vec<(&str, Event)>) -> Stage {
        let mut stage = Stage::default();
        for actor in ["publisher", "consumer-1"] {
            stage.add_lane(actor, LaneKind::Actor);
        }
        for (seq, (actor, event)) in (1..).zip(events) {
            let json =
                serde_json::json!({ "seq": seq, "at_us": seq, "wall_us": 0, "actor": actor, "event": event });
            stage.see(&serde_json::from_value(json).unwrap());
        }
        stage
    }

    fn told(stage: &Stage) -> Vec<(&str, bool)> {
        let queue = stage.lane("partition 0").unwrap();
        stage.lying(queue).map(|lying| (lying.id.as_str(), lying.with.is_some())).collect()
    }

    fn put(id: &str, partition: u64, offset: u64) -> (&'static str, Event) {
        ("publisher", Event::Published { message: message(id), partition, offset })
    }

    fn got(id: &str, partition: u64, offset: u64) -> (&'static str, Event) {
        ("consumer-1", Event::Delivered { message: message(id), partition, offset, delivery: 1 })
    }

    fn acked(id: &str) -> (&'static str, Event) {
        ("consumer-1", Event::Acked { message: id.into() })
    }

    /// How many messages a partition's lane says it holds.
    fn level(stage: &Stage, partition: u64) -> i64 {
        let lane = stage.lane(&format!("partition {partition}")).unwrap();
        stage.lanes[lane].levels.last().unwrap().amount
    }

    #[test]
    fn a_message_lies_in_its_partition_from_publication_to_acknowledgement() {
        let mut events = vec![put("a", 0, 0), put("b", 0, 1), got("a", 0, 0)];
        assert_eq!(told(&after(events.clone())), [("a", true), ("b", false)]);
        events.push(acked("a"));
        assert_eq!(told(&after(events)), [("b", false)]);
    }

    #[test]
    fn what_is_put_elsewhere_to_be_tried_again_lies_there_and_not_where_it_was() {
        let mut events = vec![put("a", 0, 0), got("a", 0, 0), put("a", 2, 0), acked("a")];
        let stage = after(events.clone());
        assert_eq!((level(&stage, 0), level(&stage, 2), told(&stage).len()), (0, 1, 0));
        events.extend([got("a", 2, 0), acked("a")]);
        let stage = after(events);
        assert_eq!((level(&stage, 0), level(&stage, 2)), (0, 0));
    }

    #[test]
    fn two_copies_of_a_message_leave_one_after_the_other() {
        let mut events = vec![put("a", 0, 0), put("a", 0, 1), got("a", 0, 0), acked("a"), acked("a")];
        assert_eq!((level(&after(events.clone()), 0), told(&after(events.clone()))), (1, vec![("a", false)]));
        events.extend([got("a", 0, 1), acked("a")]);
        assert_eq!(level(&after(events), 0), 0);
    }

    #[test]
    fn what_a_dead_consumer_had_lies_there_for_others_again() {
        let mut events = vec![put("a", 0, 0), got("a", 0, 0)];
        let consumer = 1;
        assert_eq!(after(events.clone()).doing(consumer), (Doing::Works, "a".into()));
        events.push(("consumer-1", Event::Crashed));
        let stage = after(events);
        assert_eq!((told(&stage), stage.doing(consumer).0), (vec![("a", false)], Doing::Dead));
    }
}
