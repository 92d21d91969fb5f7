//! Challenges of the third lab: what is done twice, and what is never done.

use lab::challenge::{Goal, Means};

use super::Plan;

pub(super) const ALL: [Plan; 5] = [
    Plan {
        name: "charged-twice",
        title: "Charged twice",
        setting: "A message asks for a payment. The consumer writes the charge into its table and then acknowledges the \
                  message. One message, one consumer, and one crash that is yours.",
        hint: "Crash the consumer when the charge is written and the broker does not know it yet: before \
               consumer-1/ack#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "payments",
        strategy: "none",
        invariant: "no-double-charge",
        knobs: &[("effect", 0)],
        premises: "a crash between the charge and the acknowledgement",
        also: &[],
    },
    Plan {
        name: "never-charged",
        title: "Remembered, and never done",
        setting: "The consumer now remembers each message's id, and does nothing when it meets one again. First it \
                  remembers, then it charges. Let a payment be forgotten for good, with one crash.",
        hint: "Whoever remembers first and dies before the charge will believe that it was done: crash before \
               consumer-1/charge#1.",
        goal: Goal::Break,
        means: Means::Crash,
        most: 1,
        scenario: "payments",
        strategy: "dedup-then-effect",
        invariant: "no-missing-charge",
        knobs: &[("effect", 0)],
        premises: "a crash between remembering and charging",
        also: &[],
    },
    Plan {
        name: "both-look-first",
        title: "Both look first",
        setting: "The other way round: look whether the id is known, charge, remember it. The publisher's confirmation was \
                  lost, so it publishes the same payment again, and there are two consumers. You say who moves next.",
        hint: "Each consumer needs a copy of the message. Let both look before either remembers.",
        goal: Goal::Break,
        means: Means::Order,
        most: 0,
        scenario: "payments",
        strategy: "effect-then-dedup",
        invariant: "no-double-charge",
        knobs: &[("effect", 0)],
        premises: "two consumers with two copies of the message: both look before either remembers",
        also: &[],
    },
    Plan {
        name: "charged-once",
        title: "One charge, whatever happens",
        setting: "A crash between the charge and the acknowledgement, and the message comes again. Both tables are in one \
                  database. Choose a consumer that charges neither twice nor never.",
        hint: "What has to happen together belongs into one transaction.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "payments",
        strategy: "none",
        invariant: "no-double-charge",
        knobs: &[("effect", 0)],
        premises: "a crash between the charge and the acknowledgement",
        also: &[],
    },
    Plan {
        name: "somebody-elses-machine",
        title: "On somebody else's machine",
        setting: "Now the charge is a call to a payment provider, a real one over HTTP in this process. No transaction of \
                  yours reaches it. The consumer crashes in the middle of the call: the provider has charged, and nobody \
                  here knows.",
        hint: "If you cannot know whether it was done, you have to be able to ask again without doing it again.",
        goal: Goal::Keep,
        means: Means::Strategy,
        most: 0,
        scenario: "payments",
        strategy: "none",
        invariant: "no-double-charge",
        knobs: &[("effect", 1)],
        premises: "a crash in the middle of the call: the provider has charged",
        also: &[],
    },
];
