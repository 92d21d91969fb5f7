//! One pass over a journal: what came, how often, and the first example of each.

use std::collections::BTreeMap;

use super::Counted;
use super::overlap::Overlap;
use super::post::Post;
use super::snapshot::Snapshot;
use crate::checks::{BUFFER, CANCELLED, PARCELS, PAYMENTS, PROGRESS, RESERVATIONS, VIEW};
use crate::event::{Effect, Entry, Event, Fields, Refusal, RowRef, Value};

/// The table of ids of handled messages.
const INBOX: &str = "inbox";
/// What a service's row says of a step that the service refused.
const DECLINED: &str = "declined";

/// What came in a run.
#[derive(Debug, Default)]
pub(super) struct Seen {
    sights: BTreeMap<Counted, Sight>,
    /// Who was at work on a row at the same time as whom.
    pub overlap: Overlap,
    /// What the broker handed out in which order.
    pub post: Post,
    snapshot: Snapshot,
    /// Whether somebody who takes no part in the strategy wrote, and where.
    pub outsider: Option<u64>,
    /// Kinds of hardship that struck, by their names in a spec.
    pub struck: Vec<&'static str>,
    /// By actor: the step that waited last. A step that is queued first and blocked then has waited once.
    waiting: BTreeMap<String, String>,
    last_seq: u64,
    cut: Option<u64>,
}

/// How often something was there, and the first time.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    /// How often.
    pub times: u64,
    /// The first time: the entry, and those before it that belong to it.
    pub first: Vec<Entry>,
}

impl Seen {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        // The verdict sums up what is here already.
        if !matches!(entry.event, Event::Verdict(_)) {
            self.last_seq = entry.seq;
        }
        if let Some(of) = counted(entry).filter(|of| *of != Counted::Waits || self.is_new_wait(entry)) {
            self.add(of, || vec![entry.clone()]);
        }
        let finds = self.overlap.see(entry).into_iter().chain(self.post.see(entry));
        for (of, example) in finds.chain(self.snapshot.see(entry)) {
            self.add(of, || example);
        }
        if let Some(kind) = hardship(&entry.event).filter(|kind| !self.struck.contains(kind)) {
            self.struck.push(kind);
        }
        match &entry.event {
            Event::Interrupted { .. } => self.cut = Some(entry.seq),
            Event::Wrote { .. } if entry.actor.as_deref() == Some(OUTSIDER) => {
                self.outsider.get_or_insert(entry.seq);
            }
            _ => {}
        }
    }

    /// How often something was there.
    pub fn times(&self, of: Counted) -> u64 {
        self.sights.get(&of).map_or(0, |sight| sight.times)
    }

    /// Whether any of these was there.
    pub fn any(&self, of: &[Counted]) -> bool {
        of.iter().any(|of| self.times(*of) > 0)
    }

    /// What was seen of something.
    pub fn sight(&self, of: Counted) -> Option<&Sight> {
        self.sights.get(&of)
    }

    /// The entry with which the journal ends, its verdict aside, and whether it says that the run was cut off.
    pub fn end(&self) -> (u64, bool) {
        self.cut.map_or((self.last_seq, false), |seq| (seq, true))
    }

    fn add(&mut self, of: Counted, example: impl FnOnce() -> Vec<Entry>) {
        self.sights.entry(of).or_insert_with(|| Sight { times: 0, first: example() }).times += 1;
    }

    fn is_new_wait(&mut self, entry: &Entry) -> bool {
        let (Some(actor), Some(step)) = (&entry.actor, &entry.step) else { return true };
        self.waiting.insert(actor.clone(), step.clone()).as_ref() != Some(step)
    }
}

/// The actor who takes no part in a strategy.
pub(super) const OUTSIDER: &str = "outsider";

/// What an entry counts as, by itself.
fn counted(entry: &Entry) -> Option<Counted> {
    Some(match &entry.event {
        Event::Crashed => Counted::Crashes,
        Event::Paused { .. } => Counted::Standstills,
        Event::AckLost { .. } | Event::ConfirmLost { .. } | Event::NoAnswer { .. } => Counted::Losses,
        Event::OutageBegan(_) => Counted::Outages,
        Event::Rebalanced(_) => Counted::Rebalances,
        Event::Conflict { .. } => Counted::Conflicts,
        Event::Blocked { .. } | Event::Queued { .. } => Counted::Waits,
        Event::LeaseRefused { .. } => Counted::LeasesRefused,
        Event::Fenced { .. } | Event::FenceRaised { found: None, .. } => Counted::Fenced,
        Event::Insufficient { .. } => Counted::Guards,
        Event::EngineRefused { refusal, .. } => return refused(*refusal),
        Event::Recalled { known: true, .. } => Counted::KnownToMemory,
        Event::KnownAlready { .. } => Counted::KnownToBroker,
        Event::Called { request, to: Some(_) } if is_again(&request.body) => Counted::AskedAgain,
        Event::CallAnswered { replayed: true, .. } => Counted::KnownToProvider,
        Event::Nacked { .. } => Counted::GivenBack,
        Event::DeadLettered(_) => Counted::DeadLettered,
        Event::Looked { row, found: Some(_) } if row.table == INBOX => Counted::KnownToInbox,
        Event::Stored { row, effect, now, .. } => return stored(row, *effect, now),
        _ => return None,
    })
}

/// Whether a request says that it is a later try than the first.
fn is_again(body: &Fields) -> bool {
    matches!(body.get("attempt"), Some(Value::Integer(attempt)) if *attempt > 1)
}

fn refused(refusal: Refusal) -> Option<Counted> {
    match refusal {
        Refusal::Serialization | Refusal::StaleSnapshot => Some(Counted::Serialization),
        Refusal::Busy | Refusal::TimedOut => Some(Counted::Busy),
        Refusal::Deadlock => Some(Counted::Deadlocks),
        Refusal::Constraint => Some(Counted::Constraints),
        _ => None,
    }
}

fn stored(row: &RowRef, effect: Effect, now: &Fields) -> Option<Counted> {
    let says = |word: &str| matches!(now.get("state"), Some(Value::Text(state)) if state == word);
    let is_cancelled = says(CANCELLED);
    match (row.table.as_str(), effect) {
        (INBOX, Effect::Unchanged) => Some(Counted::KnownToInbox),
        (VIEW | PROGRESS, Effect::Unchanged) => Some(Counted::LeftAlone),
        (PAYMENTS, Effect::Unchanged) if !is_cancelled => Some(Counted::LeftAlone),
        (BUFFER, Effect::Inserted) => Some(Counted::Buffered),
        (RESERVATIONS | PAYMENTS | PARCELS, Effect::Inserted) if says(DECLINED) => Some(Counted::Declined),
        (RESERVATIONS | PAYMENTS | PARCELS, Effect::Updated) if is_cancelled => Some(Counted::TakenBack),
        _ => None,
    }
}

/// The kind of hardship that an entry shows, by its name in a spec.
fn hardship(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Crashed => "crash",
        Event::Paused { .. } => "pause",
        Event::NoAnswer { .. } => "lost-answer",
        Event::ConfirmLost { .. } => "lost-confirm",
        Event::AckLost { .. } => "lost-ack",
        Event::DeadLettered(_) | Event::Stuck(_) => "poison",
        Event::OutageBegan(outage) if outage.port == crate::event::Port::Database => "cut-database",
        Event::OutageBegan(_) => "cut-broker",
        _ => return None,
    })
}
