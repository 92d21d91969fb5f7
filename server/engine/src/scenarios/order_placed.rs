//! Order placed: an order in the database, a message at the broker, and a gap between the two.
//!
//! Idea: services place orders, and others must hear of each. Database and broker have no transaction in common, so
//! whoever writes to both may die in between. A consumer with an inbox ships what it hears of.
//! What it shows: an order that nobody hears of, a message about an order that does not exist, and an outbox that grows
//! during an outage and drains afterwards.

use lab::checks::{ORDERS, OUTBOX, SHIPMENTS};
use lab::event::{Message, RowRef, Value};
use lab::spec::Spec;

use super::{About, Actor, Life, Role, Scenario, acting, knob, no_rows};
use crate::Error;
use crate::bench::{Bench, Delivery, Halt, INBOX_TABLE, Isolation, fields};
use crate::store::{Column, Table};
use crate::strategies::{Play, Relay, Strategy};

static ORDERS_TABLE: Table = Table { name: ORDERS, columns: &[("status", Column::Text)], numbered: false };

/// The outbox: what is still to be sent, in the order in which the engine numbered it.
pub(crate) static OUTBOX_TABLE: Table =
    Table { name: OUTBOX, columns: &[("key", Column::Text), ("state", Column::Text)], numbered: true };

static SHIPMENTS_TABLE: Table =
    Table { name: SHIPMENTS, columns: &[("event", Column::Text)], numbered: false };

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "order-placed",
    about,
    rows: no_rows,
    tables: &[&INBOX_TABLE, &ORDERS_TABLE, &OUTBOX_TABLE, &SHIPMENTS_TABLE],
    actors,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "outbox",
        title: "Order placed",
        story: "A service writes an order into its database, and the warehouse must hear of it through the broker. \
                The two have no transaction in common. The warehouse has an inbox and ships each event it hears of.",
        knobs: vec![
            knob("services", "Services", "How many place orders at the same time.", "services", [1, 8, 1]),
            knob("orders", "Orders each", "How many orders each service places.", "orders", [1, 200, 1]),
            knob(
                "outage_at_ms",
                "Outage begins",
                "When the broker goes down, in run time.",
                "ms",
                [0, 10_000, 0],
            ),
            knob(
                "outage_ms",
                "Outage lasts",
                "For how long the broker is down; 0 for no outage.",
                "ms",
                [0, 10_000, 0],
            ),
            knob("crashes", "Crashes", "Chance that a process dies before a step.", "%", [0, 50, 0]),
        ],
        invariants: vec!["no-event-lost", "no-phantom", "outbox-drained", "no-double-effect"],
        hardships: &["crash"],
    }
}

fn actors(spec: &Spec) -> Vec<Actor> {
    let service = |number| Actor { name: format!("service-{}", number + 1), role: Role::Service(number) };
    let relay = Actor { name: "relay".into(), role: Role::Relay };
    let warehouse = Actor { name: "warehouse".into(), role: Role::Consumer(0) };
    (0..spec.knob("services")).map(service).chain([relay, warehouse]).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Service(number), Play::Place { .. }) => Box::pin(place_all(bench, strategy, number)),
        (Role::Relay, Play::Place { relay: Some(relay), .. }) => Box::pin(keep_sending(bench, *relay)),
        _ => Box::pin(acting::consume(bench, 0, |bench, delivery| Box::pin(ship_once(bench, delivery)))),
    }
}

/// A service's life: its orders, one after the other. Whoever dies loses the answer to the order in hand.
async fn place_all(mut bench: Bench, strategy: &'static Strategy, service: u64) -> Result<(), Error> {
    let Play::Place { place, .. } = &strategy.play else {
        return Err(Error::new(format!("{} places no orders", strategy.about.name)));
    };
    bench.start().await?;
    let (services, orders) = (bench.spec().knob("services"), bench.spec().knob("orders"));
    for number in 0..orders {
        let key = format!("order-{}", number * services + service + 1);
        let event = Message {
            id: format!("{key}.placed"),
            key: key.clone(),
            version: 1,
            body: fields([("status", Value::Text("placed".into()))]),
        };
        let row = RowRef { table: ORDERS.into(), key: key.clone() };
        bench.begin_operation(key, row, 1).await?;
        let result = place(&mut bench, &event).await;
        let died = matches!(result, Err(Halt::Crashed));
        bench.end_operation(result).await?;
        if died {
            bench.restart().await?;
        }
    }
    bench.finish().await
}

/// A relay's life: it sends until nobody is left who could add to the outbox.
async fn keep_sending(mut bench: Bench, relay: Relay) -> Result<(), Error> {
    bench.start().await?;
    loop {
        let sent = relay(&mut bench).await;
        if sent.is_ok() {
            return bench.finish().await;
        }
        acting::go_on(&mut bench, sent).await?;
    }
}

/// The warehouse: one transaction for the inbox and the shipment.
async fn ship_once(bench: &mut Bench, delivery: &Delivery) -> Result<(), Halt> {
    bench.begin(Isolation::Standard).await?;
    if bench.remember(&delivery.message).await? {
        bench.ship(delivery).await?;
    }
    bench.commit().await?;
    bench.ack(delivery).await
}
