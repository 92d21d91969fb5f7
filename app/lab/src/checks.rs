//! The checks: pure functions of the journal. They know nothing of strategies and trust nobody's word.
//!
//! One pass gathers the [`history`]; each check is a function of it. A check is one file and one line in
//! [`ALL`].

pub mod charges;
pub mod every_request_answered;
pub mod final_view_correct;
pub mod history;
pub mod mail;
pub mod no_double_charge;
pub mod no_double_effect;
pub mod no_event_lost;
pub mod no_lost_update;
pub mod no_missing_charge;
pub mod no_oversell;
pub mod no_phantom;
pub mod no_wrong_refusal;
pub mod none_applied_twice;
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
    /// What exactly is judged.
    pub rule: &'static str,
    /// The judgement on a history.
    pub judge: fn(&History) -> Finding,
}

/// All checks, lab by lab, in the order in which verdicts show them.
pub const ALL: [&Check; 13] = [
    &no_lost_update::CHECK,
    &no_oversell::CHECK,
    &no_wrong_refusal::CHECK,
    &every_request_answered::CHECK,
    &final_view_correct::CHECK,
    &view_never_goes_back::CHECK,
    &no_event_lost::CHECK,
    &none_applied_twice::CHECK,
    &no_double_charge::CHECK,
    &no_missing_charge::CHECK,
    &no_phantom::CHECK,
    &outbox_drained::CHECK,
    &no_double_effect::CHECK,
];

/// The table of orders as readers see them.
pub const VIEW: &str = "order_view";
/// The table of charges.
pub const LEDGER: &str = "ledger";
/// The table of payments, where each is one row that says what was charged for it.
pub const PAYMENTS: &str = "payments";
/// The payment provider's ledger.
pub const CHARGES: &str = "charges";
/// The table of orders as they were placed.
pub const ORDERS: &str = "orders";
/// The table of messages that wait to be sent.
pub const OUTBOX: &str = "outbox";
/// What a sent row of the outbox says in its column `state`.
pub const SENT: &str = "sent";
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
        return undecided(name, format!("this program has no check for {name}"));
    };
    let finding = (check.judge)(history);
    // A breach stays a breach even in a journal that was cut off; only "holds" needs the final read.
    if finding.count == 0 && history.final_seq.is_none() {
        return undecided(name, "the journal ends before the final read".into());
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

/// `1 event`, `2 events`.
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn undecided(name: &str, why: String) -> Judgement {
    Judgement {
        invariant: name.into(),
        ruling: Ruling::Undecided,
        expected: "a journal that says enough".into(),
        found: why,
        count: 0,
        evidence: Vec::new(),
    }
}
