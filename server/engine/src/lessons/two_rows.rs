//! Write skew: a rule over two rows.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

/// Each teller has read everything before either writes.
const BOTH_READ: &[&str] = &[
    "teller-1/read#1",
    "teller-1/read#2",
    "teller-1/read#3",
    "teller-2/read#1",
    "teller-2/read#2",
    "teller-2/read#3",
];

pub(super) const LESSON: Plan = Plan {
    name: "two-rows",
    title: "What was read counts, too",
    aim: "Why a rule over two rows can break while each row is treated rightly, and what to make sure of instead.",
    challenge: "each-within-the-limit",
    parts: &[
        Scene {
            text: &[
                "Somebody has two accounts with 100 in each. The bank allows one of them to be overdrawn, as long as \
                 the two together do not fall below zero. Two tellers move 150 away at the same time, each from \
                 another of the two.",
                "Each teller reads both accounts, sees 200 in all, and finds that 150 is covered. Then it writes to \
                 the account that it takes from, on the condition that *this* account has still the version that it \
                 read.",
            ],
            scenario: "transfer",
            strategy: "versions-of-moved",
            given: BOTH_READ,
            question: "Both tellers have read both accounts before either writes. What comes of it?",
            answers: &[
                ("The second one finds a newer version, and looks again", Times("conflict", "", 1)),
                ("Both go through, and the accounts are below zero together", Breaks("joint-limit-kept")),
                ("The first one is undone", Breaks("money-conserved")),
            ],
            right: 1,
            after: &[
                "Both go through: -50 and -50. No write replaced another one, no money is missing, and still the rule \
                 is broken. What had grown old is not what a teller wrote, it is what it had *read*: the other \
                 account. This is called *write skew*.",
                "A snapshot would not help. PostgreSQL at REPEATABLE READ refuses when two write the same row, and \
                 here they write different ones.",
            ],
            shows: &[Times("conflict", "", 0), Times("wrote", "teller-1", 2), Times("wrote", "teller-2", 2)],
        },
        Scene {
            text: &[
                "So a teller has to make sure of every row that its decision rests on, also of the one that it leaves \
                 as it is. With versions that means: check and raise both.",
            ],
            scenario: "transfer",
            strategy: "versions-of-all-read",
            given: BOTH_READ,
            question: "The same order of steps. Now each teller checks and raises the versions of both accounts. What \
                       becomes of the second one?",
            answers: &[
                ("It goes through all the same", Breaks("joint-limit-kept")),
                (
                    "It finds that an account has moved on, reads again, and moves nothing",
                    Times("conflict", "teller-2", 1),
                ),
            ],
            right: 1,
            after: &[
                "It found version 2 where it had read version 1. On the second look only 50 are left together, and \
                 150 is not covered.",
                "Locks do it as well, on every row that is read, and always in the same order: two tellers who lock \
                 in different orders would wait for each other for ever. That is a *deadlock*, and the database ends \
                 one of them. SERIALIZABLE does it for you, if the reads stand in the same transaction as the writes \
                 (here they do not): PostgreSQL keeps track of what was read and refuses one of the two, who has to \
                 try again.",
            ],
            shows: &[AllHold, Times("read", "teller-2", 6), Times("wrote", "teller-2", 0)],
        },
    ],
};
