//! Challenges of the second lab: order lost, and kept.

use lab::challenge::{Goal, Means};

use super::Plan;

pub(super) const ALL: [Plan; 4] = [
    Plan {
        name: "overtaken",
        title: "Overtaken",
        setting: "An order is placed and then paid for: two events, published in that order into one queue. Two consumers \
                  read from it, and each writes down the status that its event tells. You say who moves next.",
        hint: "Both consumers have to hold an event at the same time. Let the one with the newer event write first.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "order-status",
        strategy: "arrival-order",
        invariant: "view-never-goes-back",
        knobs: &[],
        premises: "two consumers of one queue, two events of one order",
        also: &[],
    },
    Plan {
        name: "small-steps",
        title: "Versions, and small steps",
        setting: "Now each event carries a version, and whoever has seen a newer one ignores an older one. That is right as \
                  long as an event tells everything. Here each tells only what has changed.",
        hint: "An event that is ignored is lost, unless a newer one says the same again. Let the newer one be applied \
               first.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "order-status",
        strategy: "version-ignore-stale",
        invariant: "no-event-lost",
        knobs: &[],
        premises: "deltas",
        also: &[],
    },
    Plan {
        name: "small-steps-safe",
        title: "Every step counts",
        setting: "The same events, each telling only what has changed, and the order that lost one of them. Choose how the \
                  consumers keep every step. Not whatever survives this order survives all.",
        hint: "Either a consumer waits for what is missing before, or nobody can overtake anybody: one key, one partition, \
               one consumer.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "order-status",
        strategy: "version-ignore-stale",
        invariant: "no-event-lost",
        knobs: &[],
        premises: "deltas",
        also: &[],
    },
    Plan {
        name: "in-order-and-twice",
        title: "In order, and twice",
        setting: "All events of an order go through one partition, to one consumer, one after the other. Nobody can \
                  overtake anybody. Each event tells what to add. You may let somebody crash once.",
        hint: "The broker hands out again what was not acknowledged. Crash the consumer when the event is applied and not \
               yet acknowledged: before consumer-1/ack#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "order-status",
        strategy: "partitioned",
        invariant: "none-applied-twice",
        knobs: &[],
        premises: "a crash before the acknowledgement",
        also: &[],
    },
];
