//! No phantom: nothing is announced that did not happen.

use hashbrown::HashSet;

use super::history::History;
use super::mail::Published;
use super::{Check, Finding, ORDERS};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "no-phantom",
    title: "No phantom",
    breach: "phantom",
    rule: "Every event at the broker tells of something that was committed: the table of orders has it, or had it.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let real: HashSet<&str> = mail.happened().iter().map(|happened| happened.id).collect();
    let phantoms: Vec<&Published> = mail
        .published
        .iter()
        .filter(|published| history.final_seq.is_some() && !real.contains(published.message.id.as_str()))
        .collect();
    let found = match phantoms.first() {
        None => format!("{0} of {0} events tell of what really happened", mail.published.len()),
        Some(published) => format!("{} was announced, and did not happen", published.message.id),
    };
    Finding {
        expected: "no event of what never happened".into(),
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
            .filter(|trouble| {
                trouble.seq > published.seq && [key, &published.message.id].contains(&&trouble.operation)
            })
            .take(2)
            .map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }),
    );
    if let Some(delivery) = mail.deliveries.iter().find(|delivery| delivery.message == published.message.id) {
        let sentence = format!("{} is handed {}.", delivery.actor, delivery.message);
        pieces.push(Evidence { seq: delivery.seq, sentence });
    }
    let is_there = mail.table(ORDERS).any(|order| order.row.key == *key);
    let sentence = if is_there {
        format!("In the end {key} is in the table, and nothing of {} is.", published.message.id)
    } else {
        format!("In the end there is no order {key}.")
    };
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
