//! The strategies: how one operation is made safe, or is not. One file each, one line each in the registry below.
//!
//! A strategy sees the bench and the words of `lab`, nothing else: no SQL, no driver, no task, no other strategy.

use futures::future::BoxFuture;
use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::event::Outcome;
use lab::schedule::{Choice, Schedule};
use lab::spec::Spec;

use crate::bench::{Bench, Halt, Purchase};

/// A strategy as the registry holds it.
pub struct Strategy {
    /// What it says of itself.
    pub about: &'static About,
    /// Its own source file.
    pub source: &'static str,
    /// That file's path in the repository.
    pub source_path: &'static str,
    /// Carries out one purchase.
    pub buy: for<'a> fn(&'a mut Bench, &'a Purchase) -> BoxFuture<'a, Result<Outcome, Halt>>,
}

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
    /// What it promises in `stock`, on each engine.
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
    /// For `breaks`: the choices that show it with 2 buyers, 1 purchase each and 1 unit in stock.
    pub witness: &'static [&'static str],
}

macro_rules! strategies {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// The registry, in teaching order.
        pub const ALL: &[Strategy] = &[$(Strategy {
            about: &$module::ABOUT,
            source: include_str!(concat!("strategies/", stringify!($module), ".rs")),
            source_path: concat!("server/engine/src/strategies/", stringify!($module), ".rs"),
            buy: |bench, buy| Box::pin($module::buy(bench, buy)),
        }),*];
    };
}

strategies! {
    unprotected,
    relative_update,
    check_constraint,
    atomic_update,
    transaction_only,
    repeatable_read,
    serializable,
    row_lock,
    advisory_lock,
    optimistic,
}

/// Both embedded and server databases.
pub(crate) const EVERY_STORE: &[&str] = &["sqlite", "postgres"];

/// The strategy of this name.
pub fn find(name: &str) -> Option<&'static Strategy> {
    ALL.iter().find(|strategy| strategy.about.name == name)
}

/// How somebody writes who knows of no strategy.
pub fn outsider() -> &'static Strategy {
    &ALL[0]
}

const _: () = assert!(matches!(ALL[0].about.name.as_bytes(), b"unprotected"));

impl Strategy {
    /// The catalog's card. Witnesses are the classic spec of the scenario under this strategy.
    pub fn card(&self, classic: &Spec) -> StrategyCard {
        let about = self.about;
        let promise = |cell: &Cell, engine: &str| Promise {
            scenario: classic.scenario.clone(),
            invariant: cell.invariant.into(),
            engine: engine.into(),
            value: cell.value,
            premises: cell.premises.into(),
            witness: (!cell.witness.is_empty()).then(|| self.witness(cell, engine, classic)),
        };
        let engines = |cell: &'static Cell| cell.engines.iter().map(move |engine| (cell, *engine));
        StrategyCard {
            name: about.name.into(),
            scenarios: vec![classic.scenario.clone()],
            title: about.title.into(),
            idea: about.idea.into(),
            costs: about.costs.into(),
            fails: about.fails.into(),
            retries: about.retries,
            promises: about
                .promises
                .iter()
                .flat_map(engines)
                .map(|(cell, engine)| promise(cell, engine))
                .collect(),
            source: self.source.into(),
            source_path: self.source_path.into(),
        }
    }

    /// The choices of the first promise that breaks; none if nothing does.
    pub fn witness_choices(&self) -> Vec<Choice> {
        let broken = self.about.promises.iter().find(|cell| !cell.witness.is_empty());
        broken.map(choices).unwrap_or_default()
    }

    fn witness(&self, cell: &Cell, engine: &str, classic: &Spec) -> Spec {
        let mut spec = classic.clone();
        spec.strategy = self.about.name.into();
        spec.engine.store = engine.into();
        spec.schedule = Schedule::Recorded { choices: choices(cell) };
        spec
    }
}

fn choices(cell: &Cell) -> Vec<Choice> {
    cell.witness.iter().filter_map(|choice| choice.parse().ok()).collect()
}
