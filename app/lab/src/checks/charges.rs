//! What was asked for and what was charged, payment by payment: gathered once for both checks about charges.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::history::History;
use super::mail::{Mail, Published};
use super::{CHARGES, LEDGER, PAYMENTS, total};
use crate::event::Record;
use crate::verdict::Evidence;

/// Wherever a charge may stand: in a ledger of charges, in a row for each payment, in the provider's ledger.
const LEDGERS: [&str; 3] = [LEDGER, PAYMENTS, CHARGES];

/// One payment: what was asked for, in one message or several, and what stands in the ledgers.
#[derive(Debug)]
pub(super) struct Payment<'a> {
    /// Its name, the key of its messages.
    pub name: &'a str,
    /// The messages that asked for it.
    pub asked: Vec<&'a Published>,
    /// What the latest of them, by version, says is due in all.
    pub due: i64,
    /// The charges, each with the entry that says so.
    rows: Vec<&'a (u64, Record)>,
}

impl Payment<'_> {
    /// How many charges there are.
    pub fn charges(&self) -> usize {
        self.rows.len()
    }

    /// What was charged in all.
    pub fn charged(&self) -> i64 {
        total(self.rows.iter().map(|(_, row)| row.number("amount")))
    }

    /// The same with one charge for each message that asked.
    fn charged_once(&self) -> i64 {
        let mut seen = HashSet::new();
        let first = self.rows.iter().filter(|(_, row)| seen.insert(row.text("request")));
        total(first.map(|(_, row)| row.number("amount")))
    }

    /// Whether more was charged than was asked for, or something twice.
    pub fn is_double(&self) -> bool {
        self.charged() > self.charged_once().min(self.due)
    }

    /// Whether less was charged than was asked for.
    pub fn is_missing(&self) -> bool {
        self.charged_once() < self.due
    }

    /// What the final read says, for evidence; `sentence` tells it.
    pub fn at_the_end(&self, history: &History, sentence: String) -> Evidence {
        let seq = self.rows.last().map_or_else(|| history.final_seq(), |(seq, _)| *seq);
        Evidence { seq, sentence }
    }

    /// Who asked for the payment.
    pub fn asked_for(&self) -> impl Iterator<Item = Evidence> {
        self.asked.iter().map(|asked| {
            let sentence =
                format!("{} is asked for: {} cents.", asked.message.id, asked.message.number("amount"));
            Evidence { seq: asked.seq, sentence }
        })
    }

    /// The committed writes and the calls that charged or tried to, in order.
    pub fn charging(&self, mail: &Mail) -> Vec<Evidence> {
        let ids: Vec<&str> = self.asked.iter().map(|asked| asked.message.id.as_str()).collect();
        let writes = ids.iter().flat_map(|id| [LEDGER, PAYMENTS].map(|table| (id, table)));
        let writes = writes.flat_map(|(id, table)| mail.applied(id, table));
        let mut pieces: Vec<Evidence> = writes
            .map(|stored| {
                let amount = match stored.now.get("amount") {
                    Some(amount) => format!("{amount} cents"),
                    None => "nothing".to_owned(),
                };
                let sentence = format!("{} writes {}: {amount}.", stored.actor, stored.row);
                Evidence { seq: stored.seq, sentence }
            })
            .collect();
        let calls = mail.calls.iter().filter(|call| ids.contains(&call.operation.as_str()));
        pieces.extend(calls.map(|call| {
            let key = call.request.key.as_ref().map_or_else(String::new, |key| format!(" with key {key}"));
            let sentence = format!("{} calls the provider for {}{key}.", call.actor, call.operation);
            Evidence { seq: call.seq, sentence }
        }));
        pieces.sort_by_key(|piece| piece.seq);
        pieces
    }

    /// What went wrong with the payment's messages, in order.
    pub fn troubles(&self, mail: &Mail) -> Vec<Evidence> {
        let of_this = self.asked.iter().flat_map(|asked| mail.troubles_of(&asked.message.id));
        let mut troubles: Vec<Evidence> =
            of_this.map(|trouble| Evidence { seq: trouble.seq, sentence: trouble.words.clone() }).collect();
        troubles.sort_by_key(|trouble| trouble.seq);
        troubles
    }
}

/// All payments, in the order in which they were first asked for.
pub(super) fn payments(mail: &Mail) -> Vec<Payment<'_>> {
    let mut rows: BTreeMap<&str, Vec<&(u64, Record)>> = BTreeMap::new();
    for row in mail.records.iter().filter(|(_, row)| LEDGERS.contains(&row.row.table.as_str())) {
        rows.entry(row.1.text("payment")).or_default().push(row);
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut payments: Vec<Payment<'_>> = Vec::new();
    for published in &mail.published {
        let name = published.message.key.as_str();
        let place = *places.entry(name).or_insert_with(|| {
            payments.push(Payment { name, asked: Vec::new(), due: 0, rows: Vec::new() });
            payments.len() - 1
        });
        payments[place].asked.push(published);
    }
    for payment in &mut payments {
        let latest = payment.asked.iter().max_by_key(|asked| asked.message.version);
        payment.due = latest.map_or(0, |asked| asked.message.number("amount"));
        payment.rows = rows.remove(payment.name).unwrap_or_default();
    }
    payments
}
