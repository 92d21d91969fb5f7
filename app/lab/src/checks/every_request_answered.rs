//! Every request answered, and answered truly: whoever was told "sold" or "moved" finds that on record, once.
//!
//! An unknown answer is not a breach: it is resolved by its operation id in the final read.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::history::{History, Operation, request_of};
use super::{Check, Finding};
use crate::event::{Asked, Outcome};
use crate::verdict::Evidence;

/// The most writes of one request that the evidence lists.
const WRITES_SHOWN: usize = 3;

/// The check.
pub const CHECK: Check = Check {
    name: "every-request-answered",
    title: "Every request answered",
    breach: "unanswered",
    rule: "Every operation ends as done, too little left or gave up, and the record agrees: done has a sale or a posting, made once, the others have none.",
    judge,
};

fn judge(history: &History) -> Finding {
    // Before quiescence an open operation proves nothing.
    let breaches = if history.final_seq.is_some() { breaches(history) } else { Vec::new() };
    Finding {
        expected: "an answer to every request, true to the record".into(),
        found: match breaches.len() {
            0 => {
                format!("{0} of {0} requests were answered, and the record agrees", history.operations.len())
            }
            count => format!("{count} of {} requests were not answered truly", history.operations.len()),
        },
        count: breaches.len() as u64,
        evidence: breaches.into_iter().next().unwrap_or_default(),
    }
}

fn breaches(history: &History) -> Vec<Vec<Evidence>> {
    // A request that came again may have been carried out again, as another operation.
    let mut sales: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (_, sale) in &history.sales {
        sales.entry(request_of(&sale.operation)).or_default().insert(&sale.operation);
    }
    let none = BTreeSet::new();
    let breach = |operation: &Operation| {
        let sales = sales.get(operation.id.as_str()).unwrap_or(&none);
        again(history, operation, sales).or_else(|| breach(history, operation, sales))
    };
    history.operations.iter().filter_map(breach).collect()
}

/// Whether a request was carried out more than once.
fn again(history: &History, operation: &Operation, sales: &BTreeSet<&str>) -> Option<Vec<Evidence>> {
    if sales.len() < 2 {
        return None;
    }
    let mut pieces = vec![Evidence { seq: operation.began_seq, sentence: asks(operation) }];
    let writes = history.writes.iter().filter(|write| request_of(&write.operation) == operation.id);
    pieces.extend(writes.take(WRITES_SHOWN).map(|write| Evidence {
        seq: write.seq,
        sentence: format!("{} carried it out, as {}.", write.actor, write.operation),
    }));
    let sentence = format!("In the end {} is on record {} times.", operation.id, sales.len());
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    Some(pieces)
}

fn asks(operation: &Operation) -> String {
    format!("{} asks for {} of {}.", operation.actor, operation.quantity, operation.row.key)
}

fn breach(history: &History, operation: &Operation, sales: &BTreeSet<&str>) -> Option<Vec<Evidence>> {
    let asked = Asked::of(Some(&operation.id));
    let record = if asked == Asked::Transfer { "posting" } else { "sale" };
    let (seq, sentence) = match (&operation.ended, sales.first()) {
        (None, _) => {
            (history.final_seq(), format!("The run is over and {} was never answered.", operation.id))
        }
        (Some((seq, outcome @ Outcome::Done)), None) => (
            *seq,
            format!("{} was told \"{}\", but there is no {record}.", operation.id, outcome.words(asked)),
        ),
        (Some((seq, outcome @ Outcome::Refused(_))), Some(_)) => (
            *seq,
            format!("{} was told \"{}\", but there is a {record}.", operation.id, outcome.words(asked)),
        ),
        _ => return None,
    };
    Some(vec![Evidence { seq: operation.began_seq, sentence: asks(operation) }, Evidence { seq, sentence }])
}
