//! What a run cost, counted from its journal.

use hashbrown::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::checks::OUTBOX;
use crate::event::{Effect, Entry, Event, Outcome, Reason};

/// From this status on a service says that it could not do it now, and its customer asks again.
const SERVER_FAILED: u16 = 500;
/// The table of ids of handled messages.
const INBOX: &str = "inbox";

/// The price of a run. Times are run time: real in live runs, virtual in scheduled ones.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Price {
    /// Operations begun.
    pub operations: u64,
    /// Operations that were done.
    pub done: u64,
    /// Operations told "sold out", or that there was not enough money.
    pub sold_out: u64,
    /// Operations that gave up, were declined, or were turned away because the engine refused.
    pub gave_up: u64,
    /// Conditional writes that found the row changed.
    pub conflicts: u64,
    /// Times that the engine refused instead of doing wrong.
    pub refusals: u64,
    /// Attempts after the first, and requests of customers that were sent again.
    pub retries: u64,
    /// Steps that had to wait for a lock. In live runs on PostgreSQL a sample, and on SQLite, where nobody can look,
    /// always 0.
    pub waits: u64,
    /// Messages that the broker took.
    #[serde(default)]
    pub published: u64,
    /// Messages that the broker handed out.
    #[serde(default)]
    pub deliveries: u64,
    /// Of these, messages that had been handed out before.
    #[serde(default)]
    pub redeliveries: u64,
    /// The most rows of the outbox that waited at once for the broker to have their event.
    #[serde(default)]
    pub outbox_peak: u64,
    /// The longest that a row of the outbox waited, in microseconds of run time, to the end of the run if need be.
    #[serde(default)]
    pub outbox_wait_us: u64,
    /// Rows that left the outbox in a second of run time, from its deepest to the moment when it was empty again; 0 if
    /// it never was.
    #[serde(default)]
    pub outbox_drain_per_second: f64,
    /// Requests to a service over HTTP.
    #[serde(default)]
    pub calls: u64,
    /// The most ids of handled messages that a table remembered at the same time.
    #[serde(default)]
    pub remembered: u64,
    /// Of these, ids that were removed for their age.
    #[serde(default)]
    pub forgotten: u64,
    /// Times that an actor's process died.
    #[serde(default)]
    pub crashes: u64,
    /// Run time in microseconds from the first operation's begin to the last one's end. Where nobody asks for operations, a message
    /// counts as one, from its publication to its acknowledgement.
    pub elapsed_us: u64,
    /// Operations answered in a second of run time, with whatever answer, or what customers asked for and were answered.
    pub operations_per_second: f64,
    /// Half of the operations that were answered were so within this, in microseconds; 0 where none was. Where customers ask services, it counts from the
    /// first time that a customer asked to the answer that reached it.
    pub p50_us: u64,
    /// 95 of 100 were.
    pub p95_us: u64,
    /// 99 of 100 were.
    pub p99_us: u64,
}

/// Counts entry by entry.
#[derive(Debug, Default)]
pub struct Meter {
    price: Price,
    /// Ids that are remembered now; what a transaction took back counts as if it had been there.
    ids: u64,
    began_us: HashMap<String, u64>,
    latencies_us: Vec<u64>,
    published_us: HashMap<String, u64>,
    messages_us: Vec<u64>,
    /// By what a customer wants: since when.
    asked_us: HashMap<String, u64>,
    answered_us: Vec<u64>,
    has_customers: bool,
    waited: HashSet<(String, String)>,
    first_us: Option<u64>,
    last_us: u64,
    outbox: Outbox,
}

/// How deep the outbox is, and since when.
#[derive(Debug, Default)]
struct Outbox {
    /// By row: since when it waits.
    waits_us: HashMap<String, u64>,
    /// By actor: the rows that its open transaction has put into the outbox.
    open: HashMap<String, Vec<String>>,
    peak_us: u64,
    drained_us: Option<u64>,
}

impl Meter {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        self.outbox(entry);
        match &entry.event {
            Event::OperationBegan { .. } => self.began(entry),
            Event::OperationEnded { outcome } => self.ended(entry, outcome),
            Event::Conflict { .. } | Event::Fenced { .. } => self.price.conflicts += 1,
            Event::EngineRefused { .. } => self.price.refusals += 1,
            Event::RetryPlanned { .. } => self.price.retries += 1,
            Event::Crashed => self.price.crashes += 1,
            Event::Published { message, .. } => self.published(entry, &message.id),
            Event::Delivered { delivery, .. } => {
                self.price.deliveries += 1;
                self.price.redeliveries += u64::from(*delivery > 1);
            }
            Event::Called { to, .. } => {
                self.price.calls += 1;
                if to.is_some() {
                    self.asked(entry);
                }
            }
            Event::CallAnswered { status, .. } if *status < SERVER_FAILED => self.answered(entry),
            Event::Stored { row, effect: Effect::Inserted, .. } if row.table == INBOX => {
                self.ids += 1;
                self.price.remembered = self.price.remembered.max(self.ids);
            }
            Event::Pruned { rows, .. } => {
                self.price.forgotten += rows.len() as u64;
                self.ids = self.ids.saturating_sub(rows.len() as u64);
            }
            Event::Acked { message } => self.acked(entry, message),
            Event::Blocked { .. } | Event::Queued { .. } => self.waited(entry),
            Event::LeaseRefused { .. } => self.price.waits += 1,
            _ => {}
        }
    }

    /// The price of all that was seen.
    pub fn price(mut self) -> Price {
        if self.has_customers {
            self.latencies_us = self.answered_us;
        } else if self.price.operations == 0 {
            self.latencies_us = self.messages_us;
        }
        self.latencies_us.sort_unstable();
        let mut price = self.price;
        price.elapsed_us = self.last_us.saturating_sub(self.first_us.unwrap_or(self.last_us));
        let answered = self.latencies_us.len() as f64;
        let seconds = price.elapsed_us as f64 / 1e6;
        let rate = if seconds > 0.0 { answered / seconds } else { 0.0 };
        // Tenths are kept, so that the figure reads the same everywhere.
        price.operations_per_second = (rate * 10.0).round() / 10.0;
        let drained = self.outbox.drained_us.map(|us| us.saturating_sub(self.outbox.peak_us) as f64 / 1e6);
        let drain =
            drained.filter(|seconds| *seconds > 0.0).map(|seconds| price.outbox_peak as f64 / seconds);
        price.outbox_drain_per_second = (drain.unwrap_or_default() * 10.0).round() / 10.0;
        price.p50_us = percentile(&self.latencies_us, 50);
        price.p95_us = percentile(&self.latencies_us, 95);
        price.p99_us = percentile(&self.latencies_us, 99);
        price
    }

    /// A row counts from its commit to the first time that the broker has its event.
    fn outbox(&mut self, entry: &Entry) {
        let actor = entry.actor.clone().unwrap_or_default();
        let outbox = &mut self.outbox;
        match &entry.event {
            Event::Stored { row, effect: Effect::Inserted, committed, .. } if row.table == OUTBOX => {
                outbox.open.entry(actor.clone()).or_default().push(row.key.clone());
                if *committed {
                    self.outbox_grows(&actor, entry.at_us);
                }
            }
            Event::Committed => self.outbox_grows(&actor, entry.at_us),
            Event::RolledBack | Event::EngineRefused { .. } | Event::Crashed | Event::CutOff(_) => {
                drop(outbox.open.remove(&actor))
            }
            Event::Published { message, .. } => {
                if let Some(since_us) = outbox.waits_us.remove(&message.id) {
                    let waited_us = entry.at_us.saturating_sub(since_us);
                    self.price.outbox_wait_us = self.price.outbox_wait_us.max(waited_us);
                    if outbox.waits_us.is_empty() {
                        outbox.drained_us.get_or_insert(entry.at_us);
                    }
                }
            }
            Event::FinalRead { .. } => {
                let waited_us =
                    outbox.waits_us.values().map(|since_us| entry.at_us.saturating_sub(*since_us));
                self.price.outbox_wait_us = waited_us.fold(self.price.outbox_wait_us, u64::max);
            }
            _ => {}
        }
    }

    fn outbox_grows(&mut self, actor: &str, at_us: u64) {
        let outbox = &mut self.outbox;
        let rows = outbox.open.remove(actor).unwrap_or_default();
        outbox.waits_us.extend(rows.into_iter().map(|row| (row, at_us)));
        let depth = outbox.waits_us.len() as u64;
        if depth > self.price.outbox_peak {
            self.price.outbox_peak = depth;
            (outbox.peak_us, outbox.drained_us) = (at_us, None);
        }
    }

    /// A step that is queued first and blocked then has waited once.
    fn waited(&mut self, entry: &Entry) {
        let step = (entry.actor.clone().unwrap_or_default(), entry.step.clone().unwrap_or_default());
        self.price.waits += u64::from(self.waited.insert(step));
    }

    fn published(&mut self, entry: &Entry, message: &str) {
        self.price.published += 1;
        self.first_us.get_or_insert(entry.at_us);
        self.published_us.entry(message.to_owned()).or_insert(entry.at_us);
    }

    /// A message counts by its first acknowledgement.
    fn acked(&mut self, entry: &Entry, message: &str) {
        self.last_us = self.last_us.max(entry.at_us);
        if let Some(published) = self.published_us.remove(message) {
            self.messages_us.push(entry.at_us.saturating_sub(published));
        }
    }

    /// A customer waits from the first time that it asks, however often it asks again.
    fn asked(&mut self, entry: &Entry) {
        self.has_customers = true;
        self.first_us.get_or_insert(entry.at_us);
        self.price.retries += u64::from(entry.attempt.is_some_and(|attempt| attempt > 1));
        if let Some(wish) = &entry.operation {
            self.asked_us.entry(wish.clone()).or_insert(entry.at_us);
        }
    }

    fn answered(&mut self, entry: &Entry) {
        if let Some(since_us) = entry.operation.as_ref().and_then(|wish| self.asked_us.remove(wish)) {
            self.last_us = self.last_us.max(entry.at_us);
            self.answered_us.push(entry.at_us.saturating_sub(since_us));
        }
    }

    fn began(&mut self, entry: &Entry) {
        self.price.operations += 1;
        self.first_us.get_or_insert(entry.at_us);
        if let Some(operation) = &entry.operation {
            self.began_us.insert(operation.clone(), entry.at_us);
        }
    }

    fn ended(&mut self, entry: &Entry, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.price.done += 1,
            Outcome::Refused(Reason::SoldOut | Reason::NotCovered) => self.price.sold_out += 1,
            Outcome::Refused(
                Reason::GaveUp | Reason::EngineRefused | Reason::Declined | Reason::NotThere,
            ) => self.price.gave_up += 1,
            Outcome::Unknown(_) => {}
        }
        self.last_us = self.last_us.max(entry.at_us);
        let began = entry.operation.as_ref().and_then(|operation| self.began_us.remove(operation));
        // Whoever was told nothing was not answered.
        if let Some(began) = began.filter(|_| !matches!(outcome, Outcome::Unknown(_))) {
            self.latencies_us.push(entry.at_us.saturating_sub(began));
        }
    }
}

/// The nearest-rank percentile of sorted values; 0 when there are none.
fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Meter, Price, percentile};

    fn price(entries: &[Value]) -> Price {
        let mut meter = Meter::default();
        for (place, entry) in entries.iter().enumerate() {
            let mut entry = entry.clone();
            entry["seq"] = json!(place + 1);
            entry["wall_us"] = json!(0);
            meter.see(&serde_json::from_value(entry).expect("an entry"));
        }
        meter.price()
    }

    fn called(at_us: u64, attempt: u64) -> Value {
        let request = json!({ "method": "POST", "path": "/orders", "key": "order-1", "body": {} });
        json!({
            "at_us": at_us, "actor": "customer-1", "operation": "order-1", "attempt": attempt,
            "event": { "type": "called", "request": request, "to": "service-1" },
        })
    }

    #[test]
    fn a_customer_waits_from_the_first_time_it_asks_to_the_answer_that_reaches_it() {
        let answered = |at_us: u64, status: u16| {
            json!({
                "at_us": at_us, "actor": "customer-1", "operation": "order-1", "attempt": 3,
                "event": { "type": "call-answered", "status": status, "replayed": false, "body": {} },
            })
        };
        let price = price(&[
            called(1_000, 1),
            called(5_000, 2),
            answered(6_000, 503),
            called(7_000, 3),
            answered(9_000, 201),
        ]);
        assert_eq!((price.p50_us, price.retries, price.calls), (8_000, 2, 3));
        assert_eq!(price.operations_per_second, 125.0);
    }

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let values: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&values, 50), percentile(&values, 95), percentile(&values, 99)), (50, 95, 99));
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 99), 0);
    }
}
