//! Challenges of the first lab: locks, versions, leases, sagas.

use lab::challenge::{Goal, Means};

use super::Plan;

pub(super) const ALL: [Plan; 9] = [
    Plan {
        name: "two-buyers",
        title: "Two buyers, one shelf",
        setting: "Two buyers each want one unit of the same product. Each reads the stock, subtracts one, and writes the \
                  result back. Each of them alone is right. You say who moves next.",
        hint: "A buyer decides by what it has read. Let both read before either writes: the second write then knows \
               nothing of the first.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "stock",
        strategy: "unprotected",
        invariant: "no-lost-update",
        knobs: &[],
        premises: "two buyers of one product at the same time",
        also: &[],
    },
    Plan {
        name: "two-buyers-safe",
        title: "Let them collide",
        setting: "The same two buyers in the order that lost a write. The order stays; how they write is yours. Many \
                  strategies keep every write here, and each pays in its own way: by waiting, by trying again, or by \
                  letting the database do the sum.",
        hint: "Look for one that either lets nobody in between read and write, or notices at the write that somebody was \
               there.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "stock",
        strategy: "unprotected",
        invariant: "no-lost-update",
        knobs: &[],
        premises: "two buyers of one product at the same time",
        also: &[],
    },
    Plan {
        name: "each-within-the-limit",
        title: "Each within the limit",
        setting: "Somebody has two accounts with 100 in each, and together they must not fall below zero. Two tellers take \
                  150, each from another of the two. Every teller looks at both accounts, and writes only if nobody has \
                  changed the one that it writes to. There are versions, there are conditional updates, and still it can \
                  go wrong.",
        hint: "No write is lost here. What each teller has read of the other account is what grows old.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "transfer",
        strategy: "versions-of-moved",
        invariant: "joint-limit-kept",
        knobs: &[],
        premises: "one transfer from each account of a person, who can cover one of them",
        also: &[],
    },
    Plan {
        name: "each-within-the-limit-safe",
        title: "What was read counts too",
        setting: "The same two tellers, in the order that overdrew both accounts. Choose how they protect themselves.",
        hint: "Whoever decides by two rows must make sure of two rows, also of the one that it does not write.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "transfer",
        strategy: "versions-of-moved",
        invariant: "joint-limit-kept",
        knobs: &[],
        premises: "one transfer from each account of a person, who can cover one of them",
        also: &[],
    },
    Plan {
        name: "the-holder-sleeps",
        title: "The holder sleeps",
        setting: "Two buyers take turns by a lock that they hold for 200 ms at most. If the holder is gone, the lock is free \
                  again: without that, one crash would stop the shop. You may let one of them stand still once, for longer \
                  than its lease: a garbage collector, a laptop that was shut, a virtual machine that moved. Where?",
        hint: "A holder that wakes up does not know that it has slept. The worst moment is between what it read and what \
               it writes: pause = buyer-1/write#1.",
        goal: Goal::Break,
        means: Means::Pause,
        most: 1,
        scenario: "stock",
        strategy: "distributed-lock",
        invariant: "no-lost-update",
        knobs: &[],
        premises: "a holder stands still past its lease, and nothing tells it",
        also: &[],
    },
    Plan {
        name: "the-late-fence",
        title: "A fence that is too low",
        setting: "Now each lease has a number, and the row remembers the highest number that has written. A holder that \
                  comes back late carries an old number and is refused. Here the row learns of a number only when its \
                  holder writes. You may let buyers stand still twice.",
        hint: "The new holder has to have read, and must not have written yet, when the old one comes back. Let both stand \
               still before their writes: pause = buyer-1/write#1,buyer-2/write#1.",
        goal: Goal::Break,
        means: Means::Pause,
        most: 2,
        scenario: "stock",
        strategy: "distributed-lock-fenced-late",
        invariant: "no-lost-update",
        knobs: &[],
        premises: "a holder comes back late, when the next one has read and not yet written",
        also: &[],
    },
    Plan {
        name: "half-an-order",
        title: "Half an order",
        setting: "An order needs goods, money and a parcel, from three services with no transaction in common. The \
                  coordinator calls one after the other and knows what to undo, but it keeps that in its memory. You may \
                  let it crash once. Run it first: below the run stands every step before which it could have crashed.",
        hint: "After the crash nobody knows that anything was begun. Crash it when something is done and something is \
               not, for example before coordinator-1/pay#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "checkout",
        strategy: "compensation-in-memory",
        invariant: "no-order-half-way",
        knobs: &[],
        premises: "the coordinator dies between two calls",
        also: &[],
    },
    Plan {
        name: "money-for-nothing",
        title: "Money for nothing",
        setting: "No carrier takes this parcel, so the coordinator has to give everything back. The customer is to pay \
                  and to get nothing. One crash is yours, and it matters where.",
        hint: "The money is gone from its payment on until it is refunded. Crash the coordinator before \
               coordinator-1/refund#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "checkout",
        strategy: "compensation-in-memory",
        invariant: "nobody-charged-for-nothing",
        knobs: &[],
        premises: "no carrier takes the parcel and the coordinator dies before it refunds the money",
        also: &[],
    },
    Plan {
        name: "finish-what-you-began",
        title: "Finish what you began",
        setting: "The coordinator crashes between two calls, and starts again. Choose one that knows what it had begun.",
        hint: "What has to survive a crash has to be written down before the call that it is about.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "checkout",
        strategy: "compensation-in-memory",
        invariant: "no-order-half-way",
        knobs: &[],
        premises: "the coordinator dies between two calls",
        also: &[],
    },
];
