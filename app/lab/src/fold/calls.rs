//! Calls, memories and pruning in the picture: the provider's lane counts the charges that it is known to hold.

use super::messages::Change;
use super::{MarkKind, Stage};
use crate::event::{Entry, Event};

/// The lane of the payment provider.
const PROVIDER: &str = "provider";
/// What a service answers when it has made something new.
const CREATED: u16 = 201;
/// From this status on it has refused.
const REFUSED_FROM: u16 = 400;

impl Stage {
    /// Draws what concerns calls and memories; false for every other event.
    pub(super) fn see_call(&mut self, lane: usize, entry: &Entry) -> bool {
        match &entry.event {
            Event::Called { request, to } => {
                let to = self.lane_of(to.as_deref().unwrap_or(PROVIDER));
                self.called.insert(lane, to);
                self.mark(lane, Some(to), entry, MarkKind::Call, &request.method);
            }
            Event::CallAnswered { status, replayed, .. } => {
                let called = self.called.get(&lane).copied().unwrap_or_else(|| self.lane_of(PROVIDER));
                if *status == CREATED && !replayed && self.lanes[called].name == PROVIDER {
                    self.change(called, entry, Change::Add(1));
                }
                let kind = if *status >= REFUSED_FROM { MarkKind::Refused } else { MarkKind::Answer };
                let label = if *replayed { format!("{status} again") } else { status.to_string() };
                self.mark(lane, Some(called), entry, kind, &label);
            }
            Event::NoAnswer { .. } => {
                self.mark(lane, None, entry, MarkKind::Lost, "no answer");
            }
            Event::Recalled { known, .. } => {
                let label = if *known { "known" } else { "not known" };
                self.mark(lane, None, entry, MarkKind::Read, label);
            }
            Event::Memorised { .. } => {
                self.mark(lane, None, entry, MarkKind::Note, "keeps in mind");
            }
            Event::Pruned { table, rows, committed } => {
                let table = self.lane_of(table);
                let change = Change::Add(-i64::try_from(rows.len()).unwrap_or_default());
                if *committed {
                    self.change(table, entry, change);
                } else {
                    self.waiting.entry(lane).or_default().push((table, change));
                }
                self.mark(lane, Some(table), entry, MarkKind::Write, &format!("-{}", rows.len()));
            }
            _ => return false,
        }
        true
    }

    /// In the end the provider says how many charges there are, whoever learnt of them.
    pub(super) fn see_service(&mut self, entry: &Entry, charges: usize) {
        let provider = self.lane_of(PROVIDER);
        self.change(provider, entry, Change::Set(i64::try_from(charges).unwrap_or(i64::MAX)));
    }
}
