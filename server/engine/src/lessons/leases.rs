//! Distributed locks: a lease, a token, and when a row learns of it.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "leases",
    title: "A lock that ends",
    aim: "Why a lock that others hand out protects no row, what a fencing token is, and when a row has to learn of it.",
    challenge: "the-late-fence",
    parts: &[
        Scene {
            text: &[
                "Services on several machines can take turns by a lock that lives elsewhere: in a table, in \
                 ZooKeeper, in a Raft cluster. A holder may die and never give it back. So it is lent for a time, as \
                 a *lease*; when the time is over, the next one gets it.",
                "But a process can stand still and not know it. A garbage collector stops it, its machine is moved, \
                 the laptop was closed. It wakes up and goes on where it was.",
            ],
            scenario: "stock",
            strategy: "distributed-lock",
            given: &["pause buyer-1/write#1"],
            question: "Buyer 1 has the lease and has read `1`. Before its write it stands still, for longer than the \
                       lease. Buyer 2 gets the lease and buys. Then buyer 1 wakes up. What does it do?",
            answers: &[
                ("It writes, and the row turns it away", Times("fenced", "buyer-1", 1)),
                ("It notices that its time is over, and writes nothing", AllHold),
                ("It writes, and the unit is sold again", Breaks("no-oversell")),
            ],
            right: 2,
            after: &[
                "It writes. The row has never heard of the lease, which stands in another table here, and nothing \
                 told buyer 1 that its time was over. Asking first, in a step of its own, does not help: between the \
                 answer and the write there is always room for one more standstill. It does not depend on how many \
                 machines agreed about who the holder is.",
            ],
            shows: &[
                Breaks("no-lost-update"),
                Times("lease-granted", "buyer-1", 1),
                Times("lease-granted", "buyer-2", 1),
                Times("paused", "buyer-1", 1),
            ],
        },
        Scene {
            text: &[
                "The way out is a number. With each lease comes a *token*, higher than every one before it. Whoever \
                 writes says its token, and the row turns away whoever comes with a lower one than it has seen. That \
                 is *fencing*. The question is when the row learns of a new token.",
                "Say that it learns it from the new holder's write.",
            ],
            scenario: "stock",
            strategy: "distributed-lock-fenced-late",
            given: &["pause buyer-1/write#1", "pause buyer-2/write#1"],
            question: "Buyer 1, with token 1, stands still before its write. Buyer 2 gets token 2, has read `1`, and \
                       has not written yet when buyer 1 wakes up. What happens?",
            answers: &[
                ("Buyer 1 is turned away: its token is old", Times("fenced", "buyer-1", 1)),
                ("Buyer 1 writes, and then buyer 2 writes over it", Breaks("no-lost-update")),
            ],
            right: 1,
            after: &[
                "Token 2 had been given out, and the row did not know. So token 1 was good enough for buyer 1's \
                 write; and token 2, being higher, was good enough for the write of buyer 2, who had read before it.",
            ],
            shows: &[Breaks("no-oversell"), Times("fenced", "", 0), Times("wrote", "", 2)],
        },
        Scene {
            text: &[
                "So a new holder has to make itself known *before it reads*: it raises the fence in every row that \
                 its decision rests on, and reads in the same statement, or afterwards.",
            ],
            scenario: "stock",
            strategy: "distributed-lock-fenced",
            given: &["pause buyer-1/write#1", "pause buyer-2/write#1"],
            question: "The same two standstills. Now each buyer raises the fence before it reads. What becomes of \
                       buyer 1's late write?",
            answers: &[
                ("It goes through, and the unit is sold twice", Breaks("no-oversell")),
                ("The row turns it away", Times("fenced", "buyer-1", 1)),
            ],
            right: 1,
            after: &[
                "The fence stood at 2 when buyer 1 came with token 1, and nothing was written. It asked for the lease \
                 anew, and when buyer 2 came back from a standstill of its own, now *its* token was the old one. Each \
                 was turned away once, each tried again, and the unit was sold once.",
                "The lease decides who waits. The row decides who writes.",
            ],
            shows: &[
                AllHold,
                Times("fenced", "buyer-2", 1),
                Times("retry-planned", "buyer-1", 1),
                Times("retry-planned", "buyer-2", 1),
                Times("wrote", "", 1),
            ],
        },
    ],
};
