//! Optimistic control: a version, a condition, another attempt.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "versions",
    title: "Notice that somebody was there",
    aim: "How to do without a lock: a version, a write with a condition, and another attempt; and what that costs.",
    challenge: "",
    parts: &[
        Scene {
            text: &[
                "Mostly nobody is in the way. Why wait, then? Give each row a *version* that every write raises, and \
                 let whoever writes say which version it has read:",
                "`update stock set quantity = $1, version = version + 1 where sku = $2 and version = $3`",
            ],
            scenario: "stock",
            strategy: "optimistic",
            given: &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"],
            question: "Both buyers read version 1. Buyer 1 writes first. What becomes of buyer 2's write?",
            answers: &[
                ("It replaces buyer 1's write", Breaks("no-lost-update")),
                ("It waits until buyer 1 is done", Times("blocked", "buyer-2", 1)),
                ("It changes nothing, and buyer 2 looks again", Times("conflict", "buyer-2", 1)),
            ],
            right: 2,
            after: &[
                "It asked for version 1 and there was version 2, so it changed no row. That is a *conflict*: a \
                 finding, not a failure. Buyer 2 reads once more, sees `0`, and gives the right answer.",
                "Nobody waited for anybody. What was lost is work: the first read, and the thought that came after it.",
            ],
            shows: &[AllHold, Times("read", "buyer-2", 2), Times("retry-planned", "buyer-2", 1)],
        },
        Scene {
            text: &[
                "How much work is lost depends on how many want the same row. Let eight buyers read one row, and then \
                 write one after the other. There are eight units, one for each of them. Whoever is too late reads \
                 again and tries again, until it has its unit.",
            ],
            scenario: "stock",
            strategy: "optimistic",
            given: &[
                "buyers=8",
                "quantity=8",
                "buyer-1/read#1",
                "buyer-2/read#1",
                "buyer-3/read#1",
                "buyer-4/read#1",
                "buyer-5/read#1",
                "buyer-6/read#1",
                "buyer-7/read#1",
                "buyer-8/read#1",
                "buyer-1/write#1",
                "buyer-2/write#1",
                "buyer-3/write#1",
                "buyer-4/write#1",
                "buyer-5/write#1",
                "buyer-6/write#1",
                "buyer-7/write#1",
                "buyer-8/write#1",
            ],
            question: "How many attempts to write fail in all?",
            answers: &[
                ("None: there is a unit for everybody", Times("conflict", "", 0)),
                ("Seven: one of everybody but the first", Times("conflict", "", 7)),
                ("More than seven: 22 of 30", Times("conflict", "", 22)),
            ],
            right: 2,
            after: &[
                "The first write beats seven others. They read again, and the next write beats those who had read \
                 before it, and so on: 22 conflicts for eight sales. Before each new attempt a buyer waits. How long \
                 is drawn by chance, and the limit of the draw doubles each time, so that the losers do not all come \
                 back together.",
                "Every invariant holds, and everybody has a unit. Optimism is as safe as a lock here, and cheap where \
                 people seldom meet. The page of *strategies side by side* measures both with 1 to 16 buyers.",
            ],
            shows: &[AllHold, Times("wrote", "", 8), Times("retry-planned", "", 22)],
        },
    ],
};
