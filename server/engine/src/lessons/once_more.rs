//! Second deliveries: where to remember, and in which transaction.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "once-more",
    title: "Handed out once more",
    aim: "Why messages come twice, why remembering them goes wrong in two ways, and what an inbox does.",
    challenge: "charged-once",
    parts: &[
        Scene {
            text: &[
                "A broker that is to lose no message when a consumer dies has to be sure. If no acknowledgement \
                 comes, it hands the message out again. It cannot know whether the consumer died before its work, or \
                 after. This is delivery *at least once*. (In the pictures the lane *ledger* counts charges.)",
            ],
            scenario: "payments",
            strategy: "none",
            given: &["publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/ack#1"],
            question: "A consumer charges 1000 cents, and dies just before it acknowledges. It starts again. What is \
                       in the ledger in the end?",
            answers: &[
                ("Nothing", Breaks("no-missing-charge")),
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
            ],
            right: 2,
            after: &[
                "2000. Nobody did anything wrong: the consumer did what the message asked for, each time. A broker \
                 can be set to hand out *at most once*; then a crash before the work loses the message. No setting \
                 gives neither. What can be done is to make the second time have no effect.",
            ],
            shows: &[Times("published", "", 1), Times("delivered", "consumer-1", 2)],
        },
        Scene {
            text: &[
                "So the consumer remembers what it has handled, in a table of ids. First it remembers, then it charges.",
            ],
            scenario: "payments",
            strategy: "dedup-then-effect",
            given: &["publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/charge#1"],
            question: "It dies between the two. What is in the ledger in the end?",
            answers: &[
                ("Nothing", Breaks("no-missing-charge")),
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
            ],
            right: 0,
            after: &[
                "The message came again, its id was there, and it was passed over: remembered, and never done. The \
                 payment is never taken.",
            ],
            shows: &[Times("delivered", "consumer-1", 2), Times("crashed", "consumer-1", 1)],
        },
        Scene {
            text: &["Then the other way round. First it charges, then it remembers."],
            scenario: "payments",
            strategy: "effect-then-dedup",
            given: &["publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/remember#1"],
            question: "It dies between the two. What is in the ledger in the end?",
            answers: &[
                ("Nothing", Breaks("no-missing-charge")),
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
            ],
            right: 2,
            after: &[
                "Two writes, and a crash has room between them, whichever comes first. There is no third order. The \
                 way out is to make one write of the two.",
            ],
            shows: &[Times("delivered", "consumer-1", 2), Times("looked", "consumer-1", 2)],
        },
        Scene {
            text: &[
                "The id and the charge go into one transaction. First `insert .. on conflict do nothing`; if that \
                 changed no row, the message was handled before. Then the charge, then the commit, and only then the \
                 acknowledgement. That is an *inbox*.",
            ],
            scenario: "payments",
            strategy: "inbox",
            given: &["publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/ack#1"],
            question: "The consumer dies after the commit, before the acknowledgement. What is in the ledger in the end?",
            answers: &[
                ("Nothing", Breaks("no-missing-charge")),
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
            ],
            right: 1,
            after: &[
                "The message was handed out twice, and charged once. Put the crash anywhere else: either both are \
                 written, or neither is, and then the message comes again. The table of crash points on the workbench \
                 tries each of them.",
            ],
            shows: &[
                Times("delivered", "consumer-1", 2),
                Times("committed", "consumer-1", 2),
                Times("acked", "consumer-1", 1),
            ],
        },
        Scene {
            text: &[
                "The inbox grows with every message, so old ids are thrown away. Here they are kept for 100 ms, and \
                 the broker hands out again after 500 ms what was not acknowledged.",
            ],
            scenario: "payments",
            strategy: "inbox",
            given: &["kept_ms=100", "publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/ack#1"],
            question: "The same crash. What is in the ledger in the end?",
            answers: &[
                ("Nothing", Breaks("no-missing-charge")),
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
            ],
            right: 2,
            after: &[
                "The id had been thrown away before the message came again. An inbox protects for as long as it \
                 remembers: longer than the longest way that a message can take, dead letters and their redrive \
                 included.",
            ],
            shows: &[Times("pruned", "consumer-1", 2), Times("delivered", "consumer-1", 2)],
        },
    ],
};
