//! Partitions: what they keep in line, and what ends it.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

/// A delta is applied, and its consumer dies before it says so.
const APPLIED_AND_DEAD: &[&str] =
    &["consumers=1", "deltas=1", "publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/ack#1"];

pub(super) const LESSON: Plan = Plan {
    name: "in-line",
    title: "Keep them in line",
    aim: "What partitions are good for, what ends their order, and why order alone is not enough.",
    challenge: "in-order-and-twice",
    parts: &[
        Scene {
            text: &[
                "There is another way: let no event overtake another. The broker's queue is cut into *partitions*. A \
                 key, here the order's number, decides in which one an event lies, and each partition has one \
                 consumer.",
            ],
            scenario: "order-status",
            strategy: "partitioned",
            given: &[
                "publisher/publish#1",
                "publisher/publish#2",
                "consumer-1/receive#1",
                "consumer-2/receive#1",
                "consumer-2/apply#1",
                "consumer-1/apply#1",
            ],
            question: "Two events of one order, two partitions, two consumers. Who is handed them?",
            answers: &[
                ("Each consumer is handed one", Times("delivered", "consumer-2", 1)),
                ("One consumer is handed both, one after the other", Times("delivered", "consumer-1", 2)),
            ],
            right: 1,
            after: &[
                "Both lie in one partition, and here its consumer is handed the second one after it has acknowledged \
                 the first. No versions are needed for that.",
                "The other consumer had nothing to do, and that is the price: only what lies in different partitions \
                 goes on side by side. Where one key is much busier than the others, its partition falls behind, \
                 everything else in that partition waits with it, and the other consumers cannot help.",
            ],
            shows: &[AllHold, Times("delivered", "consumer-2", 0)],
        },
        Scene {
            text: &["It holds as long as everybody on the way puts the events of one order under one key."],
            scenario: "order-status",
            strategy: "partitioned",
            given: &[
                "wrong_key=100",
                "publisher/publish#1",
                "publisher/publish#2",
                "consumer-1/receive#1",
                "consumer-2/receive#1",
                "consumer-1/apply#1",
                "consumer-2/apply#1",
            ],
            question: "A publisher gives each event a key of its own. The events carry versions. What happens?",
            answers: &[
                ("Nothing: the versions tell the order all the same", AllHold),
                (
                    "The second event lies elsewhere, and overtakes the first one",
                    Breaks("view-never-goes-back"),
                ),
            ],
            right: 1,
            after: &[
                "The broker does not know what belongs together. It knows keys. (The record of the run names each \
                 event's order; where its own key put it, the partition shows.) And a version helps only if somebody \
                 looks at it. The same happens when a service in between passes the events on under another key, when \
                 a partition is added, so that keys lie elsewhere than before, or when failed events are tried again \
                 in a queue of their own. Each of them is a setting on the workbench.",
            ],
            shows: &[Breaks("final-view-correct"), Times("delivered", "consumer-2", 1)],
        },
        Scene {
            text: &["And whoever is in line may still come twice. Here an event is a delta, one step more."],
            scenario: "order-status",
            strategy: "partitioned",
            given: APPLIED_AND_DEAD,
            question: "The consumer counts the first event, dies before it acknowledges it, and starts again. How \
                       many steps does the view count in the end, of two?",
            answers: &[
                ("One", Breaks("no-event-lost")),
                ("Two", AllHold),
                ("Three", Breaks("none-applied-twice")),
            ],
            right: 2,
            after: &[
                "Three. The broker heard nothing and handed the event out again, as it must. The order was kept the \
                 whole time: first, first, second.",
            ],
            shows: &[Times("delivered", "consumer-1", 3), Times("published", "", 2)],
        },
        Scene {
            text: &["Now the consumer's statement also says `where version < $1`, as in the lesson before."],
            scenario: "order-status",
            strategy: "partitioned-versioned",
            given: APPLIED_AND_DEAD,
            question: "The same crash. How many steps does the view count now?",
            answers: &[("Two", AllHold), ("Three", Breaks("none-applied-twice"))],
            right: 0,
            after: &[
                "Each makes up for what the other one lacks. The version lets no event count twice; the partition \
                 lets no delta be overtaken, which a version alone would leave out.",
            ],
            shows: &[Times("delivered", "consumer-1", 3)],
        },
        Scene {
            text: &[
                "One trouble comes from the line itself. This time the first event is one that nobody can read.",
            ],
            scenario: "order-status",
            strategy: "partitioned",
            given: &[
                "consumers=1",
                "publisher/publish#1",
                "publisher/publish#2",
                "poison publisher/publish#1",
            ],
            question: "The consumer gives the unreadable event back, again and again. What becomes of the second one, \
                       which can be read?",
            answers: &[
                ("It is handled meanwhile", Times("acked", "consumer-1", 1)),
                ("It waits, and is never handed out", Breaks("no-event-lost")),
            ],
            right: 1,
            after: &[
                "The first event was handed out twelve times, and then the run gave up waiting. In line means in \
                 line: what cannot be handled blocks everything behind it.",
                "With an attempt limit it goes to the *dead letters*, and the partition goes on. Then somebody has to \
                 mend it and bring it back, and by that time newer events of its order may have been applied. That, \
                 too, can be tried on the workbench.",
            ],
            shows: &[Times("delivered", "consumer-1", 12), Times("stuck", "", 1), Times("stored", "", 0)],
        },
    ],
};
