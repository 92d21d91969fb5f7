//! The strategies: how one operation or delivery is made safe, or is not. One file each, one line each in the registry
//! of its scenario.
//!
//! A strategy sees the bench and the words of `lab`, nothing else: no SQL, no driver, no task, no other strategy.

mod about;
#[macro_use]
mod registry;

use futures::future::BoxFuture;
use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::event::{Message, Outcome};
use lab::schedule::{Choice, Schedule};
use lab::spec::{Hardship, Spec};

pub use about::{About, Cell};

use crate::bench::{Bench, Command, Delivery, HANDED_ON_KNOB, Halt, HandsOn, Purchase, QUEUE_KNOB, Transfer};

/// A strategy as the registry holds it.
pub struct Strategy {
    /// The scenario that it plays in.
    pub scenario: &'static str,
    /// What it says of itself.
    pub about: &'static About,
    /// Its own source file.
    pub source: &'static str,
    /// That file's path in the repository.
    pub source_path: &'static str,
    /// What it does.
    pub play: Play,
    /// What it promises with each setting of the knobs that its promises differ by; empty if they differ by none.
    pub settings: &'static [Setting],
}

/// What a strategy promises where some knobs have these values.
pub struct Setting {
    /// The knobs, as [`Cell::witness`] writes them.
    pub knobs: &'static [&'static str],
    /// As [`About::trial`].
    pub trial: &'static [&'static str],
    /// As [`About::promises`].
    pub promises: &'static [Cell],
}

/// What a strategy does, by the kind of its scenario.
pub enum Play {
    /// Carries out one purchase.
    Buy(Buy),
    /// Carries out one purchase, where each unit is a row of its own.
    BuyUnits(Buy),
    /// Carries out one purchase for whoever asked for it by message.
    Carry(Carry),
    /// Carries out one transfer.
    Move(Move),
    /// Opens a transaction at a level of isolation.
    Open(Open),
    /// Carries out one order that needs several services.
    CheckOut {
        /// Carries it out.
        check_out: for<'a> fn(&'a mut Bench, &'a str) -> BoxFuture<'a, Result<Outcome, Halt>>,
        /// What is done about orders that were left open.
        recover: Option<Recovery>,
    },
    /// Handles one delivery.
    Handle(Handle),
    /// The same, and the broker takes a message of one id once within a window.
    HandleWindowed(Handle),
    /// Places one order and sees that others hear of it.
    Place {
        /// Places the order.
        place: for<'a> fn(&'a mut Bench, &'a Message) -> BoxFuture<'a, Result<Outcome, Halt>>,
        /// Sends what was left to be sent, for as long as there is anybody to leave something.
        relay: Option<Relay>,
        /// What its relays have of the database beside a connection each.
        beside: Beside,
    },
    /// Carries out requests, sees that others hear of them, and says what they do about it.
    Serve {
        /// Places or changes one order.
        place: for<'a> fn(&'a mut Bench, &'a Message) -> BoxFuture<'a, Result<Outcome, Halt>>,
        /// Sends what was left to be sent.
        relay: Option<Relay>,
        /// What whoever hears of an order does.
        handle: Handle,
        /// Whether the spec chooses how each stage is protected.
        is_chosen: bool,
    },
}

/// What a relay has of the database beside a connection of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// A second connection, which only listens for notifications.
    Listener,
    /// A replication slot, and with it the database's log.
    Slot,
}

/// Carries out one purchase.
pub type Buy = for<'a> fn(&'a mut Bench, &'a Purchase) -> BoxFuture<'a, Result<Outcome, Halt>>;
/// Carries out a command; acknowledging and answering it is a part of that.
pub type Carry = for<'a> fn(&'a mut Bench, &'a Command) -> BoxFuture<'a, Result<(), Halt>>;
/// Carries out one transfer.
pub type Move = for<'a> fn(&'a mut Bench, &'a Transfer) -> BoxFuture<'a, Result<Outcome, Halt>>;
/// Opens a transaction.
pub type Open = for<'a> fn(&'a mut Bench) -> BoxFuture<'a, Result<(), Halt>>;
/// Handles one delivery.
pub type Handle = for<'a> fn(&'a mut Bench, &'a Delivery) -> BoxFuture<'a, Result<(), Halt>>;
/// What is done about orders that were left open.
pub struct Recovery {
    /// Goes on with one's own, after a crash.
    pub recover: Recover,
    /// Ends one of somebody else who is silent, and may be standing still.
    pub take_over: TakeOver,
}

/// Ends an order of somebody else.
pub type TakeOver = for<'a> fn(&'a mut Bench, &'a str) -> BoxFuture<'a, Result<(), Halt>>;
/// Goes on with what was left open.
pub type Recover = for<'a> fn(&'a mut Bench) -> BoxFuture<'a, Result<(), Halt>>;
/// Sends what was left to be sent.
pub type Relay = for<'a> fn(&'a mut Bench) -> BoxFuture<'a, Result<(), Halt>>;

pub mod anomalies;
pub mod checkout;
pub mod order_placed;
pub mod order_status;
pub mod payments;
pub mod shop;
pub mod stock;
pub mod transfer;

/// The registries, in the order of the labs.
const REGISTRIES: [&[Strategy]; 8] = [
    stock::ALL,
    transfer::ALL,
    anomalies::ALL,
    checkout::ALL,
    order_status::ALL,
    payments::ALL,
    order_placed::ALL,
    shop::ALL,
];

/// Both embedded and server databases.
pub(crate) const EVERY_STORE: &[&str] = &["sqlite", "postgres"];
/// The embedded database alone.
pub(crate) const SQLITE: &[&str] = &["sqlite"];
/// The server database alone.
pub(crate) const POSTGRES: &[&str] = &["postgres"];

/// All strategies, in teaching order.
pub fn all() -> impl Iterator<Item = &'static Strategy> {
    REGISTRIES.into_iter().flatten()
}

/// The strategy of this name in a scenario: the same idea may be a strategy in several.
pub fn find(scenario: &str, name: &str) -> Option<&'static Strategy> {
    all().find(|strategy| strategy.scenario == scenario && strategy.about.name == name)
}

/// How somebody writes who does not take part in a strategy: without protection, on the same rows.
pub fn outsider(of: &Strategy) -> Option<&'static Strategy> {
    find(of.scenario, if of.has_unit_rows() { "units-unprotected" } else { "unprotected" })
}

/// The most units that a run has where each is a row of its own: each is a lane in the picture, and a run has no more
/// products than that either.
pub const UNITS_MAX: u64 = 100;

impl Strategy {
    /// Whether each unit is a row of its own.
    pub fn has_unit_rows(&self) -> bool {
        matches!(self.play, Play::BuyUnits(_))
    }

    /// Whether somebody takes messages where it plays.
    pub fn takes_messages(&self) -> bool {
        matches!(
            self.play,
            Play::Carry(_)
                | Play::Handle(_)
                | Play::HandleWindowed(_)
                | Play::Place { .. }
                | Play::Serve { .. }
        )
    }

    /// Whether it may remember the commands that it carried out.
    pub fn keeps_inbox(&self) -> bool {
        matches!(self.play, Play::Carry(_))
    }

    /// Whether it has the broker drop what is published a second time within a window.
    pub fn has_broker_window(&self) -> bool {
        matches!(self.play, Play::HandleWindowed(_))
    }

    /// Whether messages are spread by key over partitions.
    pub fn has_partitions(&self) -> bool {
        self.about.by_key
    }

    /// Whether its relay reads the database's log.
    pub fn reads_log(&self) -> bool {
        self.beside() == Beside::Slot
    }

    /// Whether it leaves something to be sent to a relay.
    pub fn has_relay(&self) -> bool {
        matches!(self.play, Play::Place { relay: Some(_), .. } | Play::Serve { relay: Some(_), .. })
    }

    /// Whether the spec chooses how each of its stages is protected.
    pub fn is_chosen(&self) -> bool {
        matches!(self.play, Play::Serve { is_chosen: true, .. })
    }

    /// Whether it leaves something to be sent to a relay in a run of this spec.
    pub fn leaves_to_relay(&self, spec: &Spec) -> bool {
        self.has_relay() && (!self.is_chosen() || spec.knob(HANDED_ON_KNOB) == HandsOn::Outbox as u64)
    }

    /// Whether messages are spread by key over partitions in a run of this spec.
    pub fn is_partitioned(&self, spec: &Spec) -> bool {
        self.about.by_key && (!self.is_chosen() || spec.knob(QUEUE_KNOB) > 0)
    }

    /// What its relays have of the database beside a connection each.
    pub fn beside(&self) -> Beside {
        match self.play {
            Play::Place { beside, .. } => beside,
            _ => Beside::Nothing,
        }
    }

    /// The catalog's card. Witnesses are the smallest spec of the scenario under this strategy, trials a larger one.
    /// `unused` are the scenario's knobs that change nothing under it.
    pub fn card(&self, small: &Spec, large: &Spec, unused: Vec<String>) -> StrategyCard {
        let about = self.about;
        let everywhere = [Setting { knobs: &[], trial: about.trial, promises: about.promises }];
        let settings = if self.settings.is_empty() { &everywhere[..] } else { self.settings };
        let cells =
            settings.iter().flat_map(|setting| setting.promises.iter().map(move |cell| (setting, cell)));
        let engines =
            cells.flat_map(|(setting, cell)| cell.engines.iter().map(move |on| (setting, cell, *on)));
        let promises =
            engines.map(|(setting, cell, on)| self.promise(setting, cell, on, small, large)).collect();
        StrategyCard {
            name: about.name.into(),
            scenarios: vec![self.scenario.into()],
            title: about.title.into(),
            idea: about.idea.into(),
            costs: about.costs.into(),
            fails: about.fails.into(),
            retries: about.retries,
            leases: about.leases,
            unused,
            units_max: self.has_unit_rows().then_some(UNITS_MAX),
            promises,
            source: self.source.into(),
            source_path: self.source_path.into(),
        }
    }

    fn promise(&self, setting: &Setting, cell: &Cell, engine: &str, small: &Spec, large: &Spec) -> Promise {
        let on = |spec: &Spec, trouble: &[&str]| {
            let mut spec = with(spec, &[setting.knobs, trouble].concat());
            spec.strategy = self.about.name.into();
            spec.engine.store = engine.into();
            spec
        };
        let keeps = matches!(cell.value, PromiseValue::Holds | PromiseValue::Refused);
        Promise {
            scenario: self.scenario.into(),
            invariant: cell.invariant.into(),
            knobs: setting.knobs.iter().filter_map(|knob| set(knob)).collect(),
            engine: engine.into(),
            value: cell.value,
            premises: cell.premises.into(),
            proof: String::new(),
            witness: (!cell.witness.is_empty()).then(|| on(small, cell.witness)),
            trial: keeps.then(|| Spec { schedule: Schedule::Seeded, ..on(large, setting.trial) }),
        }
    }

    /// The smallest spec, with what makes this strategy's first promise break; as it is if nothing does.
    pub fn classic(&self, small: &Spec) -> Spec {
        let broken = self.about.promises.iter().find(|cell| cell.value == PromiseValue::Breaks);
        let mut spec = with(small, broken.map_or(&[], |cell| cell.witness));
        spec.strategy = self.about.name.into();
        // The first engine on which it breaks.
        if let Some(engine) = broken.and_then(|cell| cell.engines.first()) {
            spec.engine.store = (*engine).to_owned();
        }
        spec
    }
}

/// A spec with trouble, as [`Cell::witness`] writes it.
pub(crate) fn with(spec: &Spec, trouble: &[&str]) -> Spec {
    let mut spec = spec.clone();
    let mut choices: Vec<Choice> = Vec::new();
    for word in trouble {
        if let Some((kind, place)) = word.split_once(' ') {
            let at = place.parse::<Choice>().ok();
            spec.hardships.extend(at.and_then(|at| Hardship::new(kind, at.into())));
        } else if let Some((knob, value)) = set(word) {
            spec.workload.insert(knob, value);
        } else {
            choices.extend(word.parse::<Choice>());
        }
    }
    spec.schedule = Schedule::Recorded { choices };
    spec
}

/// A knob and its value, written `knob=value`.
fn set(word: &str) -> Option<(String, u64)> {
    let (knob, value) = word.split_once('=')?;
    Some((knob.to_owned(), value.parse().unwrap_or_default()))
}
