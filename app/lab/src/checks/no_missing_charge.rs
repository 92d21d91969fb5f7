//! No missing charge: whatever was to be paid has been paid, once everything is quiet.

use super::history::History;
use super::mail::Published;
use super::{Check, Finding, LEDGER};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-missing-charge",
    title: "No missing charge",
    rule: "When everything is quiet, the ledger has a charge for each payment that was asked for.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let is_charged = |id: &str| mail.table(LEDGER).any(|row| row.text("payment") == id);
    let missing: Vec<&Published> = mail
        .published
        .iter()
        .filter(|published| history.final_seq.is_some() && !is_charged(&published.message.id))
        .collect();
    let found = match missing.first() {
        None => format!("{0} of {0} payments are in the ledger", mail.published.len()),
        Some(published) => format!("{} was never charged", published.message.id),
    };
    Finding {
        expected: "a charge for each payment".into(),
        found,
        count: missing.len() as u64,
        evidence: missing.first().map(|published| evidence(history, published)).unwrap_or_default(),
    }
}

fn evidence(history: &History, published: &Published) -> Vec<Evidence> {
    let mail = &history.mail;
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is asked for.") }];
    if let Some(stored) = mail.stored.iter().find(|stored| stored.operation == *id) {
        let sentence = format!("{} remembers {id} as {}.", stored.actor, stored.row);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    pieces.extend(
        mail.troubles_of(id)
            .take(2)
            .map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }),
    );
    let sentence = format!("In the end the ledger has no charge for {id}.");
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
