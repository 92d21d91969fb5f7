//! The whole way: every stage fails in its own way, and needs its own protection.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "whole-way",
    title: "The whole way",
    aim: "A request, an order, an outbox, a broker, a warehouse: which protection belongs to which stage.",
    challenge: "the-whole-way",
    parts: &[
        Scene {
            text: &[
                "A customer orders, a service writes the order, an event tells the warehouse, the warehouse ships. At \
                 first nothing is protected, and one small thing goes wrong: the service dies between its commit and \
                 its publication. So the customer gets no answer either.",
            ],
            scenario: "shop",
            strategy: "no-stage",
            given: &["crash service-1/publish#1"],
            question: "The customer asks again, as people do. What stands in the books in the end?",
            answers: &[
                ("One order, which is shipped", AllHold),
                ("Two orders, both shipped", Times("delivered", "consumer-1", 2)),
                ("Two orders, and the warehouse hears of one", Breaks("no-event-lost")),
            ],
            right: 2,
            after: &[
                "Nobody could tell the second request from a new wish, so it was carried out as one. And the first \
                 order was committed before anybody could be told of it. One crash broke two stages, and each breach \
                 hides the other: one parcel arrives, and it looks as if all were well.",
            ],
            shows: &[
                Breaks("no-double-order"),
                Times("delivered", "consumer-1", 1),
                Times("called", "customer-1", 2),
            ],
        },
        Scene {
            text: &[
                "Put an outbox into the middle. Then let the relay die before its mark, and the customer's answer be \
                 lost.",
            ],
            scenario: "shop",
            strategy: "outbox-alone",
            given: &["lost-answer customer-1/request#1", "crash relay/mark#1"],
            question: "How many orders stand in the books, and how many parcels are sent?",
            answers: &[
                ("One order, one parcel", AllHold),
                ("Two orders, two parcels", Times("delivered", "consumer-1", 2)),
                ("Two orders, three parcels", Times("delivered", "consumer-1", 3)),
            ],
            right: 2,
            after: &[
                "Every event now arrives, and that is all an outbox promises. It carries faithfully what comes in at \
                 its front: one wish as two orders. And it hands on twice what its relay sent twice.",
            ],
            shows: &[Breaks("no-double-order"), Breaks("no-double-effect"), Times("published", "relay", 3)],
        },
        Scene {
            text: &[
                "At the front the request brings a key, which is written down with the order. At the end the \
                 warehouse keeps an inbox. (It also minds versions, and the events lie in partitions by order; with a \
                 single event these two have nothing to do yet.)",
            ],
            scenario: "shop",
            strategy: "every-stage",
            given: &["lost-answer customer-1/request#1", "crash relay/mark#1", "crash consumer-1/ack#1"],
            question: "A lost answer, a relay that dies before its mark, and a consumer that dies before its \
                       acknowledgement. How many orders and parcels now?",
            answers: &[
                ("One order, one parcel", AllHold),
                ("One order, two parcels", Breaks("no-double-effect")),
                ("Two orders, two parcels", Breaks("no-double-order")),
            ],
            right: 0,
            after: &[
                "The event was published twice and handed out three times, the request came twice, two processes \
                 died; one order, one parcel. No single mechanism did that. Each stage recognises what it has seen, \
                 in the same transaction in which it acts, and no id is thrown away while its message can still come.",
                "In the lab *The whole way* every stage can be chosen for itself. Leave one out, and find the run \
                 that breaks it.",
            ],
            shows: &[
                Times("published", "relay", 2),
                Times("delivered", "consumer-1", 3),
                Times("called", "customer-1", 2),
                Times("crashed", "", 2),
            ],
        },
    ],
};
