//! The knobs of the shop: how much happens, how each stage is protected, what goes wrong.

use lab::catalog::Knob;

use crate::bench::{HANDED_ON_KNOB, QUEUE_KNOB, RECEIPT_KNOB, REQUEST_KNOB, SEQUENCE_KNOB};
use crate::scenarios::{broker_outage, database_outage, knob, named};

/// All of them, in the order of the form.
pub(super) fn all() -> Vec<Knob> {
    // Whoever chooses stage by stage came for them.
    let mut knobs = stages();
    knobs.extend(work());
    knobs.extend(trouble());
    knobs.extend(broker_outage());
    knobs.extend(database_outage());
    knobs
}

fn work() -> Vec<Knob> {
    vec![
        knob("customers", "Customers", "How many order at the same time.", "customers", [1, 8, 1]),
        knob("orders", "Orders each", "How many orders each customer places.", "orders", [1, 100, 1]),
        knob("changes", "Changes", "How often a customer changes each order.", "changes", [0, 3, 0]),
        knob("services", "Services", "How many carry out requests.", "services", [1, 4, 1]),
        knob("consumers", "Consumers", "How many of the warehouse take events.", "consumers", [1, 4, 1]),
        knob(
            "partitions",
            "Partitions",
            "How many partitions there are where events are spread by order.",
            "partitions",
            [1, 8, 2],
        ),
        knob(
            "relay_batch",
            "Rows at once",
            "How many rows of the outbox the relay takes at once.",
            "rows",
            [1, 1_000, 10],
        ),
    ]
}

/// One knob for each stage.
fn stages() -> Vec<Knob> {
    vec![
        named(
            REQUEST_KNOB,
            "Stage 1, the request",
            "How the service tells a request that comes again.",
            &[
                ("nothing", "not at all"),
                (
                    "looked-up",
                    "by its key, looked up first; that somebody else wrote it meanwhile is ignored",
                ),
                ("new-keys", "by its key, and the customer makes a new one for each try"),
                ("claimed", "by its key, claimed in the order's transaction"),
            ],
        ),
        named(
            HANDED_ON_KNOB,
            "Stage 2, handing on",
            "How the order's event gets to the broker.",
            &[
                ("after-commit", "published after the commit"),
                ("before-commit", "published before the commit"),
                ("outbox", "through an outbox"),
            ],
        ),
        named(
            QUEUE_KNOB,
            "Stage 3, the queue",
            "How events wait for the consumers.",
            &[
                ("shared", "in one queue for all"),
                ("by-order", "in a partition for the events of each order"),
            ],
        ),
        named(
            RECEIPT_KNOB,
            "Stage 4, a second delivery",
            "How a consumer tells an event that comes again.",
            &[("nothing", "not at all"), ("by-inbox", "by an inbox, in the shipment's transaction")],
        ),
        named(
            SEQUENCE_KNOB,
            "Stage 5, a late event",
            "What a consumer does about an event that a later one of its order has overtaken.",
            &[
                ("as-they-come", "acts on it"),
                ("by-version", "leaves it aside, by its version: then nobody acts on it"),
            ],
        ),
    ]
}

fn trouble() -> Vec<Knob> {
    let percent = |name: &str, label: &str, help: &str, max: u64| knob(name, label, help, "%", [0, max, 0]);
    vec![
        percent(
            "lost_answers",
            "Lost answers",
            "Answers to customers that the simulated network loses: the request was served.",
            100,
        ),
        percent(
            "lost_confirms",
            "Lost confirmations",
            "Publications of which the publisher does not learn.",
            100,
        ),
        percent("held_back", "Held back", "Messages that the simulated network delays by 60 ms.", 100),
        percent(
            "lost_acks",
            "Lost acknowledgements",
            "Acknowledgements that the simulated network loses.",
            100,
        ),
        percent("crashes", "Crashes", "Chance that a process, the customer's too, dies before a step.", 50),
        percent(
            "pauses",
            "Standstills",
            "Chance that a process stands still before a step for two leases, and knows nothing of it.",
            20,
        ),
        knob(
            "rebalance",
            "Rebalance",
            "1: a partition whose consumer was silent for a lease goes to the next one.",
            "",
            [0, 1, 0],
        ),
        knob(
            "relay_killed_ms",
            "Relay killed after",
            "The relay's process dies at its next step whenever it has lived so long; 0 for never.",
            "ms",
            [0, 10_000, 0],
        ),
    ]
}
