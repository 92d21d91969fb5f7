//! The scenarios: situations that go wrong. One file each, one line each in the registry below.
//!
//! A scenario says which rows there are, who acts, what each is asked to do, and which invariants are judged. It
//! never names a strategy.

pub mod stock;

use lab::catalog::Knob;
use lab::event::CounterRow;
use lab::spec::Spec;

use crate::bench::Purchase;

/// A scenario as the registry holds it.
pub struct Scenario {
    /// The name in a spec.
    pub name: &'static str,
    /// What it says of itself.
    pub about: fn() -> About,
    /// The rows to set up.
    pub rows: fn(&Spec) -> Vec<CounterRow>,
    /// Who acts, in order.
    pub actors: fn(&Spec) -> Vec<Actor>,
    /// What the actor of this number is asked to do, in order.
    pub purchases: fn(&Spec, usize) -> Vec<Purchase>,
}

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name on the lane and in choices.
    pub name: String,
    /// Whether the spec's strategy is not used: this one reads and writes without protection.
    pub outsider: bool,
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
}

/// The registry.
pub const ALL: &[&Scenario] = &[&stock::SCENARIO];

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    ALL.iter().copied().find(|scenario| scenario.name == name)
}
