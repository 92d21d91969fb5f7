//! Events that overtake each other: versions, and what deltas need beyond them.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

/// The second event is applied first.
const OVERTAKEN: [&str; 6] = [
    "publisher/publish#1",
    "publisher/publish#2",
    "consumer-1/receive#1",
    "consumer-2/receive#1",
    "consumer-2/apply#1",
    "consumer-1/apply#1",
];

/// The same, and an event says only what changed.
const DELTAS_OVERTAKEN: [&str; 7] =
    ["deltas=1", OVERTAKEN[0], OVERTAKEN[1], OVERTAKEN[2], OVERTAKEN[3], OVERTAKEN[4], OVERTAKEN[5]];

pub(super) const LESSON: Plan = Plan {
    name: "out-of-order",
    title: "What comes last did not happen last",
    aim: "Why events overtake each other, what a version is good for, and what events need that say only what changed.",
    challenge: "small-steps-safe",
    parts: &[
        Scene {
            text: &[
                "A shop publishes *events*, messages about what has become of an order: it was placed, it was paid. A \
                 *broker* takes them and hands each to a *consumer*, who *acknowledges* it when its work is done; \
                 what is not acknowledged comes again. The consumers keep a view of each order for its customer. \
                 There are two of them, so that one slow event does not hold up all others, and they share a queue.",
            ],
            scenario: "order-status",
            strategy: "arrival-order",
            given: &OVERTAKEN,
            question: "Consumer 1 is handed *placed*, consumer 2 is handed *paid*, and consumer 2 is faster. What \
                       does the customer see in the end?",
            answers: &[
                ("*paid*: that is what happened last", AllHold),
                ("*placed*", Breaks("final-view-correct")),
            ],
            right: 1,
            after: &[
                "Each consumer wrote what it had been handed, and the one with the older event came last. No event \
                 was lost and none came twice. The view now says *placed*, and it will go on saying so until the next \
                 event comes, if there is one.",
            ],
            shows: &[Breaks("view-never-goes-back"), Times("delivered", "", 2), Times("published", "", 2)],
        },
        Scene {
            text: &[
                "When an event arrives says nothing about when it happened. Its source knows: it numbers the events \
                 of each order. And the consumer's statement says `where version < $1`.",
            ],
            scenario: "order-status",
            strategy: "version-ignore-stale",
            given: &OVERTAKEN,
            question: "The same arrival. Version 2 is in the view when version 1 comes. What does the customer see?",
            answers: &[("*placed*", Breaks("final-view-correct")), ("*paid*", AllHold)],
            right: 1,
            after: &[
                "The late event met a newer version and changed nothing. That is right as long as an event is a \
                 *document*, the whole new state: whoever has version 2 can do without version 1.",
            ],
            shows: &[
                Times("stored", "consumer-1", 1),
                Times("stored", "consumer-2", 1),
                Times("acked", "", 2),
            ],
        },
        Scene {
            text: &[
                "Many events are no documents. One item more, 50 added: a *delta* says only what changed. Here each \
                 event counts one step of the order.",
            ],
            scenario: "order-status",
            strategy: "version-ignore-stale",
            given: &DELTAS_OVERTAKEN,
            question: "The same statement, the same arrival: the late event is left out. Is the view right?",
            answers: &[
                ("Yes: it has the latest version", AllHold),
                ("No: it has counted one step of two", Breaks("no-event-lost")),
            ],
            right: 1,
            after: &[
                "It shows *paid*, version 2, and one step. What was left out was half of the truth, and it has been \
                 acknowledged, so nobody will hand it out again.",
            ],
            shows: &[Breaks("final-view-correct"), Times("acked", "consumer-1", 1)],
        },
        Scene {
            text: &["Deltas need their predecessors, so one that comes too early has to wait for them."],
            scenario: "order-status",
            strategy: "version-buffer",
            given: &DELTAS_OVERTAKEN,
            question: "Version 2 comes before version 1, and its consumer keeps it for later. When does the broker \
                       get its acknowledgement?",
            answers: &[
                ("At once: the consumer has it in memory", Breaks("no-event-lost")),
                ("When it stands in a table of the consumer's", Times("acked", "consumer-2", 1)),
                ("Never: it is given back to the broker", Times("nacked", "consumer-2", 1)),
            ],
            right: 1,
            after: &[
                "When it is stored: whoever keeps it in memory, and says that it is done, loses it with the next \
                 crash. In this run version 1 arrived while version 2 was being put aside, so the consumer looked \
                 once more afterwards, found that its turn had come, and counted it.",
                "Two questions remain. How many may wait, and for how long, if a predecessor never comes? Both are \
                 settings on the workbench, and with a time-out that is too short the view is wrong again.",
                "Giving the event back to the broker until its turn has come works as well. Then the broker's attempt \
                 limit decides how long that may take.",
            ],
            shows: &[
                AllHold,
                Times("claimed", "consumer-2", 1),
                Times("looked", "consumer-2", 2),
                Times("acked", "", 2),
            ],
        },
    ],
};
