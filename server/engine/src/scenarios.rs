//! The scenarios: situations that go wrong. One file each, one line each in the registry below.
//!
//! A scenario says which rows there are, who acts, what each is asked to do, and which invariants are judged. It
//! never names a strategy.

pub mod acting;
pub mod anomalies;
pub mod checkout;
pub mod order_placed;
pub mod order_status;
pub mod payments;
pub mod shop;
pub mod stock;
pub mod transfer;

use futures::future::BoxFuture;
use lab::catalog::{Knob, KnobWord};
use lab::event::CounterRow;
use lab::spec::{DATABASE_OUTAGE_KNOB, Spec};

use crate::Error;
use crate::bench::Bench;
use crate::outages;
use crate::store::Table;
use crate::strategies::{self, Strategy};

/// A scenario as the registry holds it.
pub struct Scenario {
    /// The name in a spec.
    pub name: &'static str,
    /// What it says of itself.
    pub about: fn() -> About,
    /// The counter rows to set up.
    pub rows: fn(&Spec) -> Vec<CounterRow>,
    /// The other tables, empty at first.
    pub tables: &'static [&'static Table],
    /// Who acts, in order; a relay, and who mends for it, only acts where the strategy has one.
    pub actors: fn(&Spec) -> Vec<Actor>,
    /// One actor's life.
    pub live: fn(Bench, &'static Strategy, Actor) -> Life,
    /// Knobs of the larger runs in which promises are tried.
    pub trial: &'static [(&'static str, u64)],
}

impl Scenario {
    /// Whether messages go through a broker here, whatever the strategy.
    pub fn has_messages(&self) -> bool {
        let mut plays_here = strategies::all().filter(|strategy| strategy.scenario == self.name);
        plays_here.all(Strategy::takes_messages)
    }
}

/// One actor's life.
pub type Life = BoxFuture<'static, Result<(), Error>>;

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name on the lane and in choices.
    pub name: String,
    /// What it does.
    pub role: Role,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Uses the strategy on the purchases of this number.
    Buyer(usize),
    /// Does the purchases or transfers of this number without protection, whatever the strategy.
    Outsider(usize),
    /// Carries out the transfers of this number by the strategy.
    Teller(usize),
    /// Carries out orders with the help of several services; its number, from 0.
    Coordinator(u64),
    /// Looks at what others are doing.
    Auditor,
    /// Ends what others left open.
    Supervisor,
    /// Carries out one transaction of a script; its number, from 0.
    Session(usize),
    /// Publishes what the scenario has to say.
    Publisher,
    /// Handles messages; its number, from 0.
    Consumer(u64),
    /// Takes messages from one topic and publishes them on into another.
    Forwarder,
    /// Asks a service for orders; its number, from 0.
    Customer(u64),
    /// Places orders; its number, from 0.
    Service(u64),
    /// Sends what others left to be sent.
    Relay,
    /// Mends what a relay could not send.
    Person,
    /// Drops a replication slot that others need.
    Administrator,
    /// Redrives dead letters.
    Operator,
}

/// What a scenario says of itself.
pub struct About {
    /// The lab it belongs to.
    pub lab: &'static str,
    /// The title.
    pub title: &'static str,
    /// What happens here, in a few sentences.
    pub story: &'static str,
    /// The workload's knobs.
    pub knobs: Vec<Knob>,
    /// The invariants that are judged.
    pub invariants: Vec<&'static str>,
    /// The kinds of hardship that a spec may list, each with a step where it can strike.
    pub hardships: &'static [(&'static str, &'static str)],
    /// The knobs that change nothing under some strategies.
    pub only: &'static [Only],
}

/// Knobs that only some strategies use.
pub struct Only {
    /// Which strategies.
    pub by: fn(&Strategy) -> bool,
    /// The knobs' names.
    pub knobs: &'static [&'static str],
}

impl About {
    /// The knobs that change nothing under a strategy.
    pub fn unused(&self, strategy: &Strategy) -> Vec<String> {
        let unused = self.only.iter().filter(|only| !(only.by)(strategy));
        unused.flat_map(|only| only.knobs).map(|name| (*name).to_owned()).collect()
    }
}

/// A knob of a workload: name, label, help, unit, and its smallest, largest and default value.
/// The name of a relay; of several each has a number behind it.
pub(crate) const RELAY: &str = "relay";

fn knob(name: &str, label: &str, help: &str, unit: &str, [min, max, default]: [u64; 3]) -> Knob {
    Knob {
        name: name.into(),
        label: label.into(),
        help: help.into(),
        unit: unit.into(),
        min,
        max,
        default,
        words: Vec::new(),
    }
}

/// A knob whose values have names, from 0 on; the first is the default. Each is a name and a title.
fn named(name: &str, label: &str, help: &str, values: &[(&str, &str)]) -> Knob {
    let word = |(name, title): &(&str, &str)| KnobWord { name: (*name).into(), title: (*title).into() };
    let max = values.len().saturating_sub(1) as u64;
    Knob { words: values.iter().map(word).collect(), ..knob(name, label, help, "", [0, max, 0]) }
}

/// The knobs for an outage of the broker.
fn broker_outage() -> Vec<Knob> {
    vec![
        knob(
            "outage_at_ms",
            "Broker outage begins",
            "When the broker cannot be reached any more, in run time.",
            "ms",
            [0, 10_000, 0],
        ),
        knob(
            "outage_ms",
            "Broker outage lasts",
            "For how long the simulated network lets nothing through to the broker; 0 for no outage.",
            "ms",
            [0, 10_000, 0],
        ),
    ]
}

/// The knobs for an outage of the run's database.
fn database_outage() -> Vec<Knob> {
    vec![
        knob(
            outages::DATABASE_AT_KNOB,
            "Database outage begins",
            "When the connections to the database are cut, in run time.",
            "ms",
            [0, 10_000, 0],
        ),
        knob(
            DATABASE_OUTAGE_KNOB,
            "Database outage lasts",
            "For how long; 0 for no outage. Not on SQLite: there the database is a file in this process.",
            "ms",
            [0, 10_000, 0],
        ),
        named(
            outages::DATABASE_MANNER_KNOB,
            "Database outage is",
            "Cut: real TCP connections break, new ones are turned away. Stalled: nothing breaks, nothing gets through.",
            &[("cut", "Cut"), ("stall", "Stalled")],
        ),
    ]
}

/// No counter rows.
fn no_rows(_: &Spec) -> Vec<CounterRow> {
    Vec::new()
}

/// The registry.
pub const ALL: &[&Scenario] = &[
    &stock::SCENARIO,
    &transfer::SCENARIO,
    &anomalies::SCENARIO,
    &checkout::SCENARIO,
    &order_status::SCENARIO,
    &payments::SCENARIO,
    &order_placed::SCENARIO,
    &shop::SCENARIO,
];

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    ALL.iter().copied().find(|scenario| scenario.name == name)
}
