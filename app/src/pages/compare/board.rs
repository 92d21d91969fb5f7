//! What the page of runs side by side holds: who takes part, their runs, and the one clock.

use std::time::Duration;

use crate::live::effect;
use lab::catalog::Catalog;
use lab::spec::{Pace, Spec};
use lab::wire::State;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::client;
use crate::draft::encode;
use crate::form::Form;
use crate::page_data::{COMPARED_MAX, Shown};
use crate::pages::run::start_feed;
use crate::replay::Replay;
use crate::stage::axis::{Axis, Zoom};
use crate::words;

/// Playing all runs takes about this long, however long they were.
const PLAY_MS: u64 = 10_000;
/// From one beat of the clock to the next.
const BEAT_MS: u64 = 40;

/// One strategy and its run.
#[derive(Debug, Clone)]
pub struct Contender {
    /// The strategy.
    pub strategy: String,
    /// Its run.
    pub replay: Replay,
}

/// The page's state. Copies are the same page.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    /// What all runs are asked, but for the strategy.
    pub form: Form,
    /// The strategies that are chosen, in the order of choosing.
    pub chosen: RwSignal<Vec<String>>,
    /// The runs on the screen.
    pub contenders: RwSignal<Vec<Contender>>,
    /// Up to which moment of the run time all runs are shown; all of them without one.
    pub clock: RwSignal<Option<u64>>,
    /// Whether the clock goes on by itself.
    pub playing: RwSignal<bool>,
    /// Why a run was not started.
    pub problem: RwSignal<Option<String>>,
    is_starting: RwSignal<bool>,
    turn: StoredValue<u64>,
}

impl Board {
    /// A page with the runs that the address names, or with none.
    pub fn new(form: Form, strategies: &[String], shown: Vec<Shown>) -> Self {
        let scenario = form.value("scenario");
        let chosen = form.shelf.with_value(|catalog| chosen(catalog, &scenario, strategies));
        let contenders: Vec<Contender> = shown
            .into_iter()
            .map(|Shown { run, entries, .. }| Contender {
                strategy: run.spec.strategy.clone(),
                replay: Replay::of(run, entries),
            })
            .collect();
        for contender in &contenders {
            contender.replay.axis.set(Some(Axis::Time));
            start_feed(contender.replay);
        }
        Self {
            form,
            chosen: RwSignal::new(chosen),
            contenders: RwSignal::new(contenders),
            clock: RwSignal::new(None),
            playing: RwSignal::new(false),
            problem: RwSignal::new(None),
            is_starting: RwSignal::new(false),
            turn: StoredValue::new(0),
        }
    }

    /// Takes a strategy in, or leaves it out.
    pub fn toggle(&self, name: &str) {
        self.chosen.update(|chosen| match chosen.iter().position(|other| other == name) {
            Some(place) => drop(chosen.remove(place)),
            None if chosen.len() < COMPARED_MAX => chosen.push(name.to_owned()),
            None => {}
        });
    }

    /// Whether runs are being started or go on (tracked).
    pub fn is_busy(&self) -> bool {
        let goes_on = |contender: &Contender| {
            matches!(contender.replay.state.get(), Some(State::Queued | State::Running))
        };
        self.is_starting.get() || self.contenders.with(|contenders| contenders.iter().any(goes_on))
    }

    /// The word for `data-run-state` (tracked).
    pub fn state(&self) -> &'static str {
        match (self.is_busy(), self.contenders.with(Vec::is_empty)) {
            (true, _) => "running",
            (_, true) => "idle",
            _ => "finished",
        }
    }

    /// The latest moment of all runs (tracked).
    pub fn end_us(&self) -> u64 {
        let end_us = |contender: &Contender| {
            contender.replay.count.track();
            contender.replay.end_us()
        };
        self.contenders.with(|contenders| contenders.iter().map(end_us).max().unwrap_or_default())
    }

    /// Runs the form's spec once for each strategy that is chosen.
    pub fn run(&self) {
        if untrack(|| self.is_busy()) {
            return;
        }
        let specs = untrack(|| self.specs());
        match specs {
            Ok(specs) if specs.is_empty() => {
                self.problem.set(Some(words::compare::CHOOSE_ONE.to_owned()));
            }
            Ok(specs) => self.start(specs),
            Err(sentence) => self.problem.set(Some(words::not_started(&sentence))),
        }
    }

    /// The spec of each strategy, as fast as the engine answers: the clock of this page shows them slowly afterwards.
    ///
    /// # Errors
    /// A sentence, when the form is wrong.
    pub fn specs(&self) -> Result<Vec<Spec>, String> {
        let of = |name: &String| {
            let mut draft = self.form.draft.get();
            draft.set("strategy", name);
            draft.set("pace", Pace::Instant.name());
            let spec = self.form.shelf.with_value(|catalog| draft.spec(catalog));
            spec.map_err(|faults| format!("{name}: {faults}"))
        };
        self.chosen.with(|chosen| chosen.iter().map(of).collect())
    }

    fn start(&self, specs: Vec<Spec>) {
        let board = *self;
        self.problem.set(None);
        self.is_starting.set(true);
        self.stop_clock();
        self.contenders.set(Vec::new());
        spawn_local(async move {
            // All at once: whoever is shown already would be drawn anew with each that comes.
            let mut contenders = Vec::new();
            for spec in specs {
                match client::start(&spec).await {
                    Ok(run) => {
                        let (id, replay) = (run.id.clone(), Replay::default());
                        replay.open(run);
                        replay.axis.set(Some(Axis::Time));
                        let strategy = spec.strategy.clone();
                        contenders.push(Contender { strategy, replay });
                        client::follow(replay, id);
                    }
                    Err(refused) => {
                        board.problem.set(Some(format!("{}: {}", spec.strategy, refused.detail)));
                    }
                }
            }
            board.contenders.set(contenders);
            board.is_starting.set(false);
        });
    }

    /// Keeps all pictures on one clock and one axis, and plays them once when all runs are over.
    pub fn keep_time(&self) {
        let board = *self;
        effect(move || {
            let (at_us, end_us) = (board.clock.get(), board.end_us());
            board.contenders.with(|contenders| {
                for Contender { replay, .. } in contenders {
                    replay.zoom.set(Zoom::Until(end_us));
                    replay.seek_time(at_us);
                }
            });
        });
        Effect::new(move |was_busy: Option<bool>| {
            let is_busy = board.is_busy();
            if was_busy == Some(true) && !is_busy && !browser::prefers_less_motion() {
                board.toggle_clock();
            }
            is_busy
        });
    }

    /// Plays on, from the start if everything is shown already, or pauses.
    pub fn toggle_clock(&self) {
        if self.playing.get_untracked() {
            return self.stop_clock();
        }
        let end_us = untrack(|| self.end_us());
        if self.clock.get_untracked().is_none_or(|at_us| at_us >= end_us) && end_us > 0 {
            self.clock.set(Some(0));
        }
        self.playing.set(true);
        self.beat(self.next_turn(), (end_us * BEAT_MS / PLAY_MS).max(1));
    }

    /// Shows everything up to this moment.
    pub fn set_clock(&self, at_us: u64) {
        self.playing.set(false);
        self.clock.set((at_us < untrack(|| self.end_us())).then_some(at_us));
    }

    fn stop_clock(&self) {
        self.playing.set(false);
        self.clock.set(self.clock.get_untracked().filter(|_| !self.contenders.with_untracked(Vec::is_empty)));
    }

    fn beat(&self, turn: u64, by_us: u64) {
        let board = *self;
        let next = move || {
            let is_mine = board.turn.get_value() == turn && board.playing.get_untracked();
            let Some(at_us) = board.clock.get_untracked().filter(|_| is_mine) else { return };
            if at_us + by_us >= untrack(|| board.end_us()) {
                board.playing.set(false);
                board.clock.set(None);
                return;
            }
            board.clock.set(Some(at_us + by_us));
            board.beat(turn, by_us);
        };
        set_timeout(next, Duration::from_millis(BEAT_MS));
    }

    fn next_turn(&self) -> u64 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    /// The workbench with the same workload (tracked).
    pub fn workbench(&self) -> String {
        let query = self.form.draft.with(|draft| self.form.shelf.with_value(|catalog| draft.query(catalog)));
        format!("/labs/{}{}", self.form.lab(), encode(&query))
    }

    /// Keeps the address saying what is on the screen.
    pub fn keep_address(&self) {
        let board = *self;
        Effect::new(move |before: Option<String>| {
            let mut pairs = vec![("lab".to_owned(), board.form.lab())];
            pairs.extend(
                board.form.draft.with(|draft| board.form.shelf.with_value(|catalog| draft.query(catalog))),
            );
            pairs.retain(|(key, _)| key != "strategy" && key != "pace");
            pairs.push(("strategies".to_owned(), board.chosen.get().join(",")));
            let ids = board.contenders.with(|contenders| {
                let ids = contenders.iter().filter_map(|contender| {
                    contender.replay.run.with(|run| run.as_ref().map(|run| run.id.clone()))
                });
                ids.collect::<Vec<_>>()
            });
            if !ids.is_empty() {
                pairs.push(("runs".to_owned(), ids.join(",")));
            }
            let address = format!("{}{}", browser::path(), encode(&pairs));
            if before.as_ref() != Some(&address) {
                browser::replace_address(&address);
            }
            address
        });
    }
}

/// The address of a comparison of this draft's workload, with the scenario's own pair of strategies.
pub fn address_of(spec: &Spec, catalog: &Catalog) -> String {
    let strategies = chosen(catalog, &spec.scenario, std::slice::from_ref(&spec.strategy));
    let strategies: Vec<&str> = strategies.iter().map(String::as_str).collect();
    lab::query::compare_address(spec, &strategies, catalog)
}

/// Those of the strategies that play in the scenario; beside a single one, and without any, the scenario's own pair.
fn chosen(catalog: &Catalog, scenario: &str, strategies: &[String]) -> Vec<String> {
    let mut names: Vec<String> = strategies.to_vec();
    if names.len() < 2
        && let Some(card) = catalog.scenarios.iter().find(|card| card.name == scenario)
    {
        names.extend([card.classic.strategy.clone(), card.cure.clone()]);
    }
    let mut chosen: Vec<String> = Vec::new();
    for name in names {
        if catalog.strategy(scenario, &name).is_some() && !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    chosen.truncate(COMPARED_MAX);
    chosen
}
