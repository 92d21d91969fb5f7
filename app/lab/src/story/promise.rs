//! What was promised, invariant by invariant, and what came of it.

use super::seen::{OUTSIDER, Seen};
use super::{Kept, Kind, Pledge, Sentence};
use crate::catalog::{Catalog, Knob, Promise, PromiseValue, ScenarioCard};
use crate::spec::Spec;
use crate::verdict::{Judgement, Ruling, Verdict};

/// The most titles that one sentence lists.
const TITLES_MAX: usize = 4;
/// Knobs whose value is no trouble, though their unit is one of time.
const CALM_KNOBS: [&str; 2] = ["think_ms", "poll_ms"];

/// Knobs whose value is trouble, though their unit does not say so.
const TROUBLE_KNOBS: [&str; 1] = ["poison"];
/// The knob for messages that no consumer can read.
const POISON_KNOB: &str = "poisoned";
/// What gets such a message out of the way, and back when it can be read.
const REMEDY_KNOBS: [&str; 2] = ["deliveries_max", "redrive"];

/// Kinds of hardship, and the knobs by which the seed draws the same.
const DRAWN: [(&str, &str); 6] = [
    ("crash", "crashes"),
    ("pause", "pauses"),
    ("lost-answer", "lost_answers"),
    ("late-answer", "late_answers"),
    ("lost-confirm", "lost_confirms"),
    ("poison", "poisoned"),
];

/// All promises about what the run was, each with its outcome.
pub(super) fn pledges(
    spec: &Spec,
    verdict: &Verdict,
    catalog: &Catalog,
    seen: &Seen,
    why: &[Sentence],
) -> Vec<Pledge> {
    let card = catalog.strategy(&spec.scenario, &spec.strategy);
    let pledge = |judgement: &Judgement| {
        let promises = card.map_or(&[][..], |card| &card.promises);
        let is_here = |cell: &&Promise| {
            cell.scenario == spec.scenario && cell.invariant == judgement.invariant && cell.is_about(spec)
        };
        let cells: Vec<&Promise> = promises.iter().filter(is_here).collect();
        let scenario = catalog.scenario(&spec.lab, &spec.scenario);
        let is_untested =
            why.iter().any(|told| told.kind == Kind::Untested && told.about.contains(&judgement.invariant));
        let (outcome, text) =
            outcome(&Circumstances { spec, seen, scenario }, &cells, judgement, is_untested);
        let title = title(catalog, &judgement.invariant);
        Pledge { invariant: judgement.invariant.clone(), title, outcome, text }
    };
    verdict.judgements.iter().map(pledge).collect()
}

/// The title of an invariant; its name if the catalog has none.
pub(super) fn title(catalog: &Catalog, invariant: &str) -> String {
    catalog.invariant(invariant).map_or_else(|| invariant.to_owned(), |card| card.title.clone())
}

/// Titles in a list: `"No lost update" and "No oversell"`.
pub(super) fn titles<'a>(catalog: &Catalog, invariants: impl Iterator<Item = &'a str>) -> String {
    let mut titles: Vec<String> =
        invariants.map(|name| format!("\u{201c}{}\u{201d}", title(catalog, name))).collect();
    if titles.len() > TITLES_MAX {
        titles.truncate(TITLES_MAX - 1);
        titles.push("all the others that held".to_owned());
    }
    super::deed::listed(&titles)
}

/// What the run was, as far as promises depend on it.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    /// What was asked.
    pub spec: &'a Spec,
    /// What came.
    pub seen: &'a Seen,
    /// The scenario, for its knobs.
    pub scenario: Option<&'a ScenarioCard>,
}

fn outcome(
    asked: &Circumstances<'_>,
    cells: &[&Promise],
    judgement: &Judgement,
    is_untested: bool,
) -> (Kept, String) {
    let of = |value: PromiseValue| cells.iter().copied().find(|cell| cell.value == value);
    let keeps = of(PromiseValue::Holds).or_else(|| of(PromiseValue::Refused));
    let breaks = cells.iter().copied().filter(|cell| cell.value == PromiseValue::Breaks);
    let met = breaks.clone().filter(|cell| asked.meets(cell)).max_by_key(|cell| weight(cell));
    match judgement.ruling {
        Ruling::Undecided => {
            let promised = if keeps.is_some() { "Promised to hold." } else { "Known to break." };
            (Kept::Undecided, format!("{promised} Whether it did, the journal does not say."))
        }
        Ruling::Holds => held(keeps, met, breaks.clone().next(), is_untested),
        Ruling::Broken => broken(asked, keeps, met, breaks.clone().next()),
    }
}

fn held(
    keeps: Option<&Promise>,
    met: Option<&Promise>,
    breaks: Option<&Promise>,
    is_untested: bool,
) -> (Kept, String) {
    let absent = "that trouble did not come";
    let why = if met.is_some() && !is_untested { "the order of the steps did no harm" } else { absent };
    match (keeps, met, breaks) {
        (_, Some(cell), _) | (None, None, Some(cell)) => {
            (Kept::HeldThisTime, format!("Known to break: {}. It held this time: {why}.", cell.premises))
        }
        (Some(cell), ..) if cell.value == PromiseValue::Refused => {
            (Kept::Held, format!("The engine refuses rather than break it: {}. It held.", cell.premises))
        }
        (Some(cell), ..) => (Kept::Held, format!("Promised to hold: {}. It held.", cell.premises)),
        (None, None, None) => (Kept::NothingPromised, "Nothing is promised here. It held.".to_owned()),
    }
}

fn broken(
    asked: &Circumstances<'_>,
    keeps: Option<&Promise>,
    met: Option<&Promise>,
    breaks: Option<&Promise>,
) -> (Kept, String) {
    if let Some(cell) = met {
        return (Kept::Broke, format!("Known to break: {}. It broke.", cell.premises));
    }
    let cell = match (keeps, breaks) {
        (Some(cell), _) => cell,
        // The table's own way was not seen to be this run's, so nothing is said of it but that it is the table's.
        (None, Some(cell)) => {
            let text = format!(
                "Nothing promises that this holds; the promise table knows it to break by: {}. How it broke here stands under \u{201c}What happened here\u{201d}.",
                cell.premises
            );
            return (Kept::Broke, text);
        }
        (None, None) => return (Kept::NothingPromised, "Nothing is promised here. It broke.".to_owned()),
    };
    let start = format!("Promised to hold: {}. It broke", cell.premises);
    match asked.departure(cell).as_slice() {
        [] => (
            Kept::Contradicted,
            format!(
                "{start}, and no premise was seen to be violated: this contradicts the promise. It is a bug, and worth a report with this run's journal."
            ),
        ),
        departures => (
            Kept::OutsideItsPremises,
            format!(
                "{start}: outside its premises. This run had what the promise was not made for: {}.",
                super::deed::listed(departures)
            ),
        ),
    }
}

/// How much trouble a cell's witness needs: the more, the closer it describes a run that has it all.
fn weight(cell: &Promise) -> usize {
    cell.witness.as_ref().map_or(0, |witness| witness.hardships.len() * 2 + witness.workload.len())
}

impl Circumstances<'_> {
    /// Whether the run had all the trouble with which a cell is known to break: each kind of hardship struck, and each
    /// setting of its witness that is not the default is not at its default here either. Where values have names it is
    /// this very value; and where a cell says which values it is about, its witness only keeps the others out of the way.
    pub fn meets(&self, cell: &Promise) -> bool {
        let Some(witness) = &cell.witness else { return false };
        let hardships = witness.hardships.iter().all(|hardship| self.struck(hardship.kind()));
        let knobs = self.scenario.map_or(&[][..], |card| &card.knobs).iter().all(|knob| {
            let needed = witness.knob(&knob.name);
            let is = self.spec.knob(&knob.name);
            if !knob.words.is_empty() {
                return !cell.knobs.is_empty() || needed == knob.default || is == needed;
            }
            // Of how many take part, as many as there are by default are enough.
            needed == knob.default || is == needed || is != knob.default
        });
        hardships && knobs
    }

    fn struck(&self, kind: &str) -> bool {
        // A late answer is one that nobody waited for.
        let kind = if kind == "late-answer" { "lost-answer" } else { kind };
        self.seen.struck.contains(&kind)
    }

    /// What the run had that the promise was never tried with.
    fn departure(&self, cell: &Promise) -> Vec<String> {
        if let Some(seq) = self.seen.outsider {
            return vec![format!(
                "a writer who takes no part in the protection (\u{201c}{OUTSIDER}\u{201d}, entry {seq})"
            )];
        }
        let trial = cell.trial.as_ref();
        let tried = |name: &str| trial.map_or(0, |trial| trial.knob(name));
        let knobs = self.scenario.map_or(&[][..], |card| &card.knobs).iter();
        let is_trouble = |knob: &Knob| {
            knob.unit == "%"
                || knob.unit == "ms"
                || knob.max == 1
                || TROUBLE_KNOBS.contains(&knob.name.as_str())
        };
        let strange = knobs.filter(|knob| {
            let value = self.spec.knob(&knob.name);
            // Of a knob whose values have names, any but the first is something that a trial may lack.
            (is_trouble(knob) || !knob.words.is_empty())
                && !CALM_KNOBS.contains(&knob.name.as_str())
                && knob.name != OUTSIDER
                && value != knob.default
                && value != tried(&knob.name)
                && !(knob.unit == "%" && tried(&knob.name) > 0)
        });
        let mut found: Vec<String> = strange.map(|knob| set(knob, self.spec.knob(&knob.name))).collect();
        let was_tried = |kind: &str| {
            let is_listed = trial.is_some_and(|trial| trial.hardships.iter().any(|each| each.kind() == kind));
            let drawn = DRAWN.iter().find(|(drawn, _)| *drawn == kind);
            is_listed || drawn.is_some_and(|(_, knob)| tried(knob) > 0)
        };
        let kinds = self.spec.hardships.iter().map(|hardship| hardship.kind());
        let mut kinds: Vec<&str> = kinds.filter(|kind| !was_tried(kind)).collect();
        kinds.dedup();
        found.extend(kinds.into_iter().map(|kind| format!("the hardship \u{201c}{kind}\u{201d}")));
        found.extend(self.without_its_remedy(cell));
        found
    }
}

impl Circumstances<'_> {
    /// What the promise was tried with against events that nobody can read, and the run had not.
    fn without_its_remedy(&self, cell: &Promise) -> Vec<String> {
        let has_poison = self.spec.knob(POISON_KNOB) > 0
            || self.spec.hardships.iter().any(|hardship| hardship.kind() == "poison");
        let tried = |name: &str| cell.trial.as_ref().map_or(0, |trial| trial.knob(name));
        let knobs = self.scenario.map_or(&[][..], |card| &card.knobs).iter();
        let missing = knobs.filter(|knob| {
            has_poison
                && REMEDY_KNOBS.contains(&knob.name.as_str())
                && tried(&knob.name) > 0
                && self.spec.knob(&knob.name) == 0
        });
        missing.map(|knob| format!("poison, and \u{201c}{}\u{201d} at 0", knob.label)).collect()
    }
}

/// A knob and its value in words.
fn set(knob: &Knob, value: u64) -> String {
    match knob.word(value) {
        Some(word) => format!("\u{201c}{}: {}\u{201d}", knob.label, word.title),
        None if knob.max == 1 => {
            format!("\u{201c}{}\u{201d} {}", knob.label, if value == 1 { "on" } else { "off" })
        }
        None => format!("\u{201c}{}\u{201d} at {value} {}", knob.label, knob.unit).trim().to_owned(),
    }
}
