//! Why an invariant broke: its evidence, joined from cause to effect in one sentence form for each.

mod accounts;
mod charges;
mod checkouts;
mod cycles;
mod requests;
mod told;
mod view;
mod writes;

use super::deed;
use crate::event::{Entry, Event};
use crate::verdict::Judgement;

/// A judgement with the entries that it cites, in order.
pub(super) struct Proof<'a> {
    pub judgement: &'a Judgement,
    pub entries: Vec<&'a Entry>,
}

/// Fills a form; nothing if the entries that it needs are not among the evidence.
type Form = fn(&Proof<'_>) -> Option<String>;

/// By invariant, how its breach is told.
const FORMS: [(&str, Form); 32] = [
    ("no-lost-update", writes::lost_update),
    ("no-oversell", writes::oversell),
    ("no-wrong-refusal", requests::wrong_refusal),
    ("money-conserved", accounts::not_conserved),
    ("no-account-below-zero", accounts::below_zero),
    ("joint-limit-kept", accounts::joint_limit),
    ("every-request-answered", requests::not_answered),
    ("no-order-half-way", checkouts::half_way),
    ("nothing-kept-unpaid", checkouts::kept_unpaid),
    ("nobody-charged-for-nothing", checkouts::charged_for_nothing),
    ("no-dirty-write", cycles::told),
    ("no-aborted-read", cycles::told),
    ("no-intermediate-read", cycles::told),
    ("no-circular-flow", cycles::told),
    ("no-vanishing-transaction", cycles::told),
    ("no-predicate-phantom", cycles::told),
    ("no-lost-write", cycles::told),
    ("no-read-skew", cycles::told),
    ("no-write-skew", cycles::told),
    ("no-anti-dependency-cycle", cycles::told),
    ("final-view-correct", view::wrong_in_the_end),
    ("view-never-goes-back", view::went_back),
    ("no-event-lost", told::lost),
    ("none-applied-twice", view::applied_twice),
    ("no-double-charge", charges::doubled),
    ("no-missing-charge", charges::missing),
    ("no-phantom", told::phantom),
    ("outbox-drained", told::not_drained),
    ("order-kept-per-key", told::out_of_order),
    ("no-double-effect", told::acted_twice),
    ("no-double-order", requests::ordered_twice),
    ("every-event-acted-upon", told::left_aside),
];

/// Why a broken invariant broke.
pub(super) fn of(proof: &Proof<'_>) -> String {
    let name = &proof.judgement.invariant;
    let form = FORMS.iter().find(|(invariant, _)| invariant == name).map(|(_, form)| form);
    form.and_then(|form| form(proof)).unwrap_or_else(|| plain(proof))
}

/// Which of two sentences about the same entries stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// The first: an anomaly that the same cycle shows is the narrower one.
    Earlier,
    /// The second: it says what of the order stands.
    Later,
}

/// Whether a breach is told together with another one that the same entries show.
pub(super) fn joint(judgement: &Judgement) -> Option<Joint> {
    match judgement.invariant.as_str() {
        name if cycles::conclusion(name).is_some() => Some(Joint::Earlier),
        "nothing-kept-unpaid" | "nobody-charged-for-nothing" => Some(Joint::Later),
        _ => None,
    }
}

/// The evidence as it is, one after the other: for evidence that no form knows.
fn plain(proof: &Proof<'_>) -> String {
    let pieces = proof.judgement.evidence.iter().map(|piece| {
        let sentence = piece.sentence.trim_end_matches('.');
        format!("{sentence} [{}].", piece.seq)
    });
    pieces.collect::<Vec<_>>().join(" ")
}

impl Proof<'_> {
    /// The first entry that is so.
    fn first(&self, is: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        self.entries.iter().copied().find(|entry| is(entry))
    }

    /// The last entry that is so.
    fn last(&self, is: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        self.entries.iter().copied().rfind(|entry| is(entry))
    }

    /// All entries that are so, in order.
    fn all(&self, is: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        self.entries.iter().copied().filter(|entry| is(entry)).collect()
    }

    /// The writes of counters, in order.
    fn writes(&self) -> Vec<&Entry> {
        self.all(|entry| deed::wrote(entry).is_some())
    }

    /// What went wrong on the way, in order.
    fn mishaps(&self) -> Vec<String> {
        self.entries.iter().filter_map(|entry| deed::mishap(entry)).collect()
    }

    /// What was read when everybody was done.
    fn end(&self) -> Option<&Entry> {
        self.last(|entry| matches!(entry.event, Event::FinalRead { .. } | Event::ServiceRead { .. }))
    }

    /// The same as a mark for the end of a sentence; nothing if it is not among the evidence.
    fn at_the_end(&self) -> String {
        self.end().map_or_else(String::new, |entry| format!(" [{}]", entry.seq))
    }

    /// The rows as they were before anybody moved.
    fn setup(&self) -> Option<&Entry> {
        self.first(|entry| matches!(entry.event, Event::Setup { .. }))
    }
}
