//! The lost update: what it is, why tests miss it, and the shortest cure.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

/// Both read before either writes.
const BOTH_READ: &[&str] = &["buyer-1/read#1", "buyer-2/read#1", "buyer-1/write#1", "buyer-2/write#1"];

pub(super) const LESSON: Plan = Plan {
    name: "lost-update",
    title: "Two right programs, one wrong result",
    aim: "What a lost update is, why tests seldom meet it, and the shortest way out.",
    challenge: "two-buyers",
    parts: &[
        Scene {
            text: &[
                "A shop has one unit left. To sell it, a program does three things: it reads how many there are, it \
                 subtracts one, and it writes the result back. Alone it is right, however often you try.",
                "Now two buyers come at the same moment, each on a connection of its own. The database carries out \
                 one statement after the other, each of them whole. Nothing here is broken.",
            ],
            scenario: "stock",
            strategy: "unprotected",
            given: BOTH_READ,
            question: "Both buyers read `1`. Then the first one writes, then the second one. How many are told that \
                       they have bought it?",
            answers: &[
                ("One: the other one is too late", AllHold),
                ("Both", Breaks("no-oversell")),
                ("Neither: they get into each other's way", Breaks("every-request-answered")),
            ],
            right: 1,
            after: &[
                "Both. Each write follows from a read that was true when it was made. The second one says `0`, as the \
                 first one did, and replaces it without having seen it: a *lost update*.",
                "Nothing failed and nothing was logged. The row looks healthy, `0` left. Only the sales on record \
                 tell: two of one unit. Beneath the picture stand the *invariants* that the run broke: rules that \
                 must be true of every run, judged from its record.",
            ],
            shows: &[
                Breaks("no-lost-update"),
                Times("wrote", "buyer-1", 1),
                Times("wrote", "buyer-2", 1),
                Times("conflict", "", 0),
                Times("engine-refused", "", 0),
            ],
        },
        Scene {
            text: &[
                "Would a test have found it? Take the very same program, and let the second buyer come a little later.",
            ],
            scenario: "stock",
            strategy: "unprotected",
            given: &["buyer-1/read#1", "buyer-1/write#1", "buyer-2/read#1", "buyer-2/write#1"],
            question: "The first buyer reads and writes. Then the second one begins. What happens?",
            answers: &[
                ("The unit is sold twice again: it is the same program", Breaks("no-oversell")),
                ("The second buyer reads `0`, and is told that it is sold out", AllHold),
            ],
            right: 1,
            after: &[
                "The fault has not gone away, it had no chance to show. The four steps of two buyers can come in six \
                 orders, and four of the six lose an update; the *workbench*, where every run can be changed, plays \
                 each of them for you. A test that passed has tried one order.",
            ],
            shows: &[Times("wrote", "buyer-2", 0), Times("read", "buyer-2", 1)],
        },
        Scene {
            text: &[
                "What the program needs is that nobody comes between its read and its write. The shortest way is to \
                 have nothing in between, and to let the database do the sum:",
                "`update stock set quantity = quantity - 1 where sku = $1 and quantity >= 1`",
            ],
            scenario: "stock",
            strategy: "atomic-update",
            given: BOTH_READ,
            question: "The same two buyers at the same time, each with this one statement. What does the second \
                       statement do?",
            answers: &[
                ("It takes the stock to `-1`", Breaks("no-oversell")),
                ("It replaces the first one's `0`", Breaks("no-lost-update")),
                ("It changes no row, and the buyer is told that it is sold out", AllHold),
            ],
            right: 2,
            after: &[
                "The statement that writes also looks, so there is no moment in between. It changed no row, and the \
                 program learns that by counting the rows it changed. Leave the condition out, and no update is lost, \
                 but the shop sells what it does not have: on the workbench that is *Relative update*.",
                "This works where the whole rule fits into one statement. The next lessons are about rules that do not.",
            ],
            shows: &[Times("insufficient", "buyer-2", 1), Times("read", "", 0)],
        },
    ],
};
