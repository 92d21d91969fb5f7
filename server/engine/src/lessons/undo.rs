//! Sagas: undo what cannot be rolled back, and survive the one who undoes.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

/// The coordinator dies when it is about to give the goods back.
const DECLINED_AND_DEAD: &[&str] = &["declined=100", "crash coordinator-1/release#1"];

pub(super) const LESSON: Plan = Plan {
    name: "undo",
    title: "Undo what cannot be rolled back",
    aim: "Several services without a common transaction: compensation, why memory is not enough for it, and the saga \
          log.",
    challenge: "finish-what-you-began",
    parts: &[
        Scene {
            text: &[
                "To take an order, a *coordinator* asks three services: the warehouse keeps the goods, the bank takes \
                 the money, the carrier takes the parcel. A transaction ends where a service ends. When the second \
                 one says no, the first one has long committed.",
                "(Here the services are three tables of one database, and no transaction touches two of them.)",
            ],
            scenario: "checkout",
            strategy: "no-compensation",
            given: &["declined=100"],
            question: "The goods are kept. Then the payment is declined, and the coordinator writes the order down as \
                       cancelled. What is left?",
            answers: &[
                ("Nothing: the order is cancelled", AllHold),
                ("Goods that nobody pays for, and nobody can buy", Breaks("nothing-kept-unpaid")),
                ("Money that was taken for nothing", Breaks("nobody-charged-for-nothing")),
            ],
            right: 1,
            after: &[
                "*Cancelled* is a word in one table; the goods are kept in another. Somebody has to undo each step \
                 that was done, which is called *compensation*. It is no rollback: others may have seen the goods \
                 kept meanwhile. And it is a step like all others, which can fail.",
            ],
            shows: &[Breaks("no-order-half-way"), Times("stored", "coordinator-1", 3)],
        },
        Scene {
            text: &[
                "So the coordinator gives back what was kept. It knows what that is: it stands in a variable of its own.",
            ],
            scenario: "checkout",
            strategy: "compensation-in-memory",
            given: DECLINED_AND_DEAD,
            question: "The payment is declined. Just before it releases the goods the coordinator dies, and starts \
                       again. What becomes of the goods?",
            answers: &[
                ("They are released when it is up again", AllHold),
                ("They stay kept", Breaks("nothing-kept-unpaid")),
            ],
            right: 1,
            after: &[
                "The variable died with the process. Whoever starts again knows of no order, and nobody will ever \
                 come for these goods.",
            ],
            shows: &[Times("crashed", "coordinator-1", 1), Times("restarted", "coordinator-1", 1)],
        },
        Scene {
            text: &[
                "So it is written down beforehand. A *saga log* names each step before its call, and that an order is \
                 being cancelled before the first thing is taken back, in a database that outlives the process. \
                 Whoever starts up reads it.",
                "It cannot know whether its last call got through, so it calls again. A step and its compensation \
                 carry the order's number: to ask for either once more changes nothing more, and a step that comes \
                 after its cancellation is refused.",
            ],
            scenario: "checkout",
            strategy: "saga-log",
            given: DECLINED_AND_DEAD,
            question: "The same decline, the same death before the release. This time there is a log. What becomes of \
                       the goods?",
            answers: &[
                ("They stay kept", Breaks("nothing-kept-unpaid")),
                ("They are released after the restart", AllHold),
            ],
            right: 1,
            after: &[
                "After the restart the log said that this order was being cancelled, and the coordinator took \
                 everything back once more, what it had already taken back as well. It even forbade the parcel, which \
                 had never been asked for: if that request still came, late, it would find the mark and be refused. A \
                 compensation that keeps failing ends in the log as *needs a person*.",
                "What no saga gives is isolation. Between its steps everybody sees half an order; on the workbench \
                 the setting *Auditor* lets somebody look.",
            ],
            shows: &[Times("crashed", "coordinator-1", 1), Times("claimed", "coordinator-1", 1)],
        },
    ],
};
