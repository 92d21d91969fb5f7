//! What a strategy says of itself, and what it promises.

use lab::catalog::PromiseValue;

/// What a strategy says of itself, beside its source.
pub struct About {
    /// The name in a spec.
    pub name: &'static str,
    /// The title.
    pub title: &'static str,
    /// One sentence: how it works.
    pub idea: &'static str,
    /// What it costs.
    pub costs: &'static str,
    /// How it still fails.
    pub fails: &'static str,
    /// Whether the retry policy is used.
    pub retries: bool,
    /// Whether the table itself forbids amounts below zero.
    pub never_below_zero: bool,
    /// Whether messages of one key go to one consumer, one at a time.
    pub by_key: bool,
    /// Whether it asks a lock service for leases.
    pub leases: bool,
    /// Trouble that its promises of `holds` survive, as [`Cell::witness`] writes it.
    pub trial: &'static [&'static str],
    /// What it promises, on each engine.
    pub promises: &'static [Cell],
}

/// One promise: an invariant, the engines it is made on, its value and its premises.
pub struct Cell {
    /// The invariant.
    pub invariant: &'static str,
    /// The engines.
    pub engines: &'static [&'static str],
    /// The value.
    pub value: PromiseValue,
    /// Under which premises.
    pub premises: &'static str,
    /// What shows it (for `breaks` there must be something), in the smallest run of the scenario. Choices (`buyer-1/read#1`), knobs that are
    /// set otherwise (`deltas=1`), and hardships (`crash consumer-1/ack#1`, `pause buyer-1/write#1`).
    pub witness: &'static [&'static str],
}

impl Cell {
    /// The invariant holds under these premises.
    pub const fn holds(
        invariant: &'static str,
        engines: &'static [&'static str],
        premises: &'static str,
    ) -> Self {
        Self { invariant, engines, value: PromiseValue::Holds, premises, witness: &[] }
    }

    /// The invariant breaks under these premises, and this shows it.
    pub const fn breaks(
        invariant: &'static str,
        engines: &'static [&'static str],
        premises: &'static str,
        witness: &'static [&'static str],
    ) -> Self {
        Self { invariant, engines, value: PromiseValue::Breaks, premises, witness }
    }

    /// The strategy is not on these engines, for this reason.
    pub const fn not_on(
        engines: &'static [&'static str],
        invariant: &'static str,
        reason: &'static str,
    ) -> Self {
        Self { invariant, engines, value: PromiseValue::NotOnThisEngine, premises: reason, witness: &[] }
    }
}
