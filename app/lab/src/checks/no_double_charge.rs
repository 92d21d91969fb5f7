//! No double charge: nobody pays twice for one order, however often the order is delivered.

use super::history::History;
use super::mail::Published;
use super::{Check, Finding, LEDGER, counted};
use crate::verdict::Evidence;

/// How many charges the evidence lists.
const CHARGES_SHOWN: usize = 2;

/// The check.
pub const CHECK: Check = Check {
    name: "no-double-charge",
    title: "No double charge",
    rule: "The final ledger has at most one charge for each payment that was asked for.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let charges = |id: &str| mail.table(LEDGER).filter(|row| row.text("payment") == id).count();
    let twice: Vec<(&Published, usize)> = mail
        .published
        .iter()
        .map(|published| (published, charges(&published.message.id)))
        .filter(|(_, charges)| *charges > 1)
        .collect();
    let found = match twice.first() {
        None => format!("{}, none charged more than once", counted(mail.published.len(), "payment")),
        Some((published, charges)) => format!("{} was charged {charges} times", published.message.id),
    };
    Finding {
        expected: "at most one charge for each payment".into(),
        found,
        count: twice.iter().map(|(_, charges)| *charges as u64 - 1).sum(),
        evidence: twice
            .first()
            .map(|(published, charges)| evidence(history, published, *charges))
            .unwrap_or_default(),
    }
}

fn evidence(history: &History, published: &Published, charges: usize) -> Vec<Evidence> {
    let mail = &history.mail;
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is asked for.") }];
    let writes: Vec<_> = mail.applied(id, LEDGER).take(CHARGES_SHOWN).collect();
    for stored in &writes {
        let sentence = format!("{} charges for {id}: ledger row {}.", stored.actor, stored.row.key);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    let between =
        mail.troubles_of(id).find(|trouble| writes.first().is_some_and(|first| trouble.seq > first.seq));
    pieces.extend(between.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }));
    let sentence = format!("In the end the ledger has {charges} charges for {id}.");
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
