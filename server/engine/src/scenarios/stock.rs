//! Stock: many buyers, few items.
//!
//! Idea: one counter row for each product, and buyers who all want the same few. The smallest situation in which
//! concurrent writes go wrong, and the one that every shop has.
//! What it shows: a lost update and an oversell, and what each way to prevent them costs.

use lab::catalog::Knob;
use lab::dice::Dice;
use lab::event::{Counter, CounterRow, RowRef};
use lab::spec::Spec;

use super::{About, Actor, Life, Only, Role, Scenario, acting, knob, named};
use crate::Error;
use crate::bench::{Bench, Command, Halt, OPENED_KNOB, Purchase};
use crate::outages::CUT_NODE;
use crate::strategies::{Play, Strategy};

/// Each purchase takes one unit: enough for every lesson here, and easy to count along.
const UNITS: i64 = 1;
/// The table of the counters.
const TABLE: &str = "stock";
/// Who wrote the rows before anybody moved.
const SETUP: &str = "setup";

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "stock",
    about,
    rows,
    tables: &[],
    actors,
    live,
    trial: &[("buyers", 3), ("purchases", 2), ("quantity", 4), ("think_ms", 3)],
};

fn about() -> About {
    About {
        lab: "concurrency",
        title: "Many buyers, few items",
        story: "A shop keeps one row for each product: how many are left. Several buyers want the same product at the \
                same moment. Each sale is recorded in the transaction of its write, so in the end the sales on record \
                and the amount left must agree.",
        knobs: [knobs(), troubles(), of_single_writers()].concat(),
        invariants: vec!["no-lost-update", "no-oversell", "no-wrong-refusal", "every-request-answered"],
        hardships: &[
            ("pause", "buyer-1/write#1"),
            ("crash", "buyer-1/write#1"),
            (CUT_NODE, "buyer-1/read#1"),
        ],
        only: &[Only { by: Strategy::has_partitions, knobs: &["consumers", "partitions", "rebalance"] }],
    }
}

fn knobs() -> Vec<Knob> {
    vec![
        knob(
            "buyers",
            "Buyers",
            "How many buy at the same time, each on a connection of its own.",
            "buyers",
            [1, 64, 2],
        ),
        knob(
            "purchases",
            "Purchases each",
            "How many purchases each buyer makes, one after the other.",
            "purchases",
            [1, 1_000, 1],
        ),
        knob(
            "products",
            "Products",
            "How many products they spread over: fewer means more contention.",
            "products",
            [1, 100, 1],
        ),
        knob(
            "quantity",
            "Units in stock",
            "How many units of each product are there at the start.",
            "units",
            [1, 1_000_000, 1],
        ),
        knob(
            "think_ms",
            "Think time",
            "How long a buyer thinks between reading and writing, on average.",
            "ms",
            [0, 1_000, 20],
        ),
        named(
            OPENED_KNOB,
            "A write of its own",
            "How a write that is a transaction of its own is carried out: in one step, as the engine does it; or opened into \
             begin, write and commit, so that what lies between them can be seen and steered: its lock is held until the commit.",
            &[("one-step", "in one step"), ("opened", "opened")],
        ),
    ]
}

/// What goes wrong.
fn troubles() -> Vec<Knob> {
    vec![
        knob(
            "outsider",
            "One outsider",
            "One buyer more who reads and writes without the strategy's protection: 1 for yes.",
            "outsiders",
            [0, 1, 0],
        ),
        knob(
            "lease_ms",
            "Lease",
            "How long a lock service leaves a lease to its holder, unless it is given back. Only distributed locks use it.",
            "ms",
            [20, 10_000, 200],
        ),
        knob(
            "pauses",
            "Standstills",
            "At how many steps in a hundred a process stands still for two leases, without knowing it. The seed picks them, at most three for each process.",
            "%",
            [0, 100, 0],
        ),
        knob(
            "crashes",
            "Crashes",
            "Chance that a process dies before a step, and starts again.",
            "%",
            [0, 50, 0],
        ),
    ]
}

/// Who writes where buyers only send commands.
fn of_single_writers() -> Vec<Knob> {
    vec![
        knob(
            "consumers",
            "Writers",
            "How many take commands and write for the buyers. Only single writers use it.",
            "writers",
            [1, 8, 2],
        ),
        knob(
            "partitions",
            "Partitions",
            "Over how many partitions the products' commands are spread. Only single writers use it.",
            "partitions",
            [1, 16, 2],
        ),
        knob(
            "rebalance",
            "Rebalance",
            "1: a partition whose writer was silent for a lease (500 ms) goes to the next one. Only single writers use it.",
            "",
            [0, 1, 0],
        ),
    ]
}

fn rows(spec: &Spec) -> Vec<CounterRow> {
    let amount = i64::try_from(spec.knob("quantity")).unwrap_or(i64::MAX);
    let counter = Counter { amount, version: 1, last_op: SETUP.into() };
    (0..spec.knob("products"))
        .map(|number| CounterRow { row: product(number), counter: counter.clone(), unit_of: None })
        .collect()
}

/// The same stock with a row for each unit.
pub fn unit_rows(products: &[CounterRow]) -> Vec<CounterRow> {
    let units = |product: &CounterRow| {
        let row = product.row.clone();
        let counter = Counter { amount: 1, ..product.counter.clone() };
        (1..=product.counter.amount).map(move |number| CounterRow {
            row: RowRef { table: row.table.clone(), key: format!("{}.{number:03}", row.key) },
            counter: counter.clone(),
            unit_of: Some(row.clone()),
        })
    };
    products.iter().flat_map(units).collect()
}

/// The buyers in order, then whoever does not take part in the strategy, then whoever takes the buyers' commands.
fn actors(spec: &Spec) -> Vec<Actor> {
    let buyers = spec.knob("buyers");
    let buyer = |number| {
        let role = Role::Buyer(usize::try_from(number).unwrap_or_default());
        Actor { name: format!("buyer-{}", number + 1), role }
    };
    let outsider = Role::Outsider(usize::try_from(buyers).unwrap_or_default());
    let outsider = (spec.knob("outsider") == 1).then(|| Actor { name: "outsider".into(), role: outsider });
    let consumer = |number| Actor { name: format!("consumer-{}", number + 1), role: Role::Consumer(number) };
    (0..buyers).map(buyer).chain(outsider).chain((0..spec.knob("consumers")).map(consumer)).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    match (actor.role, &strategy.play) {
        (Role::Buyer(number), Play::Carry(_)) => Box::pin(ask_for_all(bench, number)),
        (Role::Consumer(number), Play::Carry(carry)) => {
            let carry = *carry;
            Box::pin(acting::consume(bench, number, move |bench, delivery| {
                let command = Command::of(delivery, TABLE);
                bench.take_up(&command.operation());
                Box::pin(async move { carry(bench, &command).await })
            }))
        }
        _ => Box::pin(buy_all(bench, strategy, actor)),
    }
}

/// The life of a buyer who lets somebody else write: a command for each purchase, one after the other.
async fn ask_for_all(mut bench: Bench, number: usize) -> Result<(), Error> {
    bench.start().await?;
    for (place, purchase) in purchases(bench.spec(), number).iter().enumerate() {
        let operation = format!("{}.{}", bench.actor(), place + 1);
        bench.begin_operation(operation.clone(), purchase.row.clone(), purchase.quantity).await?;
        acting::publish(&mut bench, &Command::message(&operation, purchase)).await?;
        let outcome = bench.await_answer().await?;
        bench.end_operation(Ok(outcome)).await?;
    }
    bench.finish().await
}

/// One buyer's life: its purchases, one after the other.
async fn buy_all(mut bench: Bench, strategy: &'static Strategy, actor: Actor) -> Result<(), Error> {
    let (Role::Buyer(number) | Role::Outsider(number), Play::Buy(buy) | Play::BuyUnits(buy)) =
        (actor.role, &strategy.play)
    else {
        return Err(Error::new(format!("{} cannot buy by {}", actor.name, strategy.about.name)));
    };
    bench.start().await?;
    for (place, purchase) in purchases(bench.spec(), number).iter().enumerate() {
        let operation = format!("{}.{}", actor.name, place + 1);
        bench.begin_operation(operation, purchase.row.clone(), purchase.quantity).await?;
        let result = buy(&mut bench, purchase).await;
        let died = matches!(result, Err(Halt::Crashed));
        bench.end_operation(result).await?;
        if died {
            bench.restart().await?;
        }
    }
    bench.finish().await
}

fn purchases(spec: &Spec, actor: usize) -> Vec<Purchase> {
    let dice = Dice::new(spec.seed);
    let product_of = |place: u64| {
        let name = ["product", &actor.to_string(), &place.to_string()];
        product(dice.below(&name, spec.knob("products")))
    };
    (0..spec.knob("purchases")).map(|place| Purchase { row: product_of(place), quantity: UNITS }).collect()
}

/// Keys are padded, so that key order is number order.
fn product(number: u64) -> RowRef {
    RowRef { table: TABLE.into(), key: format!("sku-{:03}", number + 1) }
}
