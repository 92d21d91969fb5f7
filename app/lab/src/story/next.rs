//! What to try next: a cure on the same bad luck, a harder setting, or the premise that can be violated.

use super::promise::Circumstances;
use super::seen::Seen;
use super::{Kind, STEPS_MAX, Sentence, Step};
use crate::catalog::{Catalog, Knob, Promise, PromiseValue, ScenarioCard, StrategyCard};
use crate::query;
use crate::schedule::{Choice, Schedule};
use crate::spec::Spec;
use crate::verdict::{Ruling, Verdict};

/// The knob that adds somebody who takes no part.
const OUTSIDER_KNOB: &str = "outsider";
/// Knobs for how many are at work at the same time, and how many are worth trying.
const CROWD_KNOBS: [(&str, u64); 7] = [
    ("buyers", 4),
    ("tellers", 4),
    ("customers", 3),
    ("consumers", 4),
    ("coordinators", 3),
    ("services", 3),
    ("relays", 2),
];
/// Knobs for how often trouble comes, in per cent, and how often is worth trying.
const TROUBLE_KNOBS: [(&str, u64); 7] = [
    ("crashes", 20),
    ("duplicates", 40),
    ("held_back", 40),
    ("lost_acks", 30),
    ("lost_answers", 40),
    ("lost_confirms", 30),
    ("declined", 50),
];

/// A run and what may be made of it.
struct Asked<'a> {
    spec: &'a Spec,
    catalog: &'a Catalog,
    scenario: &'a ScenarioCard,
    circumstances: Circumstances<'a>,
    /// The moves of the run, where an address can hold them.
    choices: Option<Vec<Choice>>,
}

/// What to try next.
pub(super) fn steps(
    spec: &Spec,
    verdict: &Verdict,
    catalog: &Catalog,
    seen: &Seen,
    choices: Option<Vec<Choice>>,
    why: &[Sentence],
) -> Vec<Step> {
    let Some(scenario) = catalog.scenario(&spec.lab, &spec.scenario) else { return Vec::new() };
    let circumstances = Circumstances { spec, seen, scenario: Some(scenario) };
    let asked = Asked { spec, catalog, scenario, circumstances, choices };
    let broken: Vec<&str> = verdict
        .judgements
        .iter()
        .filter(|judgement| judgement.ruling == Ruling::Broken)
        .map(|judgement| judgement.invariant.as_str())
        .collect();
    let is_untested = why.iter().any(|sentence| sentence.kind == Kind::Untested);
    let mut steps = if broken.is_empty() { asked.harder(is_untested) } else { asked.cures(&broken) };
    steps.truncate(STEPS_MAX - 1);
    steps.push(asked.compare());
    steps
}

impl Asked<'_> {
    /// Strategies that promise to keep what broke, on this engine; the scenario's own cure first.
    fn cures(&self, broken: &[&str]) -> Vec<Step> {
        let here = |card: &&StrategyCard| {
            card.name != self.spec.strategy && !card.is_missing_on(&self.spec.engine.store)
        };
        let cards = self.catalog.strategies_of(&self.spec.scenario).filter(here);
        // The same order on other rows would not be the same.
        let units = |card: &StrategyCard| card.units_max.is_some();
        let own = self.catalog.strategy(&self.spec.scenario, &self.spec.strategy).is_some_and(units);
        let mut cards: Vec<&StrategyCard> = cards
            .filter(|card| units(card) == own && broken.iter().all(|invariant| self.keeps(card, invariant)))
            .collect();
        // Whoever cures one thing and breaks another is no cure, unless there is none.
        let is_whole = |card: &StrategyCard| self.breaches(card).next().is_none();
        if cards.iter().any(|card| is_whole(card)) {
            cards.retain(|card| is_whole(card));
        }
        cards.sort_by_key(|card| card.name != self.scenario.cure);
        let (schedule, luck) = self.same_luck();
        cards
            .into_iter()
            .map(|card| {
                let spec =
                    Spec { strategy: card.name.clone(), schedule: schedule.clone(), ..self.spec.clone() };
                self.step(format!("{} {luck}", card.title), card.idea.clone(), &spec)
            })
            .collect()
    }

    /// Whether a strategy promises to keep an invariant in a run like this one.
    fn keeps(&self, card: &StrategyCard, invariant: &str) -> bool {
        let mut cells = self.cells(card).filter(|cell| cell.invariant == invariant);
        cells.any(|cell| matches!(cell.value, PromiseValue::Holds | PromiseValue::Refused))
            && !self.breaches(card).any(|cell| cell.invariant == invariant)
    }

    /// The promises that a strategy is known to break under the trouble that this run had.
    fn breaches<'c>(&self, card: &'c StrategyCard) -> impl Iterator<Item = &'c Promise> {
        self.cells(card).filter(|cell| cell.value == PromiseValue::Breaks && self.circumstances.meets(cell))
    }

    /// What a strategy promises about a run like this one.
    fn cells<'c>(&self, card: &'c StrategyCard) -> impl Iterator<Item = &'c Promise> {
        let spec = self.spec;
        card.promises.iter().filter(move |cell| cell.scenario == spec.scenario && cell.is_about(spec))
    }

    /// What would put the strategy to the test, or harder than it was.
    fn harder(&self, is_untested: bool) -> Vec<Step> {
        let card = self.catalog.strategy(&self.spec.scenario, &self.spec.strategy);
        let breaks = card.and_then(|card| {
            let is_here = |cell: &&Promise| {
                cell.scenario == self.spec.scenario
                    && cell.engine == self.spec.engine.store
                    && cell.value == PromiseValue::Breaks
                    && cell.witness.is_some()
            };
            let cells = card.promises.iter().filter(is_here);
            cells.clone().find(|cell| cell.is_about(self.spec)).or_else(|| cells.clone().next())
        });
        let mut steps = Vec::new();
        if let Some((cell, witness)) = breaks.and_then(|cell| Some((cell, cell.witness.as_ref()?))) {
            let title = super::promise::title(self.catalog, &cell.invariant);
            steps.push(self.step(
                format!("See it break: {title}"),
                format!("The recorded run that breaks this very strategy. It takes: {}.", cell.premises),
                witness,
            ));
        }
        if is_untested {
            steps.extend(self.classic());
            steps.extend(self.crowd());
        }
        steps.extend(self.outsider());
        steps.extend(self.trouble());
        steps.extend(self.crowd().filter(|_| !is_untested));
        steps
    }

    /// The order that breaks the scenario's classic failure, under this strategy.
    fn classic(&self) -> Option<Step> {
        let classic = &self.scenario.classic;
        let spec = Spec {
            strategy: self.spec.strategy.clone(),
            engine: self.spec.engine.clone(),
            pace: self.spec.pace,
            ..classic.clone()
        };
        let other = self.catalog.strategy(&self.spec.scenario, &classic.strategy)?;
        (classic.strategy != self.spec.strategy && *self.spec != spec).then(|| {
            self.step(
                "Give it the classic bad luck".to_owned(),
                format!("The very order of steps and the trouble that break \u{201c}{}\u{201d}, under this strategy.", other.title),
                &spec,
            )
        })
    }

    /// More who are at work at the same time.
    fn crowd(&self) -> Option<Step> {
        let (knob, count) = self.turned_up(&CROWD_KNOBS)?;
        let spec = self.with(&knob.name, count);
        Some(
            self.step(
                format!("More at the same time: {count} {}", knob.unit),
                "The same workload with more who work at the same time, in an order that the seed decides."
                    .to_owned(),
                &spec,
            ),
        )
    }

    /// Somebody who does not keep to the strategy.
    fn outsider(&self) -> Option<Step> {
        let has = self.scenario.knobs.iter().any(|knob| knob.name == OUTSIDER_KNOB);
        (has && self.spec.knob(OUTSIDER_KNOB) == 0).then(|| {
            self.step(
                "Let one outsider in".to_owned(),
                "One writer who takes no part in the protection. Most protections hold only if everybody takes part.".to_owned(),
                &self.with(OUTSIDER_KNOB, 1),
            )
        })
    }

    /// More trouble on the way.
    fn trouble(&self) -> Option<Step> {
        let (knob, count) = self.turned_up(&TROUBLE_KNOBS)?;
        let text = knob.help.clone();
        Some(self.step(
            format!("Turn up the trouble: {} at {count} {}", knob.label, knob.unit),
            text,
            &self.with(&knob.name, count),
        ))
    }

    /// The first of these knobs that the scenario has and that stands lower.
    fn turned_up(&self, knobs: &[(&str, u64)]) -> Option<(&Knob, u64)> {
        knobs.iter().find_map(|(name, value)| {
            let knob = self.scenario.knobs.iter().find(|knob| knob.name == *name)?;
            let value = (*value).min(knob.max);
            (self.spec.knob(name) < value).then_some((knob, value))
        })
    }

    /// The spec with another knob, in an order that the seed decides: a recorded one says nothing about newcomers.
    fn with(&self, knob: &str, value: u64) -> Spec {
        let mut spec = self.spec.clone();
        spec.workload.insert(knob.to_owned(), value);
        if spec.schedule != Schedule::Live {
            spec.schedule = Schedule::Seeded;
        }
        spec
    }

    fn compare(&self) -> Step {
        let strategies = [&self.spec.strategy, &self.scenario.classic.strategy, &self.scenario.cure];
        let mut names: Vec<&str> = Vec::new();
        for name in strategies {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let address = query::compare_address(self.spec, &names, self.catalog);
        Step {
            title: "Put strategies side by side".to_owned(),
            text: "The same rows, the same seed and the same hardships, one picture for each, moved by one clock."
                .to_owned(),
            address,
        }
    }

    /// The order that the run had, as far as an address can hold it.
    fn same_luck(&self) -> (Schedule, &'static str) {
        match (&self.spec.schedule, &self.choices) {
            (recorded @ Schedule::Recorded { .. }, _) => (recorded.clone(), "on the same bad luck"),
            (_, Some(choices)) => (Schedule::Recorded { choices: choices.clone() }, "on the same bad luck"),
            (schedule, None) => (schedule.clone(), "on the same seed"),
        }
    }

    fn step(&self, title: String, text: String, spec: &Spec) -> Step {
        Step { title, text, address: query::workbench_address(spec, self.catalog) }
    }
}
