//! Order kept per key: what happened to one order is acted upon in the order in which it happened.
//!
//! What counts is the effect at the consumer, not the way there: a duplicate that the inbox catches, or an old event
//! that the consumer leaves aside, does no harm. The order of events is that of the orders' table, where the engine
//! numbered them; what the sender of an event believed does not count.

use hashbrown::HashMap;

use super::history::History;
use super::mail::{Mail, Stored};
use super::{Check, EVENT, Finding, SHIPMENTS, counted};
use crate::event::Effect;
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "order-kept-per-key",
    title: "Order kept per key",
    breach: "out of order",
    rule: "Whoever acts upon an event of an order has not acted upon a later event of the same order before.",
    judge,
};

/// An event that was acted upon after a later one of its key.
struct Overtaken<'a> {
    late: &'a Stored,
    revision: i64,
    newer: &'a Stored,
    newer_revision: i64,
}

fn judge(history: &History) -> Finding {
    let overtaken = overtaken(&history.mail);
    let acted = history.mail.stored.iter().filter(|stored| is_act(stored)).count();
    let found = match overtaken.first() {
        None => format!("{}, none after a later one of its key", counted(acted, "event") + " acted upon"),
        Some(first) => {
            format!("{} was acted upon after {}", first.late.text(EVENT), first.newer.text(EVENT))
        }
    };
    Finding {
        expected: "the events of each key in their order".into(),
        found,
        count: overtaken.len() as u64,
        evidence: overtaken.first().map(|first| evidence(&history.mail, first)).unwrap_or_default(),
    }
}

fn is_act(stored: &Stored) -> bool {
    stored.row.table == SHIPMENTS && stored.effect != Effect::Unchanged
}

/// One pass over what was acted upon, with the newest event of each key so far.
fn overtaken(mail: &Mail) -> Vec<Overtaken<'_>> {
    let revisions = mail.revisions();
    let mut newest: HashMap<&str, (i64, &Stored)> = HashMap::new();
    let mut overtaken = Vec::new();
    for late in mail.stored.iter().filter(|stored| is_act(stored)) {
        let Some(published) = mail.publication(late.text(EVENT)) else { continue };
        // An event that never happened has no place among the others.
        let Some(&revision) = revisions.get(late.text(EVENT)) else { continue };
        match newest.get(published.message.key.as_str()) {
            Some(&(newer_revision, newer)) if revision < newer_revision => {
                overtaken.push(Overtaken { late, revision, newer, newer_revision });
            }
            _ => drop(newest.insert(&published.message.key, (revision, late))),
        }
    }
    overtaken
}

fn evidence(mail: &Mail, overtaken: &Overtaken<'_>) -> Vec<Evidence> {
    let Overtaken { late, revision, newer, newer_revision } = overtaken;
    let mut pieces = Vec::new();
    // An event that was acted upon before was not overtaken on its way: it came once more.
    let is_late = |stored: &&Stored| is_act(stored) && stored.text(EVENT) == late.text(EVENT);
    let before = mail.stored.iter().find(is_late).filter(|first| first.seq < late.seq);
    if let Some(first) = before {
        let sentence = format!(
            "{} acts upon {}, revision {revision}, for the first time.",
            first.actor,
            first.text(EVENT)
        );
        pieces.push(Evidence { seq: first.seq, sentence });
    }
    for (stored, revision) in [(late, revision), (newer, newer_revision)] {
        let id = stored.text(EVENT);
        if let Some(happened) = mail.happened().iter().find(|h| h.id == id).and_then(|h| h.stored) {
            let sentence = format!("{} writes {id}: revision {revision}.", happened.actor);
            pieces.push(Evidence { seq: happened.seq, sentence });
        }
        if let Some(published) = mail.publication(id).filter(|_| before.is_none()) {
            let sentence = format!("{} publishes {id}.", published.actor);
            pieces.push(Evidence { seq: published.seq, sentence });
        }
        let sentence = format!("{} acts upon {id}, revision {revision}.", stored.actor);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    pieces
}
