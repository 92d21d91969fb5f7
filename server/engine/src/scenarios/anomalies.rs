//! Anomalies: what a database lets two transactions do to each other, by the names of the literature.
//!
//! Idea: a table of two rows and ten scripts, after Martin Kleppmann's Hermitage
//! (<https://github.com/ept/hermitage>). Each script is two or three transactions whose statements are interleaved so that
//! an anomaly happens wherever the engine lets it happen. The strategy is the level of isolation, and nothing else.
//! What it shows: what a level really promises on a real engine, and by which means: somebody waits, somebody is
//! refused, or everybody reads a snapshot.

use lab::catalog::Knob;
use lab::checks::TEST;
use lab::dice::Dice;
use lab::event::{Counter, CounterRow, RowRef};
use lab::spec::Spec;

use super::{About, Actor, Life, Role, Scenario, named};
use crate::Error;
use crate::bench::{Bench, Halt};
use crate::strategies::{Open, Play, Strategy};

/// Who wrote the rows before anybody moved.
const SETUP: &str = "setup";
/// What the rows hold at the start, by key.
const ROWS: [(&str, i64); 2] = [("1", 10), ("2", 20)];

/// One statement of a script.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Read(&'static str),
    ReadAll,
    ReadMultiplesOf(i64),
    Set(&'static str, i64),
    Insert(&'static str, i64),
    /// Instead of a commit.
    Rollback,
}

use Deed::{Insert, Read, ReadAll, ReadMultiplesOf, Rollback, Set};

/// The statements of each transaction, between its begin and its end. A third one that does nothing is not there.
type Script = [&'static [Deed]; 3];

/// The scripts, in the order of the knob `anomaly`, from 1.
const SCRIPTS: [Script; 10] = [
    // G0: both write both rows.
    [&[Set("1", 11), Set("2", 21)], &[Set("1", 12), Set("2", 22)], &[]],
    // G1a: what one reads, the other one takes back.
    [&[Set("1", 101), Rollback], &[Read("1"), Read("1")], &[]],
    // G1b: what one reads, the other one was not done with.
    [&[Set("1", 101), Set("1", 11)], &[Read("1"), Read("1")], &[]],
    // G1c: each reads what the other one writes.
    [&[Set("1", 11), Read("2")], &[Set("2", 22), Read("1")], &[]],
    // OTV: a third one sees the first transaction, and then perhaps half of the second.
    [&[Set("1", 11), Set("2", 19)], &[Set("1", 12), Set("2", 18)], &[ReadAll, ReadAll, ReadAll]],
    // PMP: the same question twice, and a row that comes in between.
    [&[ReadMultiplesOf(3), ReadMultiplesOf(3)], &[Insert("3", 30)], &[]],
    // P4: both read, then both write.
    [&[Read("1"), Set("1", 11)], &[Read("1"), Set("1", 12)], &[]],
    // G-single: one row from before the other's commit, one from after it.
    [&[Read("1"), Read("2")], &[Read("1"), Read("2"), Set("1", 12), Set("2", 18)], &[]],
    // G2-item: both read both rows, and write one each.
    [&[Read("1"), Read("2"), Set("1", 11)], &[Read("1"), Read("2"), Set("2", 21)], &[]],
    // G2: both ask for rows that are not there, and insert one each.
    [&[ReadMultiplesOf(3), Insert("3", 30)], &[ReadMultiplesOf(3), Insert("4", 42)], &[]],
];

/// The registry's entry.
pub static SCENARIO: Scenario =
    Scenario { name: "anomalies", about, rows, tables: &[], actors, live, trial: &[("anomaly", 0)] };

fn about() -> About {
    About {
        lab: "concurrency",
        title: "What your database really promises",
        story: "Two or three transactions on two plain rows, interleaved so that a known anomaly happens wherever the \
                engine lets it happen. The strategy is the level of isolation. The names are those of the literature: \
                G0 to G2 by Adya, P4 by Berenson, OTV and PMP as in Kleppmann's Hermitage.",
        knobs: knobs(),
        invariants: vec![
            "no-dirty-write",
            "no-aborted-read",
            "no-intermediate-read",
            "no-circular-flow",
            "no-vanishing-transaction",
            "no-predicate-phantom",
            "no-lost-write",
            "no-read-skew",
            "no-write-skew",
            "no-anti-dependency-cycle",
        ],
        hardships: &[],
        only: &[],
    }
}

/// The values of the knob `anomaly`: the seed's draw, then the scripts in their order.
const ANOMALIES: [(&str, &str); 11] = [
    ("drawn", "Drawn by the seed"),
    ("g0", "G0: dirty write"),
    ("g1a", "G1a: aborted read"),
    ("g1b", "G1b: intermediate read"),
    ("g1c", "G1c: circular information flow"),
    ("otv", "OTV: a transaction vanishes"),
    ("pmp", "PMP: phantom"),
    ("p4", "P4: lost update"),
    ("g-single", "G-single: read skew"),
    ("g2-item", "G2-item: write skew"),
    ("g2", "G2: any cycle"),
];
/// The script that runs when nobody says which: P4, which the lab's first scenario is about.
const DEFAULT: u64 = 7;

fn knobs() -> Vec<Knob> {
    let help = "Which anomaly the transactions are interleaved for.";
    vec![Knob { default: DEFAULT, ..named("anomaly", "Anomaly", help, &ANOMALIES) }]
}

fn rows(_: &Spec) -> Vec<CounterRow> {
    let counter = |amount| Counter { amount, version: 1, last_op: SETUP.into() };
    ROWS.map(|(key, amount)| CounterRow { row: row(key), counter: counter(amount), unit_of: None }).to_vec()
}

fn row(key: &str) -> RowRef {
    RowRef { table: TEST.into(), key: key.into() }
}

fn script(spec: &Spec) -> &'static Script {
    let drawn = || Dice::new(spec.seed).below(&["anomaly"], SCRIPTS.len() as u64);
    let place = spec.knob("anomaly").checked_sub(1).unwrap_or_else(drawn);
    &SCRIPTS[usize::try_from(place).unwrap_or_default() % SCRIPTS.len()]
}

fn actors(spec: &Spec) -> Vec<Actor> {
    let acts = script(spec).iter().enumerate().filter(|(_, deeds)| !deeds.is_empty());
    let session = |number| Actor { name: format!("session-{}", number + 1), role: Role::Session(number) };
    acts.map(|(number, _)| session(number)).collect()
}

fn live(bench: Bench, strategy: &'static Strategy, actor: Actor) -> Life {
    Box::pin(play(bench, strategy, actor))
}

/// A session's life: one transaction. Whoever is refused rolls back, and does not try again.
async fn play(mut bench: Bench, strategy: &'static Strategy, actor: Actor) -> Result<(), Error> {
    let (Role::Session(number), Play::Open(open)) = (actor.role, &strategy.play) else {
        return Err(Error::new(format!("{} plays no script by {}", actor.name, strategy.about.name)));
    };
    let deeds = script(bench.spec())[number];
    bench.start().await?;
    bench.take_up(&format!("transaction-{}", number + 1));
    let ended = match transact(&mut bench, *open, deeds).await {
        Err(Halt::Refused(_)) => bench.rollback().await,
        other => other,
    };
    ended.map_err(Halt::into_error)?;
    bench.finish().await
}

async fn transact(bench: &mut Bench, open: Open, deeds: &[Deed]) -> Result<(), Halt> {
    open(bench).await?;
    for deed in deeds {
        match *deed {
            Read(key) => bench.read(&row(key)).await.map(drop)?,
            ReadAll => bench.select(None).await.map(drop)?,
            ReadMultiplesOf(number) => bench.select(Some(number)).await.map(drop)?,
            Set(key, amount) => bench.set(&row(key), amount).await?,
            Insert(key, amount) => bench.insert(&row(key), amount).await?,
            Rollback => return bench.rollback().await,
        }
    }
    bench.commit().await
}
