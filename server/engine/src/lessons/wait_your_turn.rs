//! Locks: what a transaction alone does not do, what a lock does, and who must take it.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "wait-your-turn",
    title: "Wait your turn",
    aim: "What a transaction does not do by itself, what a lock does, and why everybody has to take it.",
    challenge: "two-buyers-safe",
    parts: &[
        Scene {
            text: &[
                "Some rules need a read, a thought and a write. The usual advice is to put them into a transaction. A \
                 transaction happens as a whole or not at all. Does that mean that it is alone?",
            ],
            scenario: "stock",
            strategy: "transaction-only",
            given: &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"],
            question: "Two buyers each begin a transaction and read `1`. One of them writes and commits. Then the \
                       other one wants to write. What does this database, SQLite, do?",
            answers: &[
                ("It lets it write: the update is lost", Breaks("no-lost-update")),
                ("It refuses: the database has moved on since", Times("engine-refused", "", 1)),
                ("It makes it wait for a lock", Times("blocked", "", 1)),
            ],
            right: 1,
            after: &[
                "SQLite refuses (in its WAL mode, with the error 517): a transaction that \
                 has read an older state of the database may not write on top of a newer one. The whole transaction \
                 is tried again, and the second time it reads `0`.",
                "PostgreSQL, at the level that it uses when nobody asks for another, lets the second one write: there \
                 the very same program loses the update. The words are the same and the promise is not. *What your \
                 database really promises*, in this lab, plays ten such anomalies on each engine, level by level.",
            ],
            shows: &[
                AllHold,
                Times("retry-planned", "", 1),
                Times("rolled-back", "", 1),
                Times("committed", "", 2),
            ],
        },
        Scene {
            text: &[
                "A lock says it beforehand: take it, read, think, write, let go. PostgreSQL has one for each row, \
                 `select .. for update`. SQLite has one for the whole database, and a transaction takes it by `begin \
                 immediate`.",
            ],
            scenario: "stock",
            strategy: "row-lock",
            given: &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"],
            question: "Buyer 2 comes while buyer 1 thinks, with the lock in its hand. What does buyer 2 do?",
            answers: &[
                ("It reads `1`, and waits only when it wants to write", Breaks("no-oversell")),
                ("It waits before it reads anything", Times("blocked", "buyer-2", 1)),
                ("It is refused, and tries again", Times("engine-refused", "buyer-2", 1)),
            ],
            right: 1,
            after: &[
                "It waits first, so what it reads afterwards is what buyer 1 left: `0`. That is all there is to it: \
                 the read that decides happens under the lock. A lock that is taken after the read protects nothing, \
                 unless one reads again under it.",
                "The price is in the picture as well. While one buyer thinks, the other one does nothing.",
            ],
            shows: &[
                AllHold,
                Times("read", "buyer-2", 1),
                Times("wrote", "buyer-2", 0),
                Times("retry-planned", "", 0),
            ],
        },
        Scene {
            text: &[
                "A lock is an agreement. Let somebody come along who has not heard of it: an outsider, who reads and \
                 writes without asking.",
            ],
            scenario: "stock",
            strategy: "row-lock",
            given: &[
                "outsider=1",
                "outsider/read#1",
                "buyer-1/read#1",
                "buyer-2/read#1",
                "buyer-1/write#1",
                "outsider/write#1",
            ],
            question: "The outsider reads `1` before the others begin, and writes when it can. Two buyers take turns \
                       by the lock. Does the lock protect them?",
            answers: &[
                ("Yes: the outsider has to wait, like everybody", AllHold),
                ("No: the outsider replaces what a buyer wrote", Breaks("no-lost-update")),
            ],
            right: 1,
            after: &[
                "The outsider did wait, because SQLite lets one writer in at a time. But it waited with an old read \
                 in its pocket, and then wrote what followed from it.",
                "Every protection by agreement ends with the first program that has not signed: a migration, a \
                 script, another team's service. On the workbench a setting is called *One outsider*.",
            ],
            shows: &[Breaks("no-oversell"), Times("blocked", "outsider", 1), Times("wrote", "outsider", 1)],
        },
    ],
};
