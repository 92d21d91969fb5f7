//! Every event acted upon: what was announced is acted upon, not only handed out and left aside.
//!
//! Judged when everything is quiet: before that an event may be late.

use hashbrown::HashSet;

use super::history::History;
use super::mail::{Published, Stored};
use super::{Check, DEAD_LETTERS, EVENT, Finding, PROGRESS, SHIPMENTS, counted};
use crate::event::Effect;
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "every-event-acted-upon",
    title: "Every event acted upon",
    breach: "left aside",
    rule: "For each event at the broker there is a shipment in the end, or it lies with the dead letters.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let acted: HashSet<&str> = mail.table(SHIPMENTS).map(|row| row.text(EVENT)).collect();
    let dead: HashSet<&str> = mail.table(DEAD_LETTERS).map(|letter| letter.row.key.as_str()).collect();
    let is_missing = |published: &&Published| {
        let id = published.message.id.as_str();
        history.final_seq.is_some() && !acted.contains(id) && !dead.contains(id)
    };
    let missing: Vec<&Published> = mail.published.iter().filter(is_missing).collect();
    let found = match missing.first() {
        None => format!("{}, none left aside", counted(mail.published.len(), "event")),
        Some(published) => format!("nobody acted upon {}", published.message.id),
    };
    Finding {
        expected: "every event acted upon".into(),
        found,
        count: missing.len() as u64,
        evidence: missing.first().map(|published| evidence(history, published)).unwrap_or_default(),
    }
}

fn evidence(history: &History, published: &Published) -> Vec<Evidence> {
    let mail = &history.mail;
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is published.") }];
    if let Some(delivery) = mail.deliveries.iter().rev().find(|delivery| delivery.message == *id) {
        pieces.push(Evidence { seq: delivery.seq, sentence: format!("{} is handed {id}.", delivery.actor) });
    }
    let left_aside = |stored: &&Stored| {
        stored.operation == *id && stored.row.table == PROGRESS && stored.effect == Effect::Unchanged
    };
    if let Some(stored) = mail.stored.iter().find(left_aside) {
        let sentence = format!("{} knows of a later event, and leaves {id} aside.", stored.actor);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    let sentence = format!("In the end there is no shipment for {id}.");
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
