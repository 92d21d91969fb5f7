//! Order status: events of an order, and a view that tells where it stands.
//!
//! Idea: one publisher tells, step by step, what becomes of each order. Consumers bring the events into a view. Between
//! the two lie a broker, a network and several hands, and any of them may change the order of arrival.
//! What it shows: a view that goes back, events that are lost or counted twice, and what versions and partitions
//! can do about it, each alone and together.

use lab::catalog::Knob;
use lab::checks::VIEW;
use lab::event::{Message, Value};

use super::{About, Actor, Life, Only, Role, Scenario, acting, knob, named, no_rows};
use crate::Error;
use crate::bench::{BUFFER_TABLE, Bench, ROUTE, STAMP, fields};
use crate::store::{Column, Table};
use crate::strategies::{Play, Strategy};

/// What becomes of an order, in order.
const STEPS: [&str; 5] = ["placed", "paid", "packed", "shipped", "delivered"];

/// One customer places all orders but every so many-th, whose customers place no other.
const OTHERS_EVERY: u64 = 4;
/// So many countries there are.
const COUNTRIES: u64 = 2;

/// The view. `previous_version` keeps, by the engine's own hand, which version the latest write replaced.
static VIEW_TABLE: Table = Table {
    name: VIEW,
    columns: &[
        ("status", Column::Text),
        ("version", Column::Integer),
        ("steps", Column::Integer),
        ("stamp_us", Column::Integer),
        ("previous_version", Column::Integer),
    ],
    numbered: false,
};

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "order-status",
    about,
    rows: no_rows,
    tables: &[&BUFFER_TABLE, &VIEW_TABLE],
    actors: acting::publisher_and_consumers,
    live,
    trial: &[],
};

fn about() -> About {
    About {
        lab: "messages",
        title: "Order status",
        story: "A shop publishes an event for each step of an order: placed, paid, packed, shipped, delivered. \
                Consumers bring the events into the view that customers see. The events of one order are numbered \
                by the shop.",
        knobs: [work(), network_troubles(), other_troubles()].concat(),
        invariants: vec!["final-view-correct", "view-never-goes-back", "no-event-lost", "none-applied-twice"],
        hardships: &[
            ("crash", "consumer-1/ack#1"),
            ("pause", "consumer-1/apply#1"),
            ("poison", "publisher/publish#1"),
        ],
        only: &[Only {
            by: Strategy::has_partitions,
            knobs: &["partitions", "second_hop", "wrong_key", "grows_at_ms", "rebalance", "retry_topic"],
        }],
    }
}

/// What there is to do, and by whom.
fn work() -> Vec<Knob> {
    vec![
        knob("orders", "Orders", "How many orders the shop tells about.", "orders", [1, 50, 1]),
        knob(
            "steps",
            "Steps",
            "How far each order goes: placed, paid, packed, shipped, delivered.",
            "steps",
            [2, 5, 2],
        ),
        knob("consumers", "Consumers", "How many take events from the broker.", "consumers", [1, 8, 2]),
        knob(
            "partitions",
            "Partitions",
            "How many partitions a strategy that uses them has.",
            "partitions",
            [1, 16, 2],
        ),
        named(
            "routed_by",
            "Routed by",
            "What decides the partition of a strategy that has them: the order; its customer, one of whom places three \
             orders of four (a hot key); its country, of which there are two (a key of low cardinality).",
            &[("order", "the order"), ("customer", "the customer"), ("country", "the country")],
        ),
        named(
            "second_hop",
            "Second hop",
            "Whether a forwarder takes the events from these partitions and publishes them on into a second topic, which is \
             what the consumers read: by the order again, or by the step, which is another key. Only where a strategy has \
             partitions.",
            &[("direct", "no second hop"), ("by-order", "by the order"), ("by-step", "by the step")],
        ),
        knob(
            "deltas",
            "Deltas",
            "What an event carries: 0 for the whole state, 1 for one step more.",
            "",
            [0, 1, 0],
        ),
        knob(
            "buffer_span",
            "Buffer bound",
            "A strategy with a buffer keeps events that are at most so many versions ahead of the view.",
            "versions",
            [1, 5, 5],
        ),
        knob(
            "buffer_ms",
            "Buffer time-out",
            "How long a buffered event waits for its predecessor before it is applied without; 0 for as long as it takes.",
            "ms",
            [0, 10_000, 0],
        ),
    ]
}

/// What goes wrong on the way.
fn network_troubles() -> Vec<Knob> {
    vec![
        knob(
            "clock_skew_ms",
            "Clock skew",
            "Simulated: every other event is stamped by a clock that is ahead by this much.",
            "ms",
            [0, 1_000, 0],
        ),
        knob(
            "held_back",
            "Held back",
            "Messages that the simulated network delays by 60 ms.",
            "%",
            [0, 100, 0],
        ),
        knob(
            "lost_acks",
            "Lost acknowledgements",
            "Acknowledgements that the simulated network loses.",
            "%",
            [0, 100, 0],
        ),
        knob(
            "wrong_key",
            "Wrong key",
            "Events that are published under a key of their own instead of their order's.",
            "%",
            [0, 100, 0],
        ),
        knob(
            "grows_at_ms",
            "Partition added",
            "When there is one partition more, in run time; 0 for never. Keys then lie elsewhere than before.",
            "ms",
            [0, 10_000, 0],
        ),
    ]
}

/// What goes wrong at the ends, and what is done about it.
fn other_troubles() -> Vec<Knob> {
    vec![
        knob(
            "rebalance",
            "Rebalance",
            "1: a partition whose consumer was silent for a lease goes to the next one.",
            "",
            [0, 1, 0],
        ),
        knob(
            "pauses",
            "Standstills",
            "Chance that a process stands still before a step for two leases, and knows nothing of it.",
            "%",
            [0, 50, 0],
        ),
        knob(
            "failures",
            "Failures",
            "Events whose first handling fails, because something else did not answer; the second one succeeds.",
            "%",
            [0, 100, 0],
        ),
        named(
            "retry_topic",
            "A failed event",
            "Where a failed event is tried again: at its place, where its partition waits for it, or on a retry topic, \
             where nothing does.",
            &[("at-its-place", "at its place"), ("retry-topic", "on a retry topic")],
        ),
        knob(
            "poisoned",
            "Poison",
            "Messages that no consumer can read, until they are redriven from the dead letters.",
            "%",
            [0, 100, 0],
        ),
        knob(
            "deliveries_max",
            "Attempt limit",
            "After so many deliveries a message goes to the dead letters; 0 for never.",
            "deliveries",
            [0, 20, 0],
        ),
        knob(
            "redrive",
            "Redrive",
            "1: when everything is quiet, an operator redrives the dead letters, one by one, in order.",
            "",
            [0, 1, 0],
        ),
        knob(
            "crashes",
            "Crashes",
            "Chance that a process, the publisher's too, dies before a step.",
            "%",
            [0, 50, 0],
        ),
    ]
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Consumer(number), Play::Handle(handle)) => Box::pin(acting::consume(bench, number, *handle)),
        (Role::Operator, _) => Box::pin(acting::redrive(bench)),
        (Role::Forwarder, _) => Box::pin(acting::forward(bench)),
        _ => Box::pin(tell(bench)),
    }
}

/// The publisher's life: step by step, every order.
async fn tell(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    let spec = bench.spec();
    let (orders, steps, deltas) = (spec.knob("orders"), spec.knob("steps"), spec.knob("deltas") == 1);
    let skew_us = spec.knob("clock_skew_ms") * 1_000;
    let routed_by = spec.knob("routed_by");
    for step in 1..=steps {
        for order in 1..=orders {
            // The first event, the third and so on come from the machine whose clock is ahead.
            let ahead_us = if step % 2 == 1 { skew_us } else { 0 };
            let mut event = event(order, step, deltas, ahead_us);
            if let Some(route) = route(order, routed_by) {
                event.body.insert(ROUTE.into(), Value::Text(route));
            }
            acting::publish(&mut bench, &event).await?;
        }
    }
    bench.finish().await
}

/// What an order's events are routed by instead of their own key.
fn route(order: u64, routed_by: u64) -> Option<String> {
    match routed_by {
        1 if order.is_multiple_of(OTHERS_EVERY) => Some(format!("customer-{}", 1 + order / OTHERS_EVERY)),
        1 => Some("customer-1".into()),
        2 => Some(format!("country-{}", 1 + order % COUNTRIES)),
        _ => None,
    }
}

/// The event of one step: the whole state, or only what was added. Its sender's clock is ahead by so much.
fn event(order: u64, step: u64, delta: bool, ahead_us: u64) -> Message {
    let status = STEPS.get(usize::try_from(step - 1).unwrap_or_default()).copied().unwrap_or_default();
    let key = format!("order-{order}");
    let ahead_us = i64::try_from(ahead_us).unwrap_or_default();
    let mut body = fields([("status", Value::Text(status.to_owned())), (STAMP, Value::Integer(ahead_us))]);
    if !delta {
        body.insert("steps".into(), Value::Integer(i64::try_from(step).unwrap_or_default()));
    }
    Message { id: format!("{key}.{status}"), key, version: step, body }
}
