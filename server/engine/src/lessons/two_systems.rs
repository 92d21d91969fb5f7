//! The double write: a database and a broker have no transaction in common.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "two-systems",
    title: "Two systems, no common transaction",
    aim: "Why writing to a database and to a broker loses events or invents them, and how an outbox makes one write \
          of two.",
    challenge: "told-for-certain",
    parts: &[
        Scene {
            text: &[
                "A service writes an order into its database and tells the others by an event. Two systems, two \
                 writes. The obvious order: commit first, then publish what is certain.",
            ],
            scenario: "order-placed",
            strategy: "publish-after-commit",
            given: &["service-1/begin#1", "crash service-1/publish#1"],
            question: "The service commits, and dies before it publishes. It starts again. What do the others know?",
            answers: &[
                ("They hear of the order when the service is up again", AllHold),
                ("They never hear of it", Breaks("no-event-lost")),
                ("They hear of an order that does not exist", Breaks("no-phantom")),
            ],
            right: 1,
            after: &[
                "The order is in the table, and nothing is left that would tell of it. The service starts with empty \
                 hands: that an event was owed stood nowhere but in its memory.",
            ],
            shows: &[Times("published", "", 0), Times("committed", "service-1", 1)],
        },
        Scene {
            text: &[
                "Then the other way round: publish first, so that nobody misses it, and commit afterwards.",
            ],
            scenario: "order-placed",
            strategy: "publish-before-commit",
            given: &["service-1/begin#1", "crash service-1/commit#1"],
            question: "The service publishes, and dies before it commits. What happens?",
            answers: &[
                ("The event is taken back together with the order", AllHold),
                ("The warehouse never hears of it", Breaks("no-event-lost")),
                ("The warehouse ships an order that does not exist", Breaks("no-phantom")),
            ],
            right: 2,
            after: &[
                "The database rolled back, the broker did not. The warehouse was told of something that never \
                 happened, and acted upon it.",
            ],
            shows: &[Times("delivered", "warehouse", 1), Times("committed", "service-1", 0)],
        },
        Scene {
            text: &[
                "One of the two writes has to go. The event becomes a row, in a table beside the order, written in \
                 the same transaction: the *outbox*. A *relay* reads the table, publishes what waits there, and marks \
                 it as sent.",
            ],
            scenario: "order-placed",
            strategy: "outbox-polling",
            given: &["service-1/begin#1", "crash service-1/commit#1"],
            question: "The service dies before it commits, as before. What do the others hear?",
            answers: &[
                ("Of an order that does not exist", Breaks("no-phantom")),
                ("Nothing: there is no order, and no row that tells of one", Times("published", "", 0)),
            ],
            right: 1,
            after: &[
                "The order and its event went together. The relay looked into the outbox and found nothing there. \
                 Both are written or neither is: there is one commit to crash at, and not two.",
            ],
            shows: &[AllHold, Times("crashed", "service-1", 1)],
        },
        Scene {
            text: &["And once it has committed, the event is on record. Now it is the relay's turn."],
            scenario: "order-placed",
            strategy: "outbox-polling",
            given: &["crash relay/publish#1"],
            question: "The relay has read the row, and dies before it publishes. What becomes of the event?",
            answers: &[
                ("It is lost", Breaks("no-event-lost")),
                ("It is published when the relay is up again", Times("published", "relay", 1)),
            ],
            right: 1,
            after: &[
                "The row was still waiting. What is owed stands in a table now, and a committed row survives the \
                 death of a process. (Whether it survives a power cut is a setting of the database.) There is one \
                 more place for the relay to die, and the next lesson is about it.",
            ],
            shows: &[AllHold, Times("claimed", "relay", 2), Times("restarted", "relay", 1)],
        },
    ],
};
