//! Payments: each is asked for once and may be delivered more than once.
//!
//! Idea: a publisher asks for payments, consumers charge for them: in a ledger of the same database, or at a payment
//! provider. The broker delivers at least once: whatever is not acknowledged comes again.
//! What it shows: a crash between two statements, or in the middle of a call, seen from both sides: charged twice, or
//! never. And that remembering ends: in memory with the process, in a table with its retention, at the provider with
//! its keys.

use lab::catalog::Knob;
use lab::checks::{LEDGER, PAYMENTS};
use lab::dice::Dice;
use lab::event::{Message, Value};

use super::{About, Actor, Life, Role, Scenario, acting, database_outage, knob, named, no_rows};
use crate::Error;
use crate::bench::{Bench, EFFECT, INBOX_TABLE, KEPT, fields};
use crate::outages::{CUT_BROKER, CUT_DATABASE};
use crate::store::{Column, Table};
use crate::strategies::{Play, Strategy};

/// What each payment is about, in cents.
const AMOUNT: i64 = 1_000;
/// By how much a correction raises it.
const RAISE: i64 = 200;

/// The ledger: a row for each charge. Nothing in it forbids a second charge.
static LEDGER_TABLE: Table = Table {
    name: LEDGER,
    columns: &[("payment", Column::Text), ("request", Column::Text), ("amount", Column::Integer)],
    numbered: false,
};

/// The payments: a row for each, with what was charged for it in all.
static PAYMENTS_TABLE: Table = Table {
    name: PAYMENTS,
    columns: &[
        ("payment", Column::Text),
        ("request", Column::Text),
        ("amount", Column::Integer),
        ("version", Column::Integer),
        ("previous_version", Column::Integer),
    ],
    numbered: false,
};

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "payments",
    about,
    rows: no_rows,
    tables: &[&INBOX_TABLE, &LEDGER_TABLE, &PAYMENTS_TABLE],
    actors: acting::publisher_and_consumers,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "duplicates",
        title: "Charge once",
        story: "A shop asks for payments by message. The broker delivers each at least once: whatever is not \
                acknowledged comes again. A charge is a row in the ledger, or a call to a payment provider, and money \
                that is gone.",
        knobs: knobs(),
        invariants: vec!["no-double-charge", "no-missing-charge"],
        hardships: &[
            ("crash", "consumer-1/ack#1"),
            ("lost-confirm", "publisher/publish#1"),
            ("lost-answer", "consumer-1/call#1"),
            ("late-answer", "consumer-1/call#1"),
            (CUT_DATABASE, "consumer-1/charge#1"),
            (CUT_BROKER, "publisher/publish#1"),
        ],
        only: &[],
    }
}

/// The knobs, in the order of the form.
fn knobs() -> Vec<Knob> {
    let percent = |name: &str, label: &str, help: &str, max: u64| knob(name, label, help, "%", [0, max, 0]);
    let mut knobs = vec![
        named(
            EFFECT,
            "What a charge is",
            "A row in the consumer's own database, or a call to a payment provider of ours, over HTTP.",
            &[("ledger-row", "A ledger row"), ("provider-call", "A call to the provider")],
        ),
        knob("payments", "Payments", "How many payments are asked for.", "payments", [1, 200, 1]),
        knob("consumers", "Consumers", "How many take payments from the broker.", "consumers", [1, 8, 1]),
        percent("corrections", "Corrections", "Payments whose amount a second message raises.", 100),
        knob(
            KEPT,
            "Ids are kept for",
            "How long whoever remembers an id keeps it: memory, broker, inbox or provider; 0 is for ever.",
            "ms",
            [0, 600_000, 0],
        ),
        percent(
            "lost_acks",
            "Lost acknowledgements",
            "Acknowledgements that the simulated network loses.",
            100,
        ),
        percent(
            "lost_confirms",
            "Lost confirmations",
            "Publications of which the publisher does not learn.",
            100,
        ),
        percent("held_back", "Messages held back", "Messages that the simulated network delays.", 100),
        percent(
            "lost_answers",
            "Lost answers",
            "Calls that the provider serves and whose answer is lost.",
            100,
        ),
        percent("late_answers", "Late answers", "Calls whose answer comes later than the broker waits.", 100),
        percent("crashes", "Crashes", "Chance that a process, the publisher's too, dies before a step.", 50),
    ];
    knobs.extend(database_outage());
    knobs
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Consumer(number), Play::Handle(handle) | Play::HandleWindowed(handle)) => {
            Box::pin(acting::consume(bench, number, *handle))
        }
        _ => Box::pin(ask(bench)),
    }
}

/// The publisher's life: every payment, once, and its correction, if it has one, right after it.
async fn ask(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    let (dice, corrected) = (Dice::new(bench.spec().seed), bench.spec().knob("corrections"));
    for number in 1..=bench.spec().knob("payments") {
        let payment = format!("payment-{number}");
        acting::publish(&mut bench, &asked(&payment, 1, AMOUNT, AMOUNT)).await?;
        if dice.below(&["correction", &payment], 100) < corrected {
            acting::publish(&mut bench, &asked(&payment, 2, AMOUNT + RAISE, RAISE)).await?;
        }
    }
    bench.finish().await
}

/// A message that asks for a payment: how much it is in all, and how much of that this message adds.
fn asked(payment: &str, version: u64, amount: i64, adds: i64) -> Message {
    let id = if version == 1 { payment.to_owned() } else { format!("{payment}.raised") };
    let body = fields([("amount", Value::Integer(amount)), ("adds", Value::Integer(adds))]);
    Message { id, key: payment.to_owned(), version, body }
}
