//! What the workbench does: start a run, stop it, try the cure, keep the address true.

use crate::live::effect;
use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::schedule::{self, CHOICES_IN_ADDRESS_MAX, Schedule};
use lab::spec::Spec;
use lab::verdict::Ruling;
use lab::wire::State;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::client;
use crate::draft::{CHALLENGE_KEY, Draft, RUN_KEY, encode};
use crate::form::Form;
use crate::hand::Hand;
use crate::parts::predict::Guess;
use crate::replay::Replay;
use crate::words::{not_started, workbench as words};

/// The workbench's state. Copies are the same workbench.
#[derive(Debug, Clone, Copy)]
pub struct Bench {
    /// The form.
    pub form: Form,
    /// The run on the screen.
    pub replay: Replay,
    /// The hand at it.
    pub hand: Hand,
    /// Why no run was started.
    pub problem: RwSignal<Option<String>>,
    /// What the reader says will happen.
    pub guess: RwSignal<Option<Guess>>,
    /// What was said before the run on the screen.
    pub said: RwSignal<Option<Guess>>,
    is_starting: RwSignal<bool>,
}

/// A run to try next: the cure of a failure, or a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Cure {
    /// What to run.
    pub spec: Spec,
    /// The words on the button.
    pub words: String,
}

impl Bench {
    /// A workbench.
    pub fn new(form: Form, replay: Replay) -> Self {
        Self {
            form,
            replay,
            hand: Hand::new(replay),
            problem: RwSignal::new(None),
            guess: RwSignal::new(None),
            said: RwSignal::new(None),
            is_starting: RwSignal::new(false),
        }
    }

    /// Whether a run is being started or goes on (tracked).
    pub fn is_busy(&self) -> bool {
        self.is_starting.get() || matches!(self.replay.state.get(), Some(State::Queued | State::Running))
    }

    /// Runs what the form says.
    pub fn run(&self) {
        if untrack(|| self.is_busy()) {
            return;
        }
        match self.form.spec.get_untracked() {
            Ok(spec) => self.start(spec),
            Err(faults) => {
                if let Some(fault) = faults.0.first() {
                    self.problem.set(Some(not_started(&fault.message)));
                    browser::focus(crate::draft::key_of(fault));
                }
            }
        }
    }

    /// Runs a spec, and puts it into the form.
    pub fn start(&self, spec: Spec) {
        let bench = *self;
        let draft = self.form.shelf.with_value(|catalog| Draft::of(&spec, catalog));
        self.form.draft.set(draft);
        self.form.told.set(Vec::new());
        self.problem.set(None);
        self.is_starting.set(true);
        self.hand.problem.set(None);
        let is_by_hand = spec.schedule.is_by_hand();
        spawn_local(async move {
            match client::start(&spec).await {
                Ok(run) => {
                    let id = run.id.clone();
                    bench.replay.open(run);
                    bench.said.set(bench.guess.get_untracked());
                    bench.guess.set(None);
                    client::follow(bench.replay, id);
                    // A run by hand brings its own panel into view.
                    if !is_by_hand {
                        browser::scroll_to_stage();
                    }
                }
                Err(problem) => {
                    let (faults, sentence) = client::told(problem);
                    bench.problem.set(sentence.or_else(|| Some(words::SEE_FIELDS.to_owned())));
                    bench.form.told.set(faults);
                }
            }
            bench.is_starting.set(false);
        });
    }

    /// Stops the run that goes on.
    pub fn stop(&self) {
        let bench = *self;
        let Some(id) = self.replay.run.with_untracked(|run| run.as_ref().map(|run| run.id.clone())) else {
            return;
        };
        spawn_local(async move {
            if let Err(problem) = client::cancel(&id).await {
                bench.problem.set(Some(problem.detail));
            }
        });
    }

    /// Starts a run by hand from the moment that is shown.
    pub fn take_over(&self) {
        self.start_by_hand(self.replay.taken_over());
    }

    /// Starts the run by hand again without its last move.
    pub fn step_back(&self) {
        self.start_by_hand(self.replay.stepped_back());
    }

    /// The run on the screen makes room: nobody would move it any more.
    fn start_by_hand(&self, spec: Result<Spec, &'static str>) {
        match spec {
            Ok(spec) => {
                // Its first moves are known already: nothing was foretold.
                self.guess.set(None);
                self.start_instead(spec);
            }
            Err(why) => self.problem.set(Some(why.to_owned())),
        }
    }

    /// Runs a spec; a run that goes on makes room.
    pub fn start_instead(&self, spec: Spec) {
        if self.is_starting.get_untracked() {
            return;
        }
        if matches!(self.replay.state.get_untracked(), Some(State::Queued | State::Running)) {
            self.stop();
        }
        self.start(spec);
    }

    /// The moves of the run that is over, under another strategy: what to run, and the other strategies (tracked).
    pub fn same_moves(&self) -> Option<(Spec, Vec<StrategyCard>)> {
        let spec = self.replay.run.with(|run| run.as_ref().map(|run| run.spec.clone()));
        let spec = spec.filter(|_| self.replay.is_over())?;
        self.replay.count.track();
        let (schedule, _) = self.same_luck(&spec);
        let others = self.form.shelf.with_value(|catalog| {
            let here = |card: &&StrategyCard| {
                let cells = card.promises.iter().filter(|cell| cell.engine == spec.engine.store);
                card.name != spec.strategy
                    && cells.clone().all(|cell| cell.value != PromiseValue::NotOnThisEngine)
            };
            catalog.strategies_of(&spec.scenario).filter(here).cloned().collect::<Vec<_>>()
        });
        let is_list = matches!(schedule, Schedule::Recorded { .. });
        (is_list && !others.is_empty()).then_some((Spec { schedule, ..spec }, others))
    }

    /// After a broken verdict: the same spec with the scenario's cure, in the same order (tracked).
    pub fn cure(&self) -> Option<Cure> {
        let is_broken = self.replay.verdict.with(|verdict| {
            let judgements = verdict.iter().flat_map(|verdict| &verdict.judgements);
            judgements.map(|judgement| judgement.ruling).any(|ruling| ruling == Ruling::Broken)
        });
        let spec =
            self.replay.run.with(|run| run.as_ref().map(|run| run.spec.clone())).filter(|_| is_broken)?;
        self.form.shelf.with_value(|catalog| {
            let card = catalog.scenario(&spec.lab, &spec.scenario)?;
            let cure =
                catalog.strategy(&spec.scenario, &card.cure).filter(|cure| cure.name != spec.strategy)?;
            let (schedule, is_same_order) = self.same_luck(&spec);
            let words = words::try_cure(&cure.title, is_same_order);
            Some(Cure { spec: Spec { strategy: cure.name.clone(), schedule, ..spec.clone() }, words })
        })
    }

    /// After a run that held, where its strategy can break on this engine: the pinned run that shows it (tracked).
    pub fn failure(&self) -> Option<Cure> {
        let is_held = self.replay.verdict.with(|verdict| {
            let judgements = verdict.as_ref().map(|verdict| &verdict.judgements);
            judgements.is_some_and(|all| all.iter().all(|judgement| judgement.ruling == Ruling::Holds))
        });
        let spec =
            self.replay.run.with(|run| run.as_ref().map(|run| run.spec.clone())).filter(|_| is_held)?;
        self.form.shelf.with_value(|catalog| {
            let card = catalog.strategy(&spec.scenario, &spec.strategy)?;
            let breaks = |cell: &&Promise| {
                let is_here = cell.scenario == spec.scenario && cell.engine == spec.engine.store;
                is_here && cell.value == PromiseValue::Breaks && cell.witness.is_some()
            };
            // Nearest to what was asked: a cell about these very knobs, if there is one.
            let cells = card.promises.iter().filter(breaks);
            let cell = cells.clone().find(|cell| cell.is_about(&spec)).or_else(|| cells.clone().next())?;
            let title =
                catalog.invariant(&cell.invariant).map_or(cell.invariant.as_str(), |card| &card.title);
            let words = words::see_break(title);
            Some(Cure { spec: cell.witness.clone()?, words })
        })
    }

    /// The order that the run had, as far as an address can hold it, and whether it can; else its seed alone.
    fn same_luck(&self, spec: &Spec) -> (Schedule, bool) {
        if let Schedule::Recorded { .. } = spec.schedule {
            return (spec.schedule.clone(), true);
        }
        let choices = self.replay.with_entries(schedule::of_journal);
        if choices.is_empty() || choices.len() > CHOICES_IN_ADDRESS_MAX {
            return (spec.schedule.clone(), false);
        }
        (Schedule::Recorded { choices }, true)
    }

    /// When the page opens with a run, the run is what the reader came for: on a phone it lies below the controls.
    pub fn show_run(&self) {
        let run = self.replay.run;
        effect(move || {
            if run.with_untracked(Option::is_some) {
                browser::scroll_to_stage();
            }
        });
    }

    /// Keeps the address saying what is on the screen, and which challenge is being solved.
    pub fn keep_address(&self, challenge: Option<String>) {
        let bench = *self;
        Effect::new(move |before: Option<String>| {
            let mut pairs =
                bench.form.draft.with(|draft| bench.form.shelf.with_value(|catalog| draft.query(catalog)));
            if let Some(id) = bench.replay.run.with(|run| run.as_ref().map(|run| run.id.clone())) {
                pairs.push((RUN_KEY.to_owned(), id));
            }
            pairs.extend(challenge.clone().map(|name| (CHALLENGE_KEY.to_owned(), name)));
            let address = format!("{}{}", browser::path(), encode(&pairs));
            if before.as_ref() != Some(&address) {
                browser::replace_address(&address);
            }
            address
        });
    }
}
