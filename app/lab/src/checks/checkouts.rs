//! What a journal says about checkouts: what each service did for an order, and what became of the order.

use hashbrown::HashMap;

use super::history::{History, Operation};
use super::{CONFIRMED, Finding, NEEDS_A_PERSON, ORDERS, PARCELS, PAYMENTS, RESERVATIONS, TAKEN, counted};
use crate::event::{Fields, Record, Value};
use crate::verdict::Evidence;

/// An order in the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checkout<'a> {
    asked: &'a Operation,
    status: &'a str,
    /// Whether the warehouse keeps goods for it.
    pub is_kept: bool,
    /// Whether it is paid.
    pub is_paid: bool,
    /// Whether its parcel was sent.
    pub is_sent: bool,
}

impl Checkout<'_> {
    /// Whether it is on record that somebody must look at it: not resolved, and not hidden.
    fn needs_a_person(&self) -> bool {
        self.status == NEEDS_A_PERSON
    }

    /// Whether what was done fits neither an order that was delivered nor one that came to nothing.
    pub fn is_half_way(&self) -> bool {
        let done = [self.is_kept, self.is_paid, self.is_sent];
        match self.status {
            CONFIRMED => !done.iter().all(|done| *done),
            // Cancelled, or nobody ever said.
            _ => done.iter().any(|done| *done),
        }
    }
}

/// The orders that break a rule, once everybody is done. Orders that need a person break none.
pub(super) fn finding(history: &History, expected: &str, breaks: impl Fn(&Checkout<'_>) -> bool) -> Finding {
    let all: Vec<Checkout<'_>> = if history.final_seq.is_some() { checkouts(history) } else { Vec::new() };
    let waiting = all.iter().filter(|checkout| checkout.needs_a_person()).count();
    let broken: Vec<&Checkout<'_>> =
        all.iter().filter(|checkout| !checkout.needs_a_person() && breaks(checkout)).collect();
    let mut found = match broken.first() {
        Some(first) => format!("{}: {}", first.asked.id, told(first)),
        None => format!("no breach in {}", counted(all.len() - waiting, "order")),
    };
    if waiting > 0 {
        found += &format!("; {} not resolved: needs a person", counted(waiting, "order"));
    }
    Finding {
        expected: expected.to_owned(),
        found,
        count: broken.len() as u64,
        evidence: broken.first().map(|first| evidence(history, first)).unwrap_or_default(),
    }
}

fn checkouts(history: &History) -> Vec<Checkout<'_>> {
    let records = history.mail.records.iter().map(|(_, record)| record);
    let rows: HashMap<(&str, &str), &Record> =
        records.map(|record| ((record.row.table.as_str(), record.row.key.as_str()), record)).collect();
    let of = |table: &'static str, order: &'_ str, column: &'static str| {
        rows.get(&(table, order)).map_or("", |record| record.text(column))
    };
    let checkout = |asked: &'_ Operation| -> (bool, bool, bool) {
        let is = |table| of(table, &asked.id, "state") == TAKEN;
        (is(RESERVATIONS), is(PAYMENTS), is(PARCELS))
    };
    let orders = history.operations.iter().filter(|operation| operation.row.table == ORDERS);
    orders
        .map(|asked| {
            let (is_kept, is_paid, is_sent) = checkout(asked);
            Checkout { asked, status: of(ORDERS, &asked.id, "status"), is_kept, is_paid, is_sent }
        })
        .collect()
}

fn told(checkout: &Checkout<'_>) -> String {
    let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    let status = if checkout.status.is_empty() { "never concluded" } else { checkout.status };
    format!(
        "{status}, {}, {}, {}",
        word(checkout.is_kept, "goods kept", "no goods kept"),
        word(checkout.is_paid, "paid", "not paid"),
        word(checkout.is_sent, "parcel sent", "no parcel sent")
    )
}

fn evidence(history: &History, checkout: &Checkout<'_>) -> Vec<Evidence> {
    let asked = checkout.asked;
    let sentence = format!("{} is asked for {}.", asked.actor, asked.id);
    let mut pieces = vec![Evidence { seq: asked.began_seq, sentence }];
    let services = [RESERVATIONS, PAYMENTS, PARCELS, ORDERS];
    let theirs = history
        .mail
        .stored
        .iter()
        .filter(|s| s.row.key == asked.id && services.contains(&s.row.table.as_str()));
    for stored in theirs {
        let sentence = format!("{} writes {}: {}.", stored.actor, stored.row, state(&stored.now));
        pieces.push(Evidence { seq: stored.seq, sentence });
    }
    let troubles = history.mail.troubles_of(&asked.id);
    pieces.extend(troubles.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }));
    let sentence = format!("In the end {}: {}.", asked.id, told(checkout));
    pieces.push(Evidence { seq: history.final_seq(), sentence });
    pieces
}

fn state(now: &Fields) -> &str {
    match now.get("state").or_else(|| now.get("status")) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}
