//! The knobs of the scenario: how much happens, how it is written, what goes wrong.

use lab::catalog::Knob;

use crate::scenarios::{broker_outage, database_outage, knob};

/// All of them, in the order of the form.
pub(super) fn all() -> Vec<Knob> {
    let mut knobs = work();
    knobs.extend(relays_and_consumer());
    knobs.extend(broker_outage());
    knobs.extend(trouble());
    knobs.extend(slots());
    knobs.extend(database_outage());
    knobs
}

fn work() -> Vec<Knob> {
    vec![
        knob("services", "Services", "How many place orders at the same time.", "services", [1, 8, 1]),
        knob("orders", "Orders each", "How many orders each service places.", "orders", [1, 200, 1]),
        knob(
            "changes",
            "Changes",
            "How often each order is changed later: first by the next service, then by the one after it.",
            "changes",
            [0, 4, 0],
        ),
        knob(
            "row_last",
            "Row last",
            "0: the order's row is written, and so locked, before its message; 1: after its message.",
            "",
            [0, 1, 0],
        ),
    ]
}

fn relays_and_consumer() -> Vec<Knob> {
    vec![
        knob("relays", "Relays", "How many relays empty the outbox.", "relays", [1, 4, 1]),
        knob(
            "relay_batch",
            "Rows at once",
            "How many rows a relay takes at once that polls, is notified, skips locked rows, or reads the log.",
            "rows",
            [1, 1_000, 10],
        ),
        knob(
            "mark_together",
            "Mark together",
            "A relay that polls, is notified, or skips locked rows marks 0: each row once it is sent; 1: all rows that it \
             took, in one statement, when they are sent. Whoever dies before sends them all again.",
            "",
            [0, 1, 0],
        ),
        knob(
            "lease_ms",
            "Lease",
            "How long a relay that claims rows or keys for a time has them for itself.",
            "ms",
            [20, 10_000, 200],
        ),
        knob(
            "poison",
            "Unreadable rows",
            "So many orders have a first row in the outbox that cannot be read, until a person mends it.",
            "orders",
            [0, 10, 0],
        ),
        knob(
            "park_row_only",
            "Park the row only",
            "0: an unreadable row holds up the later rows of its order; 1: it holds up nobody.",
            "",
            [0, 1, 0],
        ),
        knob(
            "keeps_inbox",
            "Inbox",
            "1: the warehouse remembers what it has handled; 0: it does not.",
            "",
            [0, 1, 1],
        ),
        knob(
            "version_check",
            "Version check",
            "1: the warehouse leaves an event aside when it knows of a later one of its order; 0: it does not.",
            "",
            [0, 1, 0],
        ),
    ]
}

fn trouble() -> Vec<Knob> {
    vec![
        knob(
            "lost_acks",
            "Lost acknowledgements",
            "Acknowledgements of the warehouse that the simulated network loses.",
            "%",
            [0, 100, 0],
        ),
        knob("crashes", "Crashes", "Chance that a process dies before a step.", "%", [0, 50, 0]),
        knob(
            "relay_killed_ms",
            "Relay killed after",
            "A relay's process dies at its next step whenever it has lived so long; 0 for never.",
            "ms",
            [0, 10_000, 0],
        ),
        knob(
            "pauses",
            "Standstills",
            "Chance that a process stands still before a step, for two leases.",
            "%",
            [0, 20, 0],
        ),
    ]
}

fn slots() -> Vec<Knob> {
    vec![
        knob(
            super::SLOT_LATE,
            "Slot made late",
            "Where the relay reads the database's log. 0: its slot is there before the first order; 1: the relay makes \
             it when it first looks.",
            "",
            [0, 1, 0],
        ),
        knob(
            super::SLOT_DROPPED,
            "Slot dropped",
            "When somebody drops the slot of a relay that reads the database's log, in run time; 0 for never.",
            "ms",
            [0, 10_000, 0],
        ),
    ]
}
