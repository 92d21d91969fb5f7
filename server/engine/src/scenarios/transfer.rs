//! Transfer: money moves between accounts, two rows at once.
//!
//! Idea: a bank keeps one row for each account. A person with one account may not go below zero; a person with two may
//! be below zero in one as long as the other one covers it. So a transfer reads rows that it does not write.
//! What it shows: a rule over several rows, the write skew that breaks it, and the deadlock that comes of locking rows in
//! different orders.

use lab::catalog::Knob;
use lab::checks::ACCOUNTS;
use lab::dice::Dice;
use lab::event::{Counter, CounterRow, RowRef};
use lab::spec::Spec;

use super::{About, Actor, Life, Role, Scenario, knob};
use crate::Error;
use crate::bench::{Bench, Halt, Transfer};
use crate::strategies::{Play, Strategy};

/// Who wrote the rows before anybody moved.
const SETUP: &str = "setup";
/// From a person with two accounts goes one and a half times what one of them holds: covered once, and not twice.
const FROM_JOINT_PERCENT: i64 = 150;
/// From a person with one account goes most of what it holds: covered once, and not twice.
const FROM_ONLY_PERCENT: i64 = 80;

/// The registry's entry.
pub static SCENARIO: Scenario = Scenario {
    name: "transfer",
    about,
    rows,
    tables: &[],
    actors,
    live,
    trial: &[("tellers", 3), ("transfers", 2), ("orders", 0), ("think_ms", 3), ("crashes", 2)],
};

fn about() -> About {
    About {
        lab: "concurrency",
        title: "Two rows at once",
        story: "A bank moves money between accounts. Some people have two accounts, a and b: one of them may be below \
                zero as long as the other one covers it. Each change of an account is a posting, written in the \
                transaction of its write, so in the end balances and postings must agree.",
        knobs: knobs(),
        invariants: vec![
            "money-conserved",
            "no-account-below-zero",
            "joint-limit-kept",
            "every-request-answered",
        ],
        hardships: &[("crash", "teller-1/write#2")],
        only: &[],
    }
}

fn knobs() -> Vec<Knob> {
    vec![
        knob(
            "tellers",
            "Tellers",
            "How many move money at the same time, each on a connection of its own.",
            "tellers",
            [1, 64, 2],
        ),
        knob(
            "transfers",
            "Transfers each",
            "How many transfers each teller makes, one after the other.",
            "transfers",
            [1, 1_000, 1],
        ),
        knob(
            "orders",
            "Which transfers",
            "0: drawn by the seed. 1: from both accounts of one person. 2: all from the only account of one person. 3: two people to each other.",
            "",
            [0, 3, 1],
        ),
        knob("pairs", "People with two accounts", "How many have accounts a and b.", "persons", [1, 20, 1]),
        knob("singles", "People with one account", "How many have a single account.", "persons", [2, 100, 2]),
        knob(
            "balance",
            "Money in each account",
            "What each account holds at the start.",
            "units",
            [2, 1_000_000, 100],
        ),
        knob(
            "think_ms",
            "Think time",
            "How long a teller thinks between reading and writing, on average.",
            "ms",
            [0, 1_000, 0],
        ),
        knob(
            "outsider",
            "One outsider",
            "One teller more who reads and writes without the strategy's protection: 1 for yes.",
            "outsiders",
            [0, 1, 0],
        ),
        knob("crashes", "Crashes", "Chance that a teller's process dies before a step.", "%", [0, 50, 0]),
    ]
}

fn rows(spec: &Spec) -> Vec<CounterRow> {
    let amount = i64::try_from(spec.knob("balance")).unwrap_or(i64::MAX);
    let counter = Counter { amount, version: 1, last_op: SETUP.into() };
    let (pairs, people) = (spec.knob("pairs"), spec.knob("pairs") + spec.knob("singles"));
    let of_person = |person: u64| {
        let owner = account(format!("person-{person:03}"));
        let of_pair = |name: &str| (account(format!("{}.{name}", owner.key)), Some(owner.clone()));
        if person <= pairs { vec![of_pair("a"), of_pair("b")] } else { vec![(owner, None)] }
    };
    let row = |(row, unit_of)| CounterRow { row, counter: counter.clone(), unit_of };
    (1..=people).flat_map(of_person).map(row).collect()
}

fn account(key: String) -> RowRef {
    RowRef { table: ACCOUNTS.into(), key }
}

/// The tellers in order, then whoever does not take part in the strategy.
fn actors(spec: &Spec) -> Vec<Actor> {
    let tellers = spec.knob("tellers");
    let number = |number| usize::try_from(number).unwrap_or_default();
    let teller = |place| Actor { name: format!("teller-{}", place + 1), role: Role::Teller(number(place)) };
    let outsider = Role::Outsider(number(tellers));
    let outsider = (spec.knob("outsider") == 1).then(|| Actor { name: "outsider".into(), role: outsider });
    (0..tellers).map(teller).chain(outsider).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    Box::pin(move_all(bench, strategy, actor))
}

/// One teller's life: its transfers, one after the other. Whoever dies loses the answer to the one in hand.
async fn move_all(mut bench: Bench, strategy: &'static Strategy, actor: Actor) -> Result<(), Error> {
    let (Role::Teller(number) | Role::Outsider(number), Play::Move(carry_out)) = (actor.role, &strategy.play)
    else {
        return Err(Error::new(format!("{} cannot move money by {}", actor.name, strategy.about.name)));
    };
    bench.start().await?;
    for (place, order) in orders(bench.spec(), number).iter().enumerate() {
        let operation = format!("transfer-{}.{}", number + 1, place + 1);
        bench.begin_transfer(operation, order).await?;
        let result = carry_out(&mut bench, order).await;
        let died = matches!(result, Err(Halt::Crashed));
        bench.end_operation(result).await?;
        if died {
            bench.restart().await?;
        }
    }
    bench.finish().await
}

fn orders(spec: &Spec, actor: usize) -> Vec<Transfer> {
    let accounts = rows(spec);
    (0..spec.knob("transfers")).map(|place| order(spec, &accounts, actor, place)).collect()
}

/// One order. The listed patterns know the first person with two accounts, and those with one.
fn order(spec: &Spec, accounts: &[CounterRow], actor: usize, place: u64) -> Transfer {
    let only: Vec<&CounterRow> = accounts.iter().filter(|row| row.unit_of.is_none()).collect();
    // Each goes to somebody else as far as there are others, so that they meet only where they shall.
    let another = only[actor % only.len()];
    let (from, to) = match spec.knob("orders") {
        1 => (&accounts[actor % 2], another),
        2 => (only[0], only[1 + actor % (only.len() - 1)]),
        3 => (only[actor % 2], only[(actor + 1) % 2]),
        _ => drawn(spec, accounts, actor, place),
    };
    let balance = from.counter.amount;
    let is_partner =
        |row: &&CounterRow| row.unit_of.is_some() && row.unit_of == from.unit_of && row.row != from.row;
    let partner = accounts.iter().find(is_partner).map(|row| row.row.clone());
    let percent = if partner.is_some() { FROM_JOINT_PERCENT } else { FROM_ONLY_PERCENT };
    Transfer { from: from.row.clone(), to: to.row.clone(), amount: balance * percent / 100, partner }
}

fn drawn<'a>(
    spec: &Spec,
    accounts: &'a [CounterRow],
    actor: usize,
    place: u64,
) -> (&'a CounterRow, &'a CounterRow) {
    let dice = Dice::new(spec.seed);
    let (actor, place) = (actor.to_string(), place.to_string());
    let many = accounts.len();
    let below = |name, many: usize| {
        let drawn = dice.below(&[name, &actor, &place], many as u64);
        usize::try_from(drawn).unwrap_or_default()
    };
    let from = below("from", many);
    // Any but the first.
    let to = (from + 1 + below("to", many - 1)) % many;
    (&accounts[from], &accounts[to])
}
