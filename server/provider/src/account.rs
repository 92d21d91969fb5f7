//! An account: its charges, and the answers that are kept for idempotency keys.

use std::collections::HashMap;

use serde_json::{Value, json};

/// The most charges that one account carries.
const CHARGES_MAX: usize = 20_000;

/// What came out of a request: status and body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Value,
    /// Whether it is the answer to an earlier request with the same key.
    pub replayed: bool,
}

/// What is to be charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// The payment that it is about.
    pub payment: String,
    /// The request by which the payment was asked for.
    pub request: String,
    /// In cents.
    pub amount: i64,
    /// Whether the payment is to be this amount, whatever was charged for it before.
    pub sets: bool,
}

#[derive(Debug)]
struct Charge {
    id: String,
    order: Order,
    key: Option<String>,
    at_us: u64,
}

#[derive(Debug)]
struct Kept {
    order: Order,
    answer: Answer,
    since_us: u64,
}

/// One account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// For how long a key's answer is kept; for ever if nothing is said.
    keys_kept_us: Option<u64>,
    charges: Vec<Charge>,
    kept: HashMap<String, Kept>,
}

impl Account {
    pub(crate) fn new(keys_kept_us: Option<u64>) -> Self {
        Self { keys_kept_us, ..Self::default() }
    }

    /// Charges, unless the key says that this was done. The key's answer is kept with the charge, under one lock: there
    /// is no moment with one and without the other.
    pub(crate) fn charge(&mut self, order: Order, key: Option<&str>, at_us: u64) -> Answer {
        if let Some(kept) = key.and_then(|key| self.kept(key, at_us)) {
            if kept.order != order {
                return refusal(422, "the idempotency key belongs to another request");
            }
            return Answer { replayed: true, ..kept.answer.clone() };
        }
        if self.charges.len() >= CHARGES_MAX {
            return refusal(507, "the account carries no more charges");
        }
        let answer = self.write(order.clone(), key, at_us);
        if let Some(key) = key {
            self.kept.insert(key.to_owned(), Kept { order, answer: answer.clone(), since_us: at_us });
        }
        answer
    }

    /// The ledger, oldest charge first.
    pub(crate) fn ledger(&self) -> Value {
        let charge = |charge: &Charge| {
            json!({
                "id": charge.id, "payment": charge.order.payment, "request": charge.order.request,
                "amount": charge.order.amount, "key": charge.key, "at_us": charge.at_us,
            })
        };
        json!({ "charges": self.charges.iter().map(charge).collect::<Vec<_>>() })
    }

    fn write(&mut self, order: Order, key: Option<&str>, at_us: u64) -> Answer {
        let same =
            |charge: &&mut Charge| order.sets && charge.order.sets && charge.order.payment == order.payment;
        if let Some(charge) = self.charges.iter_mut().find(same) {
            charge.order = order;
            charge.at_us = at_us;
            return done(200, charge);
        }
        let id = format!("charge-{}", self.charges.len() + 1);
        self.charges.push(Charge { id, order, key: key.map(str::to_owned), at_us });
        self.charges.last().map_or_else(|| refusal(500, "no charge"), |charge| done(201, charge))
    }

    /// The answer that is kept for a key; one that is too old is forgotten.
    fn kept(&mut self, key: &str, at_us: u64) -> Option<&Kept> {
        let forgets = |kept: &Kept| {
            self.keys_kept_us.is_some_and(|kept_us| at_us.saturating_sub(kept.since_us) > kept_us)
        };
        if self.kept.get(key).is_some_and(forgets) {
            self.kept.remove(key);
        }
        self.kept.get(key)
    }
}

fn done(status: u16, charge: &Charge) -> Answer {
    let body = json!({ "id": charge.id, "amount": charge.order.amount });
    Answer { status, body, replayed: false }
}

/// An answer that charges nothing.
pub(crate) fn refusal(status: u16, reason: &str) -> Answer {
    Answer { status, body: json!({ "refused": reason }), replayed: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(amount: i64) -> Order {
        Order { payment: "payment-1".into(), request: "payment-1".into(), amount, sets: false }
    }

    #[test]
    fn the_same_key_and_body_get_the_kept_answer_and_charge_nothing() {
        let mut account = Account::new(None);
        let first = account.charge(order(5), Some("k"), 0);
        let second = account.charge(order(5), Some("k"), 9);
        assert_eq!((first.status, second.status, second.replayed), (201, 201, true));
        assert_eq!((first.body, account.charges.len()), (second.body, 1));
    }

    #[test]
    fn the_same_key_with_another_body_is_refused() {
        let mut account = Account::new(None);
        account.charge(order(5), Some("k"), 0);
        assert_eq!(account.charge(order(6), Some("k"), 1).status, 422);
        assert_eq!(account.charges.len(), 1);
    }

    #[test]
    fn a_key_is_forgotten_after_its_time_and_charges_again() {
        let mut account = Account::new(Some(10));
        for at_us in [0, 10, 21] {
            account.charge(order(5), Some("k"), at_us);
        }
        assert_eq!(account.charges.len(), 2);
    }

    #[test]
    fn a_set_charge_replaces_the_one_before() {
        let mut account = Account::new(None);
        let set = |amount| Order { sets: true, ..order(amount) };
        assert_eq!(account.charge(set(5), None, 0).status, 201);
        assert_eq!(account.charge(set(7), None, 0).status, 200);
        assert_eq!((account.charges.len(), account.charges[0].order.amount), (1, 7));
    }
}
