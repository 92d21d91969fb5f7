//! Checkout: three services, and no transaction that they share.
//!
//! Idea: an order needs goods kept, money taken and a parcel sent, and each of these belongs to another service with a
//! database of its own. (Here they are tables of one database, each in transactions of its own, and no transaction
//! touches two.) A coordinator calls one after the other; any of them may decline, and the coordinator may die.
//! What it shows: goods that are kept for nobody, money that was taken for nothing, and what a saga does about it. Nobody
//! is isolated: an auditor sees what is half way.

use lab::catalog::Knob;
use lab::checks::{ORDERS, PARCELS, PAYMENTS, RESERVATIONS};
use lab::event::RowRef;
use lab::spec::Spec;

use super::{About, Actor, Life, Role, Scenario, acting, knob, no_rows};
use crate::Error;
use crate::bench::{Bench, Halt, PREVIOUS_STATE, SAGAS_TABLE};
use crate::store::{Column, Table};
use crate::strategies::{Play, Recovery, Strategy, TakeOver};

static ORDERS_TABLE: Table = Table {
    name: ORDERS,
    columns: &[("status", Column::Text), ("previous_status", Column::Text)],
    numbered: false,
};
const STATE: &[(&str, Column)] = &[("state", Column::Text), (PREVIOUS_STATE, Column::Text)];
static RESERVATIONS_TABLE: Table = Table { name: RESERVATIONS, columns: STATE, numbered: false };
static PAYMENTS_TABLE: Table = Table { name: PAYMENTS, columns: STATE, numbered: false };
static PARCELS_TABLE: Table = Table { name: PARCELS, columns: STATE, numbered: false };

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "checkout",
    about,
    rows: no_rows,
    tables: &[&ORDERS_TABLE, &PARCELS_TABLE, &PAYMENTS_TABLE, &RESERVATIONS_TABLE, &SAGAS_TABLE],
    actors,
    live,
    trial: &[("coordinators", 2), ("orders", 3), ("declined", 30), ("unshippable", 20), ("auditor", 1)],
};

fn about() -> About {
    About {
        lab: "concurrency",
        title: "Three services, no shared transaction",
        story: "A coordinator has goods kept, money taken and a parcel sent, each by a service with transactions of its \
                own. Here the three services are three tables of one database, and no transaction touches two of \
                them. Any of them may decline, and the coordinator may die between two calls. What was done for an order \
                that comes to nothing must be taken back; a parcel that was sent cannot be.",
        knobs: knobs(),
        invariants: vec!["no-order-half-way", "nothing-kept-unpaid", "nobody-charged-for-nothing"],
        hardships: &[("crash", "coordinator-1/ship#1"), ("pause", "coordinator-1/pay#1")],
        only: &[],
    }
}

fn knobs() -> Vec<Knob> {
    let percent = |name, label, help, default| knob(name, label, help, "%", [0, 100, default]);
    vec![
        knob("coordinators", "Coordinators", "How many work at the same time.", "coordinators", [1, 8, 1]),
        knob("orders", "Orders each", "How many orders each coordinator carries out.", "orders", [1, 100, 1]),
        percent("sold_out", "Sold out", "Orders for which the warehouse keeps nothing.", 0),
        percent("declined", "Declined payments", "Orders whose payment is declined.", 0),
        percent("unshippable", "Unshippable", "Orders that no carrier takes.", 0),
        percent("stuck", "Stuck reservations", "Orders whose reservation the warehouse cannot release.", 0),
        knob(
            "auditor",
            "Auditor",
            "Somebody who looks at the services meanwhile: 1 for yes.",
            "auditors",
            [0, 1, 0],
        ),
        knob("crashes", "Crashes", "Chance that a process dies before a step.", "%", [0, 50, 0]),
        knob(
            "pauses",
            "Standstills",
            "Chance that a process stands still before a step for a second, and knows nothing of it.",
            "%",
            [0, 50, 0],
        ),
        knob(
            "supervisor",
            "Supervisor",
            "Somebody who cancels orders whose coordinator is silent, where the strategy keeps a log: 1 for yes.",
            "supervisors",
            [0, 1, 0],
        ),
    ]
}

fn actors(spec: &Spec) -> Vec<Actor> {
    let coordinator =
        |number| Actor { name: format!("coordinator-{}", number + 1), role: Role::Coordinator(number) };
    let auditor = Actor { name: "auditor".into(), role: Role::Auditor };
    let auditor = (spec.knob("auditor") == 1).then_some(auditor);
    let supervisor = Actor { name: "supervisor".into(), role: Role::Supervisor };
    let supervisor = (spec.knob("supervisor") == 1).then_some(supervisor);
    (0..spec.knob("coordinators")).map(coordinator).chain(auditor).chain(supervisor).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match actor.role {
        Role::Auditor => Box::pin(look_around(bench)),
        Role::Supervisor => Box::pin(supervise(bench, strategy)),
        _ => Box::pin(carry_out_all(bench, strategy, actor)),
    }
}

/// A coordinator's life: its orders, one after the other. Whoever dies loses the answer to the order in hand, and does
/// afterwards what its strategy has to recover by.
async fn carry_out_all(mut bench: Bench, strategy: &'static Strategy, actor: Actor) -> Result<(), Error> {
    let (Role::Coordinator(number), Play::CheckOut { check_out, recover }) = (actor.role, &strategy.play)
    else {
        return Err(Error::new(format!("{} checks nothing out by {}", actor.name, strategy.about.name)));
    };
    bench.start().await?;
    let (coordinators, orders) = (bench.spec().knob("coordinators"), bench.spec().knob("orders"));
    for place in 0..orders {
        let order = format!("order-{}", place * coordinators + number + 1);
        let row = RowRef { table: ORDERS.into(), key: order.clone() };
        bench.begin_operation(order.clone(), row, 1).await?;
        let result = check_out(&mut bench, &order).await;
        let died = matches!(result, Err(Halt::Crashed));
        bench.end_operation(result).await?;
        if died {
            bench.restart().await?;
            recover_until_done(&mut bench, recover.as_ref()).await?;
        }
    }
    bench.finish().await
}

/// Whoever dies while it recovers begins again.
async fn recover_until_done(bench: &mut Bench, recovery: Option<&Recovery>) -> Result<(), Error> {
    let Some(recovery) = recovery else { return Ok(()) };
    loop {
        match (recovery.recover)(bench).await {
            Ok(()) => return Ok(()),
            Err(Halt::Crashed) => bench.restart().await?,
            Err(halt) => return Err(halt.into_error()),
        }
    }
}

/// How often the supervisor looks at the log, in microseconds of run time. Whoever logged nothing between two looks is
/// taken for dead: a standstill is longer, and a step is much shorter.
const LOOK_EVERY_US: u64 = 250_000;

/// The supervisor's life: for as long as others can do anything, it ends the orders of whoever is silent.
async fn supervise(mut bench: Bench, strategy: &'static Strategy) -> Result<(), Error> {
    bench.start().await?;
    let Play::CheckOut { recover: Some(recovery), .. } = &strategy.play else { return bench.finish().await };
    let mut seen = Vec::new();
    loop {
        match end_the_silent(&mut bench, recovery.take_over, &mut seen).await {
            Ok(true) => {}
            Ok(false) => return bench.finish().await,
            Err(halt) => acting::go_on(&mut bench, Err(halt)).await?,
        }
    }
}

/// False when nobody else can do anything any more and nothing is left open.
async fn end_the_silent(
    bench: &mut Bench,
    take_over: TakeOver,
    seen: &mut Vec<(String, String)>,
) -> Result<bool, Halt> {
    let alone = bench.poll(LOOK_EVERY_US).await?;
    let open = bench.sagas_of_all().await?;
    for (order, _) in open.iter().filter(|saga| seen.contains(saga)) {
        bench.take_up(order);
        take_over(bench, order).await?;
    }
    let is_over = alone && open.is_empty();
    *seen = open;
    Ok(!is_over)
}

/// The auditor's life: what each service says of the first order, at whatever moment.
async fn look_around(mut bench: Bench) -> Result<(), Error> {
    bench.start().await?;
    for table in [RESERVATIONS, PAYMENTS, PARCELS] {
        match bench.state_of(table, "order-1").await {
            Ok(_) => {}
            Err(Halt::Crashed) => bench.restart().await?,
            Err(halt) => return Err(halt.into_error()),
        }
    }
    bench.finish().await
}
