//! No event lost. Where a view is kept: every published event was applied, or a newer whole document of its order was,
//! or it lies with the dead letters, where somebody will find it.
//! Where orders are placed: everything that was committed about an order has its event at the broker, or a row in the
//! outbox that waits for somebody to mend it.
//!
//! Judged when everything is quiet: before that an event may be late without being lost.

use hashbrown::{HashMap, HashSet};

use super::history::History;
use super::mail::{Happened, Mail, Published, Stored};
use super::{Check, DEAD_LETTERS, Finding, VIEW, counted};
use crate::event::Effect;
use crate::verdict::Evidence;

/// The field of a message's body that only a whole document has.
const WHOLE: &str = "steps";

/// The check.
pub const CHECK: Check = Check {
    name: "no-event-lost",
    title: "No event lost",
    breach: "lost",
    rule: "Every committed change of an order has its event at the broker, or visibly parked in the outbox; every published event was applied, superseded by an applied newer document of its order, or lies with the dead letters.",
    judge,
};

fn judge(history: &History) -> Finding {
    let mail = &history.mail;
    let quiet = history.final_seq.is_some();
    let unsent = if quiet { unsent(mail) } else { Vec::new() };
    let lost = if quiet && mail.keeps_view { untold(mail) } else { Vec::new() };
    let found = match (unsent.first(), lost.first()) {
        (Some(happened), _) => format!("{} happened, and nobody was told", happened.id),
        (None, Some(published)) => format!("{} never reached the view", published.message.id),
        (None, None) => format!("{}, none lost{}", counted(mail.published.len(), "event"), dead_words(mail)),
    };
    let evidence = match (unsent.first(), lost.first()) {
        (Some(happened), _) => unsent_evidence(history, happened),
        (None, Some(published)) => lost_evidence(history, published),
        (None, None) => Vec::new(),
    };
    Finding {
        expected: "every event gets where it must".into(),
        found,
        count: (unsent.len() + lost.len()) as u64,
        evidence,
    }
}

/// What happened and was never told.
fn unsent(mail: &Mail) -> Vec<Happened<'_>> {
    let held: HashSet<&str> = mail.held();
    let is_told = |id: &str| mail.publication(id).is_some() || held.contains(id);
    mail.happened().into_iter().filter(|happened| !is_told(happened.id)).collect()
}

fn dead_words(mail: &Mail) -> String {
    match mail.table(DEAD_LETTERS).count() {
        0 => String::new(),
        count => format!(", {} among them", counted(count, "dead letter")),
    }
}

/// Published, and neither applied, nor superseded by an applied newer document, nor with the dead letters.
fn untold(mail: &Mail) -> Vec<&Published> {
    let dead: HashSet<&str> = mail.table(DEAD_LETTERS).map(|letter| letter.row.key.as_str()).collect();
    let is_applied = |published: &Published| mail.applied(&published.message.id, VIEW).next().is_some();
    let mut newest: HashMap<&str, u64> = HashMap::new();
    for applied in mail.published.iter().filter(|published| is_applied(published)) {
        let version = newest.entry(&applied.message.key).or_default();
        *version = (*version).max(applied.message.version);
    }
    let is_told = |published: &&Published| {
        let message = &published.message;
        let superseded = newest.get(message.key.as_str()).is_some_and(|newest| *newest > message.version);
        superseded && message.body.contains_key(WHOLE)
            || dead.contains(message.id.as_str())
            || is_applied(published)
    };
    mail.published.iter().filter(|published| !is_told(published)).collect()
}

fn unsent_evidence(history: &History, happened: &Happened<'_>) -> Vec<Evidence> {
    let mail = &history.mail;
    let Happened { id, key, stored } = happened;
    let mut pieces = Vec::new();
    if let Some(stored) = stored {
        pieces.push(Evidence {
            seq: stored.seq,
            sentence: format!("{} writes the order {key}.", stored.actor),
        });
        let of_it = mail.troubles_of(&stored.operation);
        let troubles = of_it.filter(|trouble| trouble.seq > stored.seq && !trouble.is_of_asker);
        pieces.extend(
            troubles.take(3).map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }),
        );
    }
    // A slot that is not there is nobody's operation, and the trouble of everybody behind it.
    if pieces.len() == 1 {
        let gone = mail.slots_gone.iter().take(2);
        pieces.extend(gone.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }));
    }
    // Without any trouble on the way: the event of a later order that was sent shows who was passed over.
    let later = |published: &&Published| pieces.len() == 1 && published.message.id != *id;
    let sent = mail.published.iter().rev().find(later).map(|published| {
        let sentence = format!("{} publishes {}.", published.actor, published.message.id);
        Evidence { seq: published.seq, sentence }
    });
    pieces.extend(sent);
    let sentence = format!("In the end {key} is in the table, and {id} was never published.");
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}

fn lost_evidence(history: &History, published: &Published) -> Vec<Evidence> {
    let mail = &history.mail;
    let id = &published.message.id;
    let mut pieces = vec![Evidence { seq: published.seq, sentence: format!("{id} is published.") }];
    if let Some(delivery) = mail.deliveries.iter().rev().find(|delivery| delivery.message == *id) {
        let sentence = format!("{} is handed {id}.", delivery.actor);
        pieces.push(Evidence { seq: delivery.seq, sentence });
    }
    let left_alone = |stored: &&Stored| {
        stored.operation == *id && stored.row.table == VIEW && stored.effect == Effect::Unchanged
    };
    if let Some(stored) = mail.stored.iter().rev().find(left_alone) {
        let sentence = format!("{} leaves the row as it is for {id}.", stored.actor);
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    if let Some(trouble) = mail.troubles_of(id).last() {
        pieces.push(Evidence { seq: trouble.seq, sentence: trouble.words.clone() });
    }
    let sentence = format!("In the end nothing of {id} is in the view of {}.", published.message.key);
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}
