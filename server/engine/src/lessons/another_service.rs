//! An effect in somebody else's database: idempotency keys, and where they come from.

use super::Told::{AllHold, Breaks, Times};
use super::{Plan, Scene};

pub(super) const LESSON: Plan = Plan {
    name: "another-service",
    title: "When the effect is elsewhere",
    aim: "Why an inbox does not protect a call, what an idempotency key does, and where that key has to come from.",
    challenge: "somebody-elses-machine",
    parts: &[
        Scene {
            text: &[
                "An inbox works because the charge is a row beside it. With a payment provider it is a call to \
                 another service, over HTTP. (Here that is a service of our own, with a real ledger and real \
                 connections. Its ledger is read when the run is over, so its lane stands at the end of the picture.)",
            ],
            scenario: "payments",
            strategy: "inbox",
            given: &["effect=1", "publisher/publish#1", "consumer-1/receive#1", "crash consumer-1/commit#1"],
            question: "The consumer begins a transaction, remembers the id, calls the provider, and dies before the \
                       commit. The database rolls back, and the message comes again. What has the provider charged in \
                       the end?",
            answers: &[
                ("1000 cents: the call is rolled back as well", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
                ("Nothing", Breaks("no-missing-charge")),
            ],
            right: 1,
            after: &[
                "The rollback took the id back, and the provider has never heard of the transaction. What leaves the \
                 database cannot be rolled back with it. (It also kept a transaction open during a call, which holds \
                 locks for as long as the provider takes.)",
            ],
            shows: &[Times("called", "consumer-1", 2), Times("call-answered", "consumer-1", 2)],
        },
        Scene {
            text: &[
                "So the other side has to know a request when it comes again. Each call carries an *idempotency key* \
                 that belongs to the payment, and the provider remembers the keys that it has seen.",
            ],
            scenario: "payments",
            strategy: "idempotency-key",
            given: &[
                "effect=1",
                "publisher/publish#1",
                "consumer-1/receive#1",
                "lost-answer consumer-1/call#1",
            ],
            question: "The provider charges, and its answer is lost. The consumer, who knows nothing, calls again \
                       with the same key. What has been charged?",
            answers: &[
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
                ("Nothing: the second call is refused, and undoes the first", Breaks("no-missing-charge")),
            ],
            right: 0,
            after: &[
                "The second call found the key: nothing was charged, and it was given the first one's answer. This \
                 protects for as long as the provider keeps the key, and as long as the same key always asks for the \
                 same: with another amount it is refused.",
            ],
            shows: &[Times("no-answer", "consumer-1", 1), Times("called", "consumer-1", 2)],
        },
        Scene {
            text: &[
                "Where does a key come from? Many a library draws one for each call. That covers its own retries; a \
                 message that comes again is another call.",
            ],
            scenario: "payments",
            strategy: "idempotency-key-attempt",
            given: &[
                "effect=1",
                "publisher/publish#1",
                "consumer-1/receive#1",
                "lost-answer consumer-1/call#1",
            ],
            question: "The same lost answer. The message comes again, and its call has a key of its own. What has \
                       been charged?",
            answers: &[
                ("1000 cents", AllHold),
                ("2000 cents", Breaks("no-double-charge")),
                ("Nothing", Breaks("no-missing-charge")),
            ],
            right: 1,
            after: &[
                "To the provider these are two payments. The key has to come from what is asked for, the payment, or \
                 be written down before the first attempt, so that whoever starts again has the same one.",
            ],
            shows: &[Times("no-answer", "consumer-1", 1), Times("called", "consumer-1", 2)],
        },
    ],
};
