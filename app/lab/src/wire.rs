//! What travels between server and browser.

use serde::{Deserialize, Serialize};

use crate::event::Entry;
use crate::hand::Offer;
use crate::spec::{Fault, Spec};
use crate::verdict::Verdict;

/// The feed's protocol version, told in the first frame.
pub const PROTOCOL: u64 = 1;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// It goes on.
    Running,
    /// It has a verdict.
    Finished,
    /// It was cut off, cancelled, or broke; its journal says why.
    Interrupted,
}

/// The run that screens which follow are to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Followed {
    /// Its id; nothing before the first one.
    pub run: Option<String>,
}

/// A run in a list, and the head of its page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunSummary {
    /// The run's id.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// What was asked.
    pub spec: Spec,
    /// When it was asked for, in milliseconds since 1970.
    pub created_ms: u64,
    /// How many entries its journal has so far.
    pub entries: u64,
    /// The verdict, when there is one.
    pub verdict: Option<Verdict>,
    /// Whether it stays when older runs make room.
    #[serde(default)]
    pub pinned: bool,
}

/// A frame of the feed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(not(feature = "page"), derive(Serialize), serde(tag = "kind"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Frame {
    /// First: whom you talk to.
    Hello {
        /// [`PROTOCOL`].
        #[cfg_attr(feature = "schema", schemars(description = "The protocol's version.", range(min = PROTOCOL, max = PROTOCOL)))]
        protocol: u64,
        /// The run's id.
        run: String,
        /// Where it stands.
        state: State,
    },
    /// Entries in order, without gaps or repeats.
    Entries {
        /// The entries.
        entries: Vec<Entry>,
    },
    /// What the user's hand may do now. Only scheduled runs have it, and only the latest one is told.
    Offer {
        /// The offer.
        offer: Offer,
    },
    /// Last: the feed is over.
    Bye {
        /// Why.
        reason: String,
    },
}

/// A refusal, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// A stable name: `/problems/bad-spec`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The sentence for people: what is wrong, and the remedy.
    pub detail: String,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}
