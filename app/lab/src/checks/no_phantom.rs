//! No phantom: nothing is announced that did not happen.

use super::history::History;
use super::mail::Published;
use super::{Check, Finding, ORDERS};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-phantom",
    title: "No phantom",
    rule: "Every event at the broker belongs to an order that is in the table in the end.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let is_real = |key: &str| mail.table(ORDERS).any(|order| order.row.key == key);
    let phantoms: Vec<&Published> = mail
        .published
        .iter()
        .filter(|published| history.final_seq.is_some() && !is_real(&published.message.key))
        .collect();
    let found = match phantoms.first() {
        None => format!("{0} of {0} events tell of a real order", mail.published.len()),
        Some(published) => format!("{} was announced, and is not there", published.message.key),
    };
    Finding {
        expected: "no event without its order".into(),
        found,
        count: phantoms.len() as u64,
        evidence: phantoms.first().map(|published| evidence(history, published)).unwrap_or_default(),
    }
}

fn evidence(history: &History, published: &Published) -> Vec<Evidence> {
    let mail = &history.mail;
    let key = &published.message.key;
    let sentence = format!("{} publishes {}.", published.actor, published.message.id);
    let mut pieces = vec![Evidence { seq: published.seq, sentence }];
    pieces.extend(
        mail.troubles
            .iter()
            .filter(|trouble| trouble.seq > published.seq && trouble.operation == *key)
            .take(2)
            .map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }),
    );
    if let Some(delivery) = mail.deliveries.iter().find(|delivery| delivery.message == published.message.id) {
        let sentence = format!("{} is handed {}.", delivery.actor, delivery.message);
        pieces.push(Evidence { seq: delivery.seq, sentence });
    }
    let sentence = format!("In the end there is no order {key}.");
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
