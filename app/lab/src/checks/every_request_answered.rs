//! Every request answered, and answered truly: whoever was told "sold" or "moved" finds that on record.
//!
//! An unknown answer is not a breach: it is resolved by its operation id in the final read.

use std::collections::HashMap;

use super::history::{History, Operation};
use super::{Check, Finding};
use crate::event::{Asked, Outcome};
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "every-request-answered",
    title: "Every request answered",
    rule: "Every operation ends as done, too little left or gave up, and the record agrees: done has a sale or a posting, the others have none.",
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
    let sales: HashMap<&str, u64> =
        history.sales.iter().map(|(seq, sale)| (sale.operation.as_str(), *seq)).collect();
    history
        .operations
        .iter()
        .filter_map(|operation| breach(history, operation, sales.get(operation.id.as_str())))
        .collect()
}

fn breach(history: &History, operation: &Operation, sale: Option<&u64>) -> Option<Vec<Evidence>> {
    let asked = Asked::of(Some(&operation.id));
    let record = if asked == Asked::Transfer { "posting" } else { "sale" };
    let (seq, sentence) = match (&operation.ended, sale) {
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
    let asked = format!("{} asks for {} of {}.", operation.actor, operation.quantity, operation.row.key);
    Some(vec![Evidence { seq: operation.began_seq, sentence: asked }, Evidence { seq, sentence }])
}
