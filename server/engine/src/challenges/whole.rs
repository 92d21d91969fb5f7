//! Challenges of the fifth lab: the whole way, and its weakest stage.

use lab::challenge::{Goal, Means};

use super::Plan;

pub(super) const ALL: [Plan; 4] = [
    Plan {
        name: "asked-again",
        title: "Asked again",
        setting: "A customer orders. A service writes the order and its news into one database, in one transaction, and \
                  answers. Everybody has heard that an outbox makes this safe. One crash is yours: let the customer's one \
                  wish become two orders.",
        hint: "A customer that gets no answer asks again, and this service knows nothing of requests. Crash it when the \
               order is committed and the answer is not yet given: before service-1/respond#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "shop",
        strategy: "outbox-alone",
        invariant: "no-double-order",
        knobs: &[],
        premises: "a service that dies between its commit and its answer",
        also: &[],
    },
    Plan {
        name: "two-on-one-queue",
        title: "Two on one queue",
        setting: "Two consumers of the warehouse share one queue, and nobody minds versions. The customer orders, and then \
                  changes the order. Nobody crashes. Let the warehouse act on the change before it acts on the order. You \
                  say who moves next.",
        hint: "Let the way go on until both events are published. Let consumer-1 take the first and stop. Let consumer-2 \
               take the second and ship.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "shop",
        strategy: "no-stage",
        invariant: "order-kept-per-key",
        knobs: &[],
        premises: "two consumers share one queue",
        also: &[],
    },
    Plan {
        name: "shipped-again",
        title: "Sent twice, shipped twice",
        setting: "The outbox loses nothing: its relay publishes again what it has not marked. One crash is yours: let the \
                  warehouse ship one event twice.",
        hint: "Whoever sends at least once needs a receiver that remembers, and this one does not: crash relay/mark#1, or \
               the consumer before its ack.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "shop",
        strategy: "outbox-alone",
        invariant: "no-double-effect",
        knobs: &[],
        premises: "a relay that dies between the broker's acknowledgement and its own mark",
        also: &[],
    },
    Plan {
        name: "the-whole-way",
        title: "The whole way",
        setting: "The last one. An answer is lost, a service dies before it publishes, a relay before it marks, a consumer \
                  before it acknowledges. Keep every promise, from the request to the shipment.",
        hint: "A request, an event and a delivery each need somebody who remembers them.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "shop",
        strategy: "no-stage",
        invariant: "no-event-lost",
        knobs: &[],
        premises: "a service that dies between its commit and its publication",
        also: &["consumer-1/ack#1", "relay/mark#1"],
    },
];
