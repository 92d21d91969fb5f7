//! Order placed: an order in the database, a message at the broker, and a gap between the two.
//!
//! Idea: services place orders, and others must hear of each. Database and broker have no transaction in common, so
//! whoever writes to both may die in between. A consumer with an inbox ships what it hears of.
//! What it shows: an order that nobody hears of, a message about an order that does not exist, and an outbox that grows
//! during an outage and drains afterwards.

mod knobs;

use lab::checks::{EVENT, ORDERS, OUTBOX, PREVIOUS_EVENT, REVISION, SHIPMENTS};
use lab::event::{Message, Refusal, RowRef, Value};
use lab::spec::Spec;

use super::{About, Actor, Life, Only, RELAY, Role, Scenario, acting, no_rows};
use crate::Error;
use crate::bench::{Bench, Delivery, Halt, INBOX_TABLE, Isolation, PROGRESS_TABLE, event_of, fields};
use crate::outages::{CUT_BROKER, CUT_DATABASE};
use crate::store::{Column, Table};
use crate::strategies::{Play, Strategy};

/// The orders. `previous_event` keeps, by the engine's own hand, which event the latest one replaced.
pub(crate) static ORDERS_TABLE: Table = Table {
    name: ORDERS,
    columns: &[
        ("status", Column::Text),
        (REVISION, Column::Integer),
        (EVENT, Column::Text),
        (PREVIOUS_EVENT, Column::Text),
    ],
    numbered: false,
};

/// The outbox: what is still to be sent, in the order in which the engine numbered it.
pub(crate) static OUTBOX_TABLE: Table = Table {
    name: OUTBOX,
    columns: &[
        ("key", Column::Text),
        (REVISION, Column::Integer),
        ("status", Column::Text),
        ("state", Column::Text),
        ("claimed_by", Column::Text),
        ("until_us", Column::Integer),
    ],
    numbered: true,
};

/// The shipments: one row for each time that the warehouse acted.
pub(crate) static SHIPMENTS_TABLE: Table =
    Table { name: SHIPMENTS, columns: &[(EVENT, Column::Text)], numbered: false };

/// How long it takes until a person looks after parked rows, in microseconds of run time.
const MEND_US: u64 = 100_000;
/// The person looks so often, and then goes home: six seconds are longer than all standstills and leases before a row is parked.
const MENDS_MAX: u64 = 60;
/// How many parked rows the person mends at a time.
const MEND_ROWS: u64 = 100;

/// How long the administrator waits before the next try at a slot that is being read, in microseconds of run time.
const DROP_AGAIN_US: u64 = 5_000;
/// The knob for a slot that is not there from the start.
pub(crate) const SLOT_LATE: &str = "slot_late";
/// The knob for a slot that somebody drops.
const SLOT_DROPPED: &str = "slot_dropped_at_ms";

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "order-placed",
    about,
    rows: no_rows,
    tables: &[&INBOX_TABLE, &ORDERS_TABLE, &OUTBOX_TABLE, &PROGRESS_TABLE, &SHIPMENTS_TABLE],
    actors,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "outbox",
        title: "Order placed",
        story: "A service writes an order into its database, and the warehouse must hear of it through the broker. \
                The two have no transaction in common. Later the order is changed, perhaps by another service. The \
                warehouse has an inbox, unless it is switched off, and acts on each event it hears of; the broker hands them out one at a time.",
        knobs: knobs::all(),
        invariants: vec![
            "no-event-lost",
            "no-phantom",
            "outbox-drained",
            "order-kept-per-key",
            "no-double-effect",
        ],
        hardships: &[
            ("crash", "relay/mark#1"),
            ("pause", "relay/publish#1"),
            ("lost-answer", "service-1/commit#1"),
            (CUT_DATABASE, "service-1/commit#1"),
            (CUT_BROKER, "relay/publish#1"),
        ],
        only: &[
            Only {
                by: Strategy::has_relay,
                knobs: &["relay_batch", "mark_together", "poison", "park_row_only", "relay_killed_ms"],
            },
            Only { by: Strategy::reads_log, knobs: &[SLOT_LATE, SLOT_DROPPED] },
        ],
    }
}

fn actors(spec: &Spec) -> Vec<Actor> {
    let service = |number| Actor { name: format!("service-{}", number + 1), role: Role::Service(number) };
    let relays = spec.knob("relays");
    let relay = |number| {
        let name = if relays == 1 { RELAY.to_owned() } else { format!("{RELAY}-{}", number + 1) };
        Actor { name, role: Role::Relay }
    };
    let person = (spec.knob("poison") > 0).then(|| Actor { name: "person".into(), role: Role::Person });
    let administrator = (spec.knob(SLOT_DROPPED) > 0)
        .then(|| Actor { name: "administrator".into(), role: Role::Administrator });
    let warehouse = Actor { name: "warehouse".into(), role: Role::Consumer(0) };
    let services = (0..spec.knob("services")).map(service);
    services.chain((0..relays).map(relay)).chain(person).chain(administrator).chain([warehouse]).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Service(number), Play::Place { .. }) => Box::pin(place_all(bench, strategy, number)),
        (Role::Relay, Play::Place { relay: Some(relay), .. }) => {
            Box::pin(acting::keep_sending(bench, *relay))
        }
        (Role::Person, _) => Box::pin(mend_all(bench)),
        (Role::Administrator, _) => Box::pin(drop_slot(bench)),
        _ => Box::pin(acting::consume(bench, 0, |bench, delivery| Box::pin(act_on(bench, delivery)))),
    }
}

/// A service's life: it places an order, then changes others, and so on.
async fn place_all(mut bench: Bench, strategy: &'static Strategy, service: u64) -> Result<(), Error> {
    bench.start().await?;
    let [services, orders, changes] = ["services", "orders", "changes"].map(|knob| bench.spec().knob(knob));
    for number in 0..orders {
        for change in 0..=changes {
            // The n-th change of an order comes from the n-th service after the one that placed it.
            let placed_by = (service + services - change % services) % services;
            let key = format!("order-{}", number * services + placed_by + 1);
            carry_out(&mut bench, strategy, happening(key, change)).await?;
        }
    }
    bench.finish().await
}

/// What happens to an order. Its place among the events of its order is not known yet.
fn happening(key: String, change: u64) -> Message {
    let (name, status) = match change {
        0 => ("placed".to_owned(), "placed"),
        change => (format!("changed-{change}"), "changed"),
    };
    let body = fields([("status", Value::Text(status.into()))]);
    Message { id: format!("{key}.{name}"), key, version: 0, body }
}

/// One operation of a service. Whoever dies loses the answer to it.
async fn carry_out(bench: &mut Bench, strategy: &'static Strategy, event: Message) -> Result<(), Error> {
    let Play::Place { place, .. } = &strategy.play else {
        return Err(Error::new(format!("{} places no orders", strategy.about.name)));
    };
    let row = RowRef { table: ORDERS.into(), key: event.key.clone() };
    let operation = if event.id.ends_with(".placed") { event.key.clone() } else { event.id.clone() };
    bench.begin_operation(operation, row, 1).await?;
    let result = place(bench, &event).await;
    // Whoever lost its process or its connection tells the asker that it does not know, and begins again.
    let after = match &result {
        Err(Halt::Crashed) => Err(Halt::Crashed),
        Err(Halt::Lost(reason)) => Err(Halt::Lost(reason.clone())),
        _ => Ok(()),
    };
    bench.end_operation(result).await?;
    acting::go_on(bench, after).await
}

/// The life of a person who mends what was parked: a look every now and then, and home when there is nothing more to
/// mend.
async fn mend_all(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    let mut left = bench.spec().knob("poison");
    for _ in 0..MENDS_MAX {
        if left == 0 {
            break;
        }
        bench.rest(MEND_US).await?;
        let mended = mend_parked(&mut bench, &mut left).await;
        acting::go_on(&mut bench, mended).await?;
    }
    bench.finish().await
}

async fn mend_parked(bench: &mut Bench, left: &mut u64) -> Result<(), Halt> {
    for row in &bench.parked(MEND_ROWS).await? {
        bench.mend(&event_of(row)).await?;
        *left = left.saturating_sub(1);
    }
    Ok(())
}

/// The life of an administrator who tidies up: what looks as if nobody needed it is dropped.
async fn drop_slot(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    let at_us = bench.spec().knob(SLOT_DROPPED) * 1_000;
    bench.rest(at_us).await?;
    loop {
        match bench.drop_slot().await {
            // Whoever reads it has it for himself at that moment.
            Err(Halt::Refused(Refusal::Busy)) => bench.rest(DROP_AGAIN_US).await?,
            Err(Halt::Refused(_)) | Ok(()) => return bench.finish().await,
            Err(halt) => acting::go_on(&mut bench, Err(halt)).await?,
        }
    }
}

/// The warehouse: one transaction for the inbox and the shipment.
async fn act_on(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    let (has_inbox, minds_versions) =
        (bench.spec().knob("keeps_inbox") > 0, bench.spec().knob("version_check") > 0);
    bench.begin(Isolation::Standard).await?;
    let is_new = !has_inbox || bench.remember(&delivery.message).await?;
    if is_new && (!minds_versions || bench.is_newest(&delivery.message).await?) {
        bench.ship(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
