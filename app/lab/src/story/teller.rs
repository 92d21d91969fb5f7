//! Tells a story: one pass over the journal, then the sentences.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::{self, Joint, Proof};
use super::deed;
use super::held;
use super::next;
use super::promise;
use super::seen::Seen;
use super::{Counted, Kind, SENTENCES_MAX, Sentence, Story};
use crate::catalog::Catalog;
use crate::event::{Entry, Event};
use crate::schedule::Choices;
use crate::spec::{Hardship, Selector, Spec};
use crate::verdict::{Judgement, Ruling, Verdict};

/// The entry that holds the spec.
const HEADER: u64 = 1;

/// Gathers what a story needs, entry by entry. It keeps what the verdict cites, and a first example of each thing that it
/// counts: a long journal need not be held.
pub struct Teller<'a> {
    spec: &'a Spec,
    verdict: &'a Verdict,
    catalog: &'a Catalog,
    /// The entries that the verdict cites.
    wanted: BTreeSet<u64>,
    cited: BTreeMap<u64, Entry>,
    seen: Seen,
    choices: Choices,
    /// The hardships that the spec asks for and nobody has come to.
    awaited: Vec<&'a Hardship>,
}

impl<'a> Teller<'a> {
    /// Before the first entry.
    pub fn new(spec: &'a Spec, verdict: &'a Verdict, catalog: &'a Catalog) -> Self {
        let evidence = verdict.judgements.iter().flat_map(|judgement| &judgement.evidence);
        Self {
            spec,
            verdict,
            catalog,
            wanted: evidence.map(|piece| piece.seq).collect(),
            cited: BTreeMap::new(),
            seen: Seen::default(),
            choices: Choices::for_an_address(),
            awaited: spec.hardships.iter().collect(),
        }
    }

    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        self.seen.see(entry);
        self.choices.see(entry);
        if let (Some(actor), Some(step)) = (&entry.actor, &entry.step) {
            self.awaited.retain(|hardship| !is_at(hardship.at(), actor, step));
        }
        if self.wanted.contains(&entry.seq) {
            self.cited.insert(entry.seq, entry.clone());
        }
    }

    /// The story of all that was seen.
    pub fn story(mut self) -> Story {
        let mut why = self.causes();
        let is_broken = self.verdict.is_broken();
        why.extend(self.standstill());
        why.extend(self.undecided());
        let kept: Vec<&str> = self
            .verdict
            .judgements
            .iter()
            .filter(|judgement| judgement.ruling == Ruling::Holds)
            .map(|judgement| judgement.invariant.as_str())
            .collect();
        let held = held::sentences(self.spec, &kept, &self.seen, self.catalog, is_broken);
        let room = SENTENCES_MAX.saturating_sub(why.len());
        why.extend(held.into_iter().take(room));
        why.extend(self.never_came());
        let promise = promise::pledges(self.spec, self.verdict, self.catalog, &self.seen, &why);
        let choices = std::mem::take(&mut self.choices).list();
        let next = next::steps(self.spec, self.verdict, self.catalog, &self.seen, choices, &why);
        Story { promise, why, next }
    }

    /// One sentence for each broken invariant; invariants that the same entries break share one.
    fn causes(&self) -> Vec<Sentence> {
        let mut causes: Vec<(Vec<u64>, Sentence)> = Vec::new();
        for judgement in self.ruled(Ruling::Broken) {
            let seqs: Vec<u64> = judgement.evidence.iter().map(|piece| piece.seq).collect();
            let entries: Vec<&Entry> = seqs.iter().filter_map(|seq| self.cited.get(seq)).collect();
            let text = cause::of(&Proof { judgement, entries });
            if let Some((_, told)) = causes.iter_mut().find(|(other, _)| *other == seqs)
                && let Some(joint) = cause::joint(judgement)
            {
                let mut about = std::mem::take(&mut told.about);
                about.push(judgement.invariant.clone());
                let text = if joint == Joint::Later { text } else { std::mem::take(&mut told.text) };
                *told = Sentence::new(Kind::Cause, text, about);
                continue;
            }
            causes.push((seqs, Sentence::new(Kind::Cause, text, vec![judgement.invariant.clone()])));
        }
        causes.into_iter().map(|(_, told)| told).collect()
    }

    /// Who stood still where something broke: that entry stands at its end, and by then the others have done what they did.
    fn standstill(&self) -> Option<Sentence> {
        let about: Vec<String> =
            self.ruled(Ruling::Broken).map(|judgement| judgement.invariant.clone()).collect();
        let entry = self.seen.sight(Counted::Standstills)?.first.last()?;
        let card = self.catalog.strategy(&self.spec.scenario, &self.spec.strategy)?;
        let and = if card.leases {
            "A lease runs out meanwhile, and nothing tells its holder."
        } else {
            "It went on as if no time had passed."
        };
        let text = format!("{} stood still for a while [{}]. {and}", deed::who(entry), entry.seq);
        (!about.is_empty()).then(|| Sentence::new(Kind::Trouble, text, about))
    }

    /// What the spec asks for and nobody came to, so that it put nothing to the test.
    fn never_came(&self) -> Option<Sentence> {
        let places: Vec<String> = self
            .awaited
            .iter()
            .map(|hardship| format!("{} at {}", hardship.kind(), hardship.place()))
            .collect();
        let about = self.verdict.judgements.iter().map(|judgement| judgement.invariant.clone()).collect();
        let text = format!(
            "Asked for was [{HEADER}] {}, and nobody came to such a step: it never struck, and put nothing to the test.",
            deed::listed(&places)
        );
        (!places.is_empty()).then(|| Sentence::new(Kind::Untested, text, about))
    }

    /// What the journal does not say, in one sentence for all of it.
    fn undecided(&self) -> Option<Sentence> {
        let open: Vec<&Judgement> = self.ruled(Ruling::Undecided).collect();
        let titles = promise::titles(self.catalog, open.iter().map(|judgement| judgement.invariant.as_str()));
        let (seq, is_cut) = self.seen.end();
        let cut = if is_cut { "was cut off" } else { "ends" };
        let text = format!(
            "The journal {cut} before anybody looked what was left in the end [{seq}]. So nobody can say of this run: {titles}."
        );
        let about = open.iter().map(|judgement| judgement.invariant.clone()).collect();
        (!open.is_empty()).then(|| Sentence::new(Kind::Undecided, text, about))
    }

    fn ruled(&self, ruling: Ruling) -> impl Iterator<Item = &'a Judgement> {
        self.verdict.judgements.iter().filter(move |judgement| judgement.ruling == ruling)
    }
}

/// Whether a step of an actor is this place.
fn is_at(place: &Selector, actor: &str, step: &str) -> bool {
    let label = step.split_once('#');
    let is_step = label.is_some_and(|(label, nth)| label == place.step && nth.parse() == Ok(place.nth));
    place.actor == actor && is_step
}

/// The story of a whole journal; nothing if it has no header. A verdict that is not written in it is found anew.
pub fn tell(entries: &[Entry], catalog: &Catalog) -> Option<Story> {
    let Event::Header(header) = &entries.first()?.event else { return None };
    let written = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Verdict(verdict) => Some((**verdict).clone()),
        _ => None,
    });
    let verdict = written.unwrap_or_else(|| crate::checks::judge(entries));
    let mut teller = Teller::new(&header.spec, &verdict, catalog);
    entries.iter().for_each(|entry| teller.see(entry));
    Some(teller.story())
}
