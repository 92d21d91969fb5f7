//! What everybody is about at a moment, and what lies in each partition: for a picture of places instead of times.

use std::collections::VecDeque;

use super::{MarkKind, SpanKind, Stage};
use crate::event::{DeadLettered, Entry, Event, Redriven};

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

    /// Takes what moves messages in or out of a partition, after their lanes are known.
    pub(super) fn see_lying(&mut self, lane: usize, entry: &Entry) {
        match &entry.event {
            Event::Published { message, .. } => self.lay(&message.id),
            Event::Redriven(Redriven { message, .. }) => self.lay(message),
            Event::Delivered { message, .. } => self.hand(&message.id, Some(lane)),
            Event::Nacked { message, .. } => self.hand(message, None),
            Event::Acked { message } | Event::DeadLettered(DeadLettered { message, .. }) => {
                if let Some((queue, place)) = self.find(message) {
                    queue.remove(place);
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

    fn lay(&mut self, message: &str) {
        // What is published twice under one id lies there once: the broker knows it, or both copies look the same.
        if let Some(&queue) = self.queues.get(message)
            && self.find(message).is_none()
        {
            self.lying.entry(queue).or_default().push_back(Lying { id: message.to_owned(), with: None });
        }
    }

    fn hand(&mut self, message: &str, with: Option<usize>) {
        if let Some((queue, place)) = self.find(message) {
            queue[place].with = with;
        }
    }

    fn find(&mut self, message: &str) -> Option<(&mut VecDeque<Lying>, usize)> {
        let queue = self.lying.get_mut(self.queues.get(message)?)?;
        let place = queue.iter().position(|lying| lying.id == message)?;
        Some((queue, place))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::event::Message;
    use crate::fold::LaneKind;

    fn message(id: &str) -> Message {
        Message { id: id.into(), key: "order-1".into(), version: 1, body: BTreeMap::new() }
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

    fn published(id: &str) -> (&'static str, Event) {
        ("publisher", Event::Published { message: message(id), partition: 0, offset: 0 })
    }

    fn delivered(id: &str) -> (&'static str, Event) {
        ("consumer-1", Event::Delivered { message: message(id), partition: 0, offset: 0, delivery: 1 })
    }

    #[test]
    fn a_message_lies_in_its_partition_from_publication_to_acknowledgement() {
        let mut events = vec![published("a"), published("b"), delivered("a")];
        assert_eq!(told(&after(events.clone())), [("a", true), ("b", false)]);
        events.push(("consumer-1", Event::Acked { message: "a".into() }));
        assert_eq!(told(&after(events)), [("b", false)]);
    }

    #[test]
    fn what_a_dead_consumer_had_lies_there_for_others_again() {
        let mut events = vec![published("a"), delivered("a")];
        let consumer = 1;
        assert_eq!(after(events.clone()).doing(consumer), (Doing::Works, "a".into()));
        events.push(("consumer-1", Event::Crashed));
        let stage = after(events);
        assert_eq!((told(&stage), stage.doing(consumer).0), (vec![("a", false)], Doing::Dead));
    }
}
