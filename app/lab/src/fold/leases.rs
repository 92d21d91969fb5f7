//! How leases and fences look: who holds a lease is a span, whatever the fence refuses a mark.

use super::{MarkKind, Span, SpanKind, Stage};
use crate::event::{Entry, Event};

impl Stage {
    /// Takes what a lock service said. A lease ends when it is given back, when somebody else gets it, or when its
    /// time has come, whichever is first.
    pub(super) fn see_lease(&mut self, lane: usize, entry: &Entry) {
        match &entry.event {
            Event::LeaseGranted { lease, token, until_us } => {
                self.end_lease(lease, entry);
                let span = Span {
                    kind: SpanKind::Lease,
                    from_us: entry.at_us,
                    to_us: None,
                    seq: entry.seq,
                    from_seq: entry.seq,
                    to_seq: None,
                    label: lease_label(lease),
                    attempt: u64::try_from(*token).unwrap_or_default(),
                };
                self.begin(lane, span);
                self.lease_ends.insert(lease.clone(), (lane, until_us.unwrap_or(u64::MAX)));
            }
            Event::LeaseReleased { lease, was_held: true, .. } => self.end_lease(lease, entry),
            _ => self.let_leases_run_out(entry),
        }
    }

    /// Whoever has it, has it no longer.
    fn end_lease(&mut self, lease: &str, entry: &Entry) {
        let Some((lane, until_us)) = self.lease_ends.remove(lease) else { return };
        let label = lease_label(lease);
        let it = |span: &Span| span.kind == SpanKind::Lease && span.label == label;
        if let Some(span) = self.take_unfinished(lane, it) {
            span.to_us = Some(entry.at_us.min(until_us));
            span.to_seq = Some(entry.seq);
        }
    }

    fn let_leases_run_out(&mut self, entry: &Entry) {
        let over = self.lease_ends.iter().filter(|(_, (_, until_us))| *until_us <= entry.at_us);
        let over: Vec<String> = over.map(|(lease, _)| lease.clone()).collect();
        over.iter().for_each(|lease| self.end_lease(lease, entry));
    }
}

fn lease_label(lease: &str) -> String {
    format!("the lease of {lease}")
}

/// The shape of an event about a lease or a fence: kind, label and row.
pub(super) fn shape(event: &Event) -> Option<(MarkKind, String, Option<String>)> {
    Some(match event {
        Event::LeaseGranted { token, .. } => (MarkKind::Begin, format!("lease {token}"), None),
        Event::LeaseRefused { no_majority: Some(_), .. } => (MarkKind::Lost, "no majority".into(), None),
        Event::LeaseRefused { .. } => (MarkKind::Wait, "waits".into(), None),
        Event::LeaseReleased { was_held: true, .. } => (MarkKind::Begin, "lease given back".into(), None),
        Event::LeaseReleased { no_majority: Some(_), .. } => (MarkKind::Lost, "no majority".into(), None),
        Event::LeaseReleased { .. } => (MarkKind::Note, "the lease was gone".into(), None),
        Event::FenceRaised { row, found: Some(found), .. } => {
            (MarkKind::Read, found.amount.to_string(), Some(row.to_string()))
        }
        Event::FenceRaised { row, token, found: None } | Event::Fenced { row, token } => {
            (MarkKind::Conflict, format!("token {token} is too old"), Some(row.to_string()))
        }
        Event::Paused { .. } => (MarkKind::Stall, "stood still".into(), None),
        _ => return None,
    })
}
