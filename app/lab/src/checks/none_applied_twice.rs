//! None applied twice: no event changes the view a second time.

use super::history::History;
use super::mail::{Published, Stored};
use super::{Check, Finding, VIEW, counted};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "none-applied-twice",
    title: "None applied twice",
    breach: "applied twice",
    rule: "Each event has changed the view at most once.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let twice: Vec<(&Published, Vec<&Stored>)> = mail
        .published
        .iter()
        .map(|published| (published, mail.applied(&published.message.id, VIEW).collect()))
        .filter(|(_, writes): &(_, Vec<_>)| writes.len() > 1)
        .collect();
    let found = match twice.first() {
        None => format!("{}, none applied more than once", counted(mail.published.len(), "event")),
        Some((published, writes)) => format!("{} was applied {} times", published.message.id, writes.len()),
    };
    Finding {
        expected: "every event applied at most once".into(),
        found,
        count: twice.len() as u64,
        evidence: twice
            .first()
            .map(|(published, writes)| evidence(history, published, writes))
            .unwrap_or_default(),
    }
}

fn evidence(history: &History, published: &Published, writes: &[&Stored]) -> Vec<Evidence> {
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is published.") }];
    for stored in writes.iter().take(2) {
        if let Some(delivery) = history.mail.delivery_before(stored) {
            let sentence = format!("{} is handed {id}, delivery {}.", delivery.actor, delivery.number);
            pieces.push(Evidence { seq: delivery.seq, sentence });
        }
        let sentence = format!("{} applies {id}.", stored.actor);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    pieces
}
