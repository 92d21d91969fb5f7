//! Final view correct: when everything is quiet, the view says what the source said last.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::history::History;
use super::mail::{Mail, Published};
use super::{Check, Finding, VIEW, counted};
use crate::event::Record;
use crate::verdict::Evidence;

/// The check.
pub const CHECK: Check = Check {
    name: "final-view-correct",
    title: "Final view correct",
    breach: "wrong view",
    rule: "In the end each order's row in the view has the status and the version of the latest event, and has counted every event once.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let latest = latest(mail);
    let views: BTreeMap<&str, &Record> =
        mail.table(VIEW).map(|record| (record.row.key.as_str(), record)).collect();
    // Before quiescence a view may be behind without being wrong.
    let is_wrong =
        |source: &&Source| !source.is_told_by(views.get(source.last.message.key.as_str()).copied());
    let wrong: Vec<&Source> =
        latest.values().filter(|_| history.final_seq.is_some()).filter(is_wrong).collect();
    let found = match wrong.first() {
        None => format!("{} shown, each as it is", counted(latest.len(), "order")),
        Some(source) => {
            let key = &source.last.message.key;
            format!("{key} is shown as {}", words(views.get(key.as_str()).copied()))
        }
    };
    let expected = match wrong.first() {
        None => "every order shown as it is".into(),
        Some(source) => format!(
            "{} shown as {}, version {}, after {}",
            source.last.message.key,
            source.last.message.text("status"),
            source.last.message.version,
            counted(usize::try_from(source.events).unwrap_or(usize::MAX), "event")
        ),
    };
    Finding {
        expected,
        found,
        count: wrong.len() as u64,
        evidence: wrong
            .first()
            .map(|source| evidence(history, source, views.get(source.last.message.key.as_str()).copied()))
            .unwrap_or_default(),
    }
}

/// What the source said of one order.
struct Source<'a> {
    last: &'a Published,
    events: i64,
}

impl Source<'_> {
    fn is_told_by(&self, view: Option<&Record>) -> bool {
        view.is_some_and(|view| {
            view.text("status") == self.last.message.text("status")
                && view.number("version").unsigned_abs() == self.last.message.version
                && view.number("steps") == self.events
        })
    }
}

fn latest(mail: &Mail) -> BTreeMap<&str, Source<'_>> {
    let mut latest: BTreeMap<&str, Source<'_>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for published in mail.published.iter().filter(|published| seen.insert(&published.message.id)) {
        let source =
            latest.entry(published.message.key.as_str()).or_insert(Source { last: published, events: 0 });
        source.events += 1;
        if published.message.version > source.last.message.version {
            source.last = published;
        }
    }
    latest
}

fn words(view: Option<&Record>) -> String {
    view.map_or_else(
        || "nothing: it has no row".into(),
        |view| {
            format!(
                "{}, version {}, after {}",
                view.text("status"),
                view.number("version"),
                counted(usize::try_from(view.number("steps")).unwrap_or_default(), "event")
            )
        },
    )
}

fn evidence(history: &History, source: &Source<'_>, view: Option<&Record>) -> Vec<Evidence> {
    let message = &source.last.message;
    let sentence = format!(
        "{} is published: {} is {}, version {}.",
        message.id,
        message.key,
        message.text("status"),
        message.version
    );
    let mut pieces = vec![Evidence { seq: source.last.seq, sentence }];
    let of_order =
        |id: &str| history.mail.publication(id).is_some_and(|published| published.message.key == message.key);
    let trouble = history.mail.troubles.iter().rev().find(|trouble| of_order(&trouble.operation));
    let writes = || {
        let of_row = |row: &&super::mail::Stored| row.row.table == VIEW && row.row.key == message.key;
        history.mail.stored.iter().rev().filter(of_row)
    };
    for stored in writes().take(if trouble.is_some() { 1 } else { 2 }) {
        let sentence = match stored.effect {
            crate::event::Effect::Unchanged => {
                format!("{} leaves the row as it is for {}.", stored.actor, stored.operation)
            }
            _ => format!("{} writes {} into the view.", stored.actor, stored.operation),
        };
        if let Some(delivery) = history.mail.delivery_before(stored) {
            let sentence = format!("{} is handed {}.", delivery.actor, delivery.message);
            pieces.push(Evidence { seq: delivery.seq, sentence });
        }
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    if let Some(trouble) = trouble {
        pieces.push(Evidence { seq: trouble.seq, sentence: trouble.words.clone() });
    }
    let sentence = format!("In the end {} is shown as {}.", message.key, words(view));
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
