//! Payments: each is asked for once and may be delivered more than once.
//!
//! Idea: a publisher asks for payments, consumers charge for them in a ledger. The broker delivers at least once:
//! whatever is not acknowledged comes again.
//! What it shows: a crash between two statements, seen from both sides: charged twice, or never.

use lab::checks::LEDGER;
use lab::event::{Message, Value};

use super::{About, Actor, Life, Role, Scenario, acting, knob, no_rows};
use crate::Error;
use crate::bench::{Bench, INBOX_TABLE, fields};
use crate::store::{Column, Table};
use crate::strategies::{Play, Strategy};

/// What each payment is about, in cents.
const AMOUNT: i64 = 1_000;

/// The ledger: a row for each charge. Nothing in it forbids a second charge.
static LEDGER_TABLE: Table = Table {
    name: LEDGER,
    columns: &[("payment", Column::Text), ("amount", Column::Integer)],
    numbered: false,
};

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "payments",
    about,
    rows: no_rows,
    tables: &[&INBOX_TABLE, &LEDGER_TABLE],
    actors: acting::publisher_and_consumers,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "duplicates",
        title: "Charge once",
        story: "A shop asks for payments by message. The broker delivers each at least once: whatever is not \
                acknowledged comes again. A charge is a row in the ledger, and money that is gone.",
        knobs: vec![
            knob("payments", "Payments", "How many payments are asked for.", "payments", [1, 200, 1]),
            knob("consumers", "Consumers", "How many take payments from the broker.", "consumers", [1, 8, 1]),
            knob(
                "lost_acks",
                "Lost acknowledgements",
                "Acknowledgements that the simulated network loses.",
                "%",
                [0, 100, 0],
            ),
            knob(
                "crashes",
                "Crashes",
                "Chance that a process, the publisher's too, dies before a step.",
                "%",
                [0, 50, 0],
            ),
        ],
        invariants: vec!["no-double-charge", "no-missing-charge"],
        hardships: &["crash"],
    }
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Consumer(number), Play::Handle(handle)) => Box::pin(acting::consume(bench, number, *handle)),
        _ => Box::pin(ask(bench)),
    }
}

/// The publisher's life: every payment, once.
async fn ask(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    for number in 1..=bench.spec().knob("payments") {
        let payment = Message {
            id: format!("payment-{number}"),
            key: format!("customer-{number}"),
            version: 1,
            body: fields([("amount", Value::Integer(AMOUNT))]),
        };
        acting::publish(&mut bench, &payment).await?;
    }
    bench.finish().await
}
