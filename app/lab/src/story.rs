//! The story of a run: what was promised, what happened and why, and what to try next.
//!
//! It is told from the journal, the verdict and the catalog alone. Each sentence is filled from the entries that it cites:
//! `[7]` in its text stands for entry 7, and every name and figure beside it occurs in a cited entry. What was counted over
//! the whole run stands in `counts` too, so that anybody can count again.
//!
//! - `promise`: what the catalog says of the strategy, against the verdict.
//! - `seen`, `overlap`, `post`: one pass over the journal, which keeps counts and first examples.
//! - `cause`: why an invariant broke; `held`: what was seen at work where nothing broke.
//! - `next`: what to try.

mod cause;
mod deed;
mod held;
mod next;
mod overlap;
mod post;
mod promise;
mod seen;
mod snapshot;
mod teller;

use serde::{Deserialize, Serialize};

pub use teller::{Teller, tell};

/// The most sentences about what happened; a broken invariant has its own beyond that.
pub const SENTENCES_MAX: usize = 6;
/// The most things to try next.
pub const STEPS_MAX: usize = 3;

/// The story of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Story {
    /// What was promised, invariant by invariant, and what the run found.
    pub promise: Vec<Pledge>,
    /// What happened and why.
    pub why: Vec<Sentence>,
    /// What to try next.
    pub next: Vec<Step>,
}

/// What was promised about one invariant, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pledge {
    /// The invariant's name.
    pub invariant: String,
    /// Its title.
    pub title: String,
    /// How promise and outcome fit together.
    pub outcome: Kept,
    /// Both in words, with the premises.
    pub text: String,
}

/// How a promise and an outcome fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// Promised to hold, held.
    Held,
    /// Known to break, broke.
    Broke,
    /// Known to break, held this time.
    HeldThisTime,
    /// Promised to hold, broke: the run was outside the premises.
    OutsideItsPremises,
    /// Promised to hold, broke, and no premise was seen to be violated: a fault of the strategy or of this program.
    Contradicted,
    /// The journal does not say enough.
    Undecided,
    /// Nothing is promised on this engine with these settings.
    NothingPromised,
}

/// A sentence about what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sentence {
    /// What it tells.
    pub kind: Kind,
    /// The sentence; `[7]` stands for entry 7.
    pub text: String,
    /// The entries that it cites, in the order of its text.
    pub entries: Vec<u64>,
    /// The invariants that it is about.
    pub about: Vec<String>,
    /// What was counted over the whole run, figure by figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Count>,
}

/// What a sentence tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Why an invariant broke.
    Cause,
    /// What trouble came.
    Trouble,
    /// What kept the trouble from doing harm.
    Protection,
    /// That the trouble never came, so that nothing was put to the test.
    Untested,
    /// That nobody can say.
    Undecided,
}

/// A figure that was counted over the whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Count {
    /// What was counted.
    pub of: Counted,
    /// How often it was there.
    pub times: u64,
}

/// What is counted over a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Somebody else wrote a row between an operation's read of it and its own attempt to write it.
    Overlaps,
    /// `operation-began` on a row about which another actor's operation was open.
    AtOnce,
    /// A unit was locked while another actor held another unit of the same product.
    PassedOver,
    /// A transaction of the anomalies looked again after another one had written, the first time.
    Glances,
    /// A row that lay in the outbox through a crash or an outage was published, the first time.
    KeptInOutbox,
    /// A message of a key was handed out for the first time after a newer one of its key.
    Overtaken,
    /// A message was handed out that had been handed out before, or a second copy of it.
    Doubled,
    /// `called` an actor of the run, a later try than the first.
    AskedAgain,
    /// `crashed`.
    Crashes,
    /// `paused`.
    Standstills,
    /// `ack-lost`, `confirm-lost` and `no-answer`.
    Losses,
    /// `stored` as declined in a service's table.
    Declined,
    /// `outage-began`.
    Outages,
    /// `rebalanced`.
    Rebalances,
    /// `conflict`.
    Conflicts,
    /// Steps with `blocked` or `queued`.
    Waits,
    /// `lease-refused`.
    LeasesRefused,
    /// `fenced`, and `fence-raised` that found nothing.
    Fenced,
    /// `insufficient`.
    Guards,
    /// `engine-refused` as `serialization` or `stale-snapshot`.
    Serialization,
    /// `engine-refused` as `busy` or `timed-out`.
    Busy,
    /// `engine-refused` as `deadlock`.
    Deadlocks,
    /// `engine-refused` as `constraint`.
    Constraints,
    /// `stored` in the inbox, unchanged; and `looked` there and found.
    KnownToInbox,
    /// `recalled` and known.
    KnownToMemory,
    /// `known-already`.
    KnownToBroker,
    /// `call-answered`, replayed.
    KnownToProvider,
    /// `stored` in the view, in the progress of an order or in its payment, unchanged.
    LeftAlone,
    /// `stored` in the buffer, inserted.
    Buffered,
    /// `nacked`.
    GivenBack,
    /// `dead-lettered`.
    DeadLettered,
    /// `stored` as cancelled in a service's table.
    TakenBack,
}

/// Something to try next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What to do.
    pub title: String,
    /// What will be seen.
    pub text: String,
    /// Where it is done: an address on this server.
    pub address: String,
}

impl Sentence {
    /// A sentence; the entries that it cites are those in its text.
    fn new(kind: Kind, text: String, about: Vec<String>) -> Self {
        let mut entries: Vec<u64> = Vec::new();
        for seq in text.split('[').skip(1).filter_map(|part| part.split(']').next()?.parse().ok()) {
            if !entries.contains(&seq) {
                entries.push(seq);
            }
        }
        Self { kind, text, entries, about, counts: Vec::new() }
    }

    fn counting(mut self, of: Counted, times: u64) -> Self {
        self.counts.push(Count { of, times });
        self
    }
}
