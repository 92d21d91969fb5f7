//! The relay: what it sends twice, who catches it, and how an outbox drains after an outage.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "relay",
    title: "Sent, and sent again",
    aim: "Why a relay sends some events twice, who has to catch that, and what an outbox does while the broker is away.",
    challenge: "the-relay-dies",
    parts: &[
        Scene {
            text: &[
                "The relay publishes a row, and then marks it as sent. Between the two there is room for a crash, \
                 like everywhere between two systems. At the other end a warehouse ships what it is told, and \
                 remembers nothing. Nor does this broker keep the ids of what it was sent.",
            ],
            scenario: "order-placed",
            strategy: "outbox-polling",
            given: &["keeps_inbox=0", "crash relay/mark#1"],
            question: "The relay publishes, and dies before its mark. It starts again. What happens?",
            answers: &[
                ("The event is lost", Breaks("no-event-lost")),
                ("The goods are shipped twice", Breaks("no-double-effect")),
                ("Nothing: the row is marked when the relay is up again", AllHold),
            ],
            right: 1,
            after: &[
                "The row still said that it waits, so it was published again. The other order, mark first and then \
                 publish, would lose events instead. Every relay has this choice, and one that must not lose events \
                 sends at least once. Some brokers recognise an event's id for a while; that covers what comes again \
                 within that while.",
            ],
            shows: &[Times("published", "relay", 2), Times("delivered", "warehouse", 2)],
        },
        Scene {
            text: &[
                "So the last word is the consumer's. Give the warehouse an inbox, in one transaction with its shipment.",
            ],
            scenario: "order-placed",
            strategy: "outbox-polling",
            given: &["crash relay/mark#1"],
            question: "The same crash. How often does the event reach the warehouse, and how often does it ship?",
            answers: &[
                ("It reaches it once, and ships once", Times("delivered", "warehouse", 1)),
                ("It reaches it twice, and ships once", AllHold),
                ("It reaches it twice, and ships twice", Breaks("no-double-effect")),
            ],
            right: 1,
            after: &[
                "An outbox at one end and an inbox at the other: no committed event is lost when a service, a relay \
                 or a consumer dies, and what comes twice has no effect the second time. That is what people mean who \
                 say that something is processed once: delivered at least once, with one effect, as long as the inbox \
                 remembers and the effect is a row beside it.",
            ],
            shows: &[Times("published", "relay", 2), Times("delivered", "warehouse", 2)],
        },
        Scene {
            text: &[
                "Now the broker goes away, for 60 ms of the run's time, just as a service begins to place two orders. \
                 The network to the broker is simulated here; the outbox is a real table.",
            ],
            scenario: "order-placed",
            strategy: "outbox-polling",
            given: &["orders=2", "outage_at_ms=1", "outage_ms=60"],
            question: "What becomes of the two orders?",
            answers: &[
                ("They are refused as long as the broker is away", Times("committed", "service-1", 0)),
                ("They are placed, and their events are lost", Breaks("no-event-lost")),
                ("They are placed at once, and their events are sent later", AllHold),
            ],
            right: 2,
            after: &[
                "The service noticed nothing: it commits into its own database. The relay found the broker \
                 unreachable five times, and then the outbox drained. An outbox also separates: the shop goes on \
                 while something else is down, and its backlog stands in a table that anybody can look into.",
            ],
            shows: &[
                Times("committed", "service-1", 2),
                Times("unreachable", "relay", 5),
                Times("published", "relay", 2),
            ],
        },
    ],
};
