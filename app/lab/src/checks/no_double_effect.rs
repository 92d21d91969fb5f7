//! No double effect: an event that is delivered twice is acted upon once.

use hashbrown::HashMap;

use super::history::History;
use super::mail::{Published, Stored};
use super::{Check, EVENT, Finding, SHIPMENTS, counted};
use crate::event::Effect;
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-double-effect",
    title: "No double effect",
    breach: "doubled",
    rule: "For each event there is at most one shipment in the end.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let mut shipments: HashMap<&str, usize> = HashMap::new();
    for event in shipped(history) {
        *shipments.entry(event).or_default() += 1;
    }
    let twice: Vec<(&Published, usize)> = mail
        .published
        .iter()
        .map(|published| {
            (published, shipments.get(published.message.id.as_str()).copied().unwrap_or_default())
        })
        .filter(|(_, shipments)| *shipments > 1)
        .collect();
    let sent: u64 = mail.published.iter().map(|published| published.times).sum();
    let found = match twice.first() {
        None => format!(
            "{}, published {} and delivered {}, none acted upon more than once",
            counted(mail.published.len(), "event"),
            counted(usize::try_from(sent).unwrap_or(usize::MAX), "time"),
            counted(mail.deliveries.len(), "time")
        ),
        Some((published, shipments)) => format!("{} was shipped {shipments} times", published.message.id),
    };
    Finding {
        expected: "at most one shipment for each event".into(),
        found,
        count: twice.len() as u64,
        evidence: twice
            .first()
            .map(|(published, shipments)| evidence(history, published, *shipments))
            .unwrap_or_default(),
    }
}

/// The event of each shipment: as the final read has it; in a journal that was cut off before that, by the committed writes.
fn shipped(history: &History) -> Vec<&str> {
    let mail = &history.mail;
    if history.final_seq.is_some() {
        return mail.table(SHIPMENTS).map(|row| row.text(EVENT)).collect();
    }
    let acts = mail.stored.iter().filter(|stored| stored.row.table == SHIPMENTS);
    acts.filter(|stored| stored.effect == Effect::Inserted).map(|stored| stored.text(EVENT)).collect()
}

fn evidence(history: &History, published: &Published, shipments: usize) -> Vec<Evidence> {
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is published.") }];
    let ships =
        |stored: &Stored| Evidence { seq: stored.seq, sentence: format!("{} ships for {id}.", stored.actor) };
    pieces.extend(history.mail.applied(id, SHIPMENTS).take(2).map(ships));
    if history.final_seq.is_some() {
        let sentence = format!("In the end there are {shipments} shipments for {id}.");
        pieces.push(Evidence { seq: history.final_seq(), sentence });
    }
    pieces
}
