//! The checks: pure functions of the journal. They know nothing of strategies and trust nobody's word.
//!
//! One pass gathers the [`history`]; each check is a function of it. A check is one file and one line in
//! [`ALL`].

mod accounts;
pub mod charges;
mod checkouts;
pub mod dependencies;
pub mod every_event_acted_upon;
pub mod every_request_answered;
pub mod final_view_correct;
pub mod history;
pub mod joint_limit_kept;
pub mod mail;
pub mod money_conserved;
pub mod no_aborted_read;
pub mod no_account_below_zero;
pub mod no_anti_dependency_cycle;
pub mod no_circular_flow;
pub mod no_dirty_write;
pub mod no_double_charge;
pub mod no_double_effect;
pub mod no_double_order;
pub mod no_event_lost;
pub mod no_intermediate_read;
pub mod no_lost_update;
pub mod no_lost_write;
pub mod no_missing_charge;
pub mod no_order_half_way;
pub mod no_oversell;
pub mod no_phantom;
pub mod no_predicate_phantom;
pub mod no_read_skew;
pub mod no_vanishing_transaction;
pub mod no_write_skew;
pub mod no_wrong_refusal;
pub mod nobody_charged_for_nothing;
pub mod none_applied_twice;
pub mod nothing_kept_unpaid;
pub mod order_kept_per_key;
pub mod outbox_drained;
pub mod view_never_goes_back;

use crate::catalog::InvariantCard;
use crate::event::{Entry, Event};
use crate::price::Meter;
use crate::verdict::{EVIDENCE_MAX, Evidence, Judgement, Ruling, Verdict};
use history::History;

/// A check: what it judges, and how.
pub struct Check {
    /// The invariant's name.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What is the matter where it is broken, in a word or two, for a cell of a table.
    pub breach: &'static str,
    /// What exactly is judged.
    pub rule: &'static str,
    /// The judgement on a history.
    pub judge: fn(&History) -> Finding,
}

/// All checks, lab by lab, in the order in which verdicts show them.
pub const ALL: [&Check; 32] = [
    &no_lost_update::CHECK,
    &no_oversell::CHECK,
    &no_wrong_refusal::CHECK,
    &money_conserved::CHECK,
    &no_account_below_zero::CHECK,
    &joint_limit_kept::CHECK,
    &every_request_answered::CHECK,
    &no_order_half_way::CHECK,
    &nothing_kept_unpaid::CHECK,
    &nobody_charged_for_nothing::CHECK,
    &no_dirty_write::CHECK,
    &no_aborted_read::CHECK,
    &no_intermediate_read::CHECK,
    &no_circular_flow::CHECK,
    &no_vanishing_transaction::CHECK,
    &no_predicate_phantom::CHECK,
    &no_lost_write::CHECK,
    &no_read_skew::CHECK,
    &no_write_skew::CHECK,
    &no_anti_dependency_cycle::CHECK,
    &final_view_correct::CHECK,
    &view_never_goes_back::CHECK,
    &no_event_lost::CHECK,
    &none_applied_twice::CHECK,
    &no_double_charge::CHECK,
    &no_missing_charge::CHECK,
    &no_phantom::CHECK,
    &outbox_drained::CHECK,
    &order_kept_per_key::CHECK,
    &no_double_effect::CHECK,
    &no_double_order::CHECK,
    &every_event_acted_upon::CHECK,
];

/// The table in which the anomalies are shown.
pub const TEST: &str = "test";
/// The table of accounts.
pub const ACCOUNTS: &str = "accounts";
/// The table of orders as readers see them.
pub const VIEW: &str = "order_view";
/// The messages that the broker does not hand out any more, as the final read shows them.
pub const DEAD_LETTERS: &str = "dead_letters";
/// What stands between a request and the number of its delivery, where a request came again and was written down as
/// another sale.
pub const TAKEN_UP_AGAIN: &str = "~";
/// The table of events that wait for their predecessors.
pub const BUFFER: &str = "buffer";
/// The table of charges.
pub const LEDGER: &str = "ledger";
/// The table of payments, where each is one row that says what became of it.
pub const PAYMENTS: &str = "payments";
/// The payment provider's ledger.
pub const CHARGES: &str = "charges";
/// The table of orders as they were placed and changed.
pub const ORDERS: &str = "orders";
/// The column of an order, and of its row in the outbox, that counts the order's events.
pub const REVISION: &str = "revision";
/// The column of an order that holds the id of its latest event, and of a shipment that holds the id of its event.
pub const EVENT: &str = "event";
/// The column of an order in which the engine itself keeps which event the latest one replaced.
pub const PREVIOUS_EVENT: &str = "previous_event";
/// The table of messages that wait to be sent.
pub const OUTBOX: &str = "outbox";
/// What a sent row of the outbox says in its column `state`.
pub const SENT: &str = "sent";
/// What an unsent row of the outbox says there.
pub const WAITS: &str = "waits";
/// What a row of the outbox says there that cannot be sent until somebody mends it.
pub const PARKED: &str = "parked";
/// The table of goods that a warehouse keeps for orders.
pub const RESERVATIONS: &str = "reservations";
/// The table of parcels.
pub const PARCELS: &str = "parcels";
/// The table of a coordinator's log.
pub const SAGAS: &str = "sagas";
/// What a service's row says of a step that was taken.
pub const TAKEN: &str = "taken";
/// What a service's row says of a step that was taken back or must not be taken, and an order that came to nothing.
pub const CANCELLED: &str = "cancelled";
/// What an order says that was carried out.
pub const CONFIRMED: &str = "confirmed";
/// What an order says that nobody could finish.
pub const NEEDS_A_PERSON: &str = "needs a person";
/// The table of how far each order has come, as its consumer knows.
pub const PROGRESS: &str = "progress";
/// The table of shipments.
pub const SHIPMENTS: &str = "shipments";

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What had to be.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// How often it was broken.
    pub count: u64,
    /// The first breach.
    pub evidence: Vec<Evidence>,
}

/// The catalog's cards of all invariants.
pub fn cards() -> Vec<InvariantCard> {
    let card = |check: &&Check| InvariantCard {
        name: check.name.into(),
        title: check.title.into(),
        breach: check.breach.into(),
        rule: check.rule.into(),
    };
    ALL.iter().map(card).collect()
}

/// Judges entry by entry, so that a long journal need not be held.
#[derive(Debug, Default)]
pub struct Judge {
    invariants: Vec<String>,
    history: History,
    meter: Meter,
}

impl Judge {
    /// Takes one entry into account. The header says which invariants will be judged.
    pub fn see(&mut self, entry: &Entry) {
        if let Event::Header(header) = &entry.event {
            self.invariants.clone_from(&header.invariants);
        }
        self.history.see(entry);
        self.meter.see(entry);
    }

    /// The verdict on all that was seen.
    pub fn verdict(self) -> Verdict {
        let judgements = self.invariants.iter().map(|name| judgement(name, &self.history)).collect();
        Verdict { judgements, price: self.meter.price() }
    }
}

/// Judges a whole journal.
pub fn judge<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Verdict {
    let mut judge = Judge::default();
    entries.into_iter().for_each(|entry| judge.see(entry));
    judge.verdict()
}

fn judgement(name: &str, history: &History) -> Judgement {
    let Some(check) = ALL.iter().find(|check| check.name == name) else {
        return undecided(
            name,
            "a check that this program knows",
            format!("this program has no check for {name}"),
        );
    };
    let finding = (check.judge)(history);
    // A breach stays a breach even in a journal that was cut off; only "holds" needs the final read.
    if finding.count == 0 && history.final_seq.is_none() {
        return undecided(name, FINAL_READ, "the journal ends before the final read".into());
    }
    let mut evidence = finding.evidence;
    evidence.sort_by_key(|piece| piece.seq);
    evidence.dedup_by_key(|piece| piece.seq);
    evidence.truncate(EVIDENCE_MAX);
    Judgement {
        invariant: name.into(),
        ruling: if finding.count == 0 { Ruling::Holds } else { Ruling::Broken },
        expected: finding.expected,
        found: finding.found,
        count: finding.count,
        evidence,
    }
}

/// The sum of amounts. A journal that somebody edited may hold any number, and must not bring the judge down.
fn total(amounts: impl IntoIterator<Item = i64>) -> i64 {
    amounts.into_iter().fold(0, i64::saturating_add)
}

/// The same, one amount more.
fn add(sum: &mut i64, amount: i64) {
    *sum = sum.saturating_add(amount);
}

/// `1 event`, `2 events`.
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// What a verdict needs.
const FINAL_READ: &str = "a journal that goes on to its final read";

fn undecided(name: &str, expected: &str, why: String) -> Judgement {
    Judgement {
        invariant: name.into(),
        ruling: Ruling::Undecided,
        expected: expected.into(),
        found: why,
        count: 0,
        evidence: Vec::new(),
    }
}
