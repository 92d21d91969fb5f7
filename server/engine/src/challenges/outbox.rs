//! Challenges of the fourth lab: two systems, no transaction in common.

use lab::challenge::{Goal, Means};

use super::Plan;

pub(super) const ALL: [Plan; 5] = [
    Plan {
        name: "nobody-was-told",
        title: "Nobody was told",
        setting: "A service saves an order, commits, and then publishes that it was placed. One crash is yours: let there \
                  be an order that nobody ever hears of.",
        hint: "Between commit and publish the order exists and its event does not: crash before service-1/publish#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "order-placed",
        strategy: "publish-after-commit",
        invariant: "no-event-lost",
        knobs: &[],
        premises: "a crash between commit and publish",
        also: &[],
    },
    Plan {
        name: "the-order-that-never-was",
        title: "The order that never was",
        setting: "Then let the service publish first and commit afterwards. Let everybody hear of an order that does not \
                  exist.",
        hint: "A transaction that dies before its commit leaves nothing behind, and a message cannot be called back: \
               crash before service-1/commit#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "order-placed",
        strategy: "publish-before-commit",
        invariant: "no-phantom",
        knobs: &[],
        premises: "a crash between publish and commit",
        also: &[],
    },
    Plan {
        name: "slow-to-publish",
        title: "Slow to publish",
        setting: "Two services. Each places an order of its own, and then the second one changes the order of the first. Each \
                  commits and then publishes, and nobody crashes. Let everybody hear of the change before they hear of the \
                  order. You say who moves next.",
        hint: "Let service-1 commit order-1 and stop before it publishes. Let service-2 go on, past its own order, until its \
               change of order-1 is published. Then let service-1 publish.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "order-placed",
        strategy: "publish-after-commit",
        invariant: "order-kept-per-key",
        knobs: &[],
        premises: "two services handle the same order, and the first is slow to publish",
        also: &[],
    },
    Plan {
        name: "told-for-certain",
        title: "One commit for both",
        setting: "The crash between commit and publish again. Choose a design in which the order and the news of it are \
                  committed together or not at all.",
        hint: "Write the event into a table beside the order, and let somebody else publish from there.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "order-placed",
        strategy: "publish-after-commit",
        invariant: "no-event-lost",
        knobs: &[],
        premises: "a crash between commit and publish",
        also: &["relay/publish#1"],
    },
    Plan {
        name: "the-relay-dies",
        title: "The relay dies",
        setting: "A relay reads the outbox, publishes each row, and marks it as sent. The consumer keeps no record of what \
                  it has seen. Nothing can be lost any more. Let something happen twice, with one crash.",
        hint: "The relay publishes what is not marked. Crash it when the broker has the message and the mark is not yet \
               there: before relay/mark#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "order-placed",
        strategy: "outbox-polling",
        invariant: "no-double-effect",
        knobs: &[],
        premises: "no inbox, and a relay that dies between the broker's acknowledgement and its own mark",
        also: &[],
    },
];
