//! The page's own English: this is the one place for it, and a house rule holds that no page has a text of its own.
//! A second language is a second folder with the same names.
//!
//! Each page or part has a file; what several of them say stands here. The words of labs, strategies and checks come
//! from the catalog, from the journal and from the verdict.

pub mod challenge;
pub mod client;
pub mod compare;
pub mod connection;
pub mod controls;
pub mod crash_points;
pub mod document;
pub mod entries;
pub mod explore;
pub mod frame;
pub mod glance;
pub mod hand;
pub mod home;
pub mod inspector;
pub mod keys;
pub mod lesson;
pub mod lost;
pub mod matrix;
pub mod outages;
pub mod outbox;
pub mod predict;
pub mod price;
pub mod promises;
pub mod reading;
pub mod replay_bar;
pub mod run;
pub mod sentence;
pub mod shells;
pub mod stage;
pub mod story;
pub mod strategy;
pub mod summary;
pub mod tray;
pub mod units;
pub mod verdict;
pub mod waits;
pub mod workbench;

use lab::verdict::Ruling;

/// The product.
pub const NAME: &str = "Interleave";

/// A page's title, for its tab.
pub fn titled(title: &str) -> String {
    format!("{title} \u{b7} {NAME}")
}

/// Without scripts, nothing can start a run.
pub const NO_SCRIPT: &str = "Starting a run needs JavaScript, because no plain link may start one. Without it you can choose a spec here, read finished runs, and start runs with the program: interleave run SPEC.json";
/// The heading where an address names a lab that is not here.
pub const NO_SUCH_LAB: &str = "No such lab";
/// On the button that starts runs, while they go on.
pub const RUNNING: &str = "Running";

/// Why no run was started.
pub fn not_started(why: &str) -> String {
    format!("Not started. {why}")
}

/// Stops what plays.
pub const PAUSE: &str = "Pause";
/// To what comes before.
pub const EARLIER: &str = "Earlier";
/// To what comes after.
pub const LATER: &str = "Later";

/// An entry by its number.
pub fn entry(seq: u64) -> String {
    format!("Entry {seq}")
}

/// What is chosen: a situation.
pub const SCENARIO: &str = "Scenario";
/// What is chosen: how an actor goes about it.
pub const STRATEGY: &str = "Strategy";
/// What is chosen: where the statements run.
pub const DATABASE: &str = "Database";
/// What is chosen: who keeps the messages.
pub const BROKER: &str = "Broker";
/// What is chosen: who grants leases.
pub const LOCK_SERVICE: &str = "Lock service";
/// What is chosen: who decides who moves next.
pub const ORDER: &str = "Order";
/// What is chosen: how long a step stays on screen.
pub const PACE: &str = "Pace";
/// What is chosen: where every draw comes from.
pub const SEED: &str = "Seed";

/// Over what a run was asked.
pub const ASKED: &str = "What was asked";
/// Over the story of a run.
pub const STORY: &str = "Story";
/// Over what a strategy promised, in a story.
pub const PROMISED: &str = "What it promised";

/// A figure: writes that found the row changed.
pub const CONFLICTS: &str = "Conflicts";
/// A figure: attempts after the first.
pub const RETRIES: &str = "Retries";
/// A figure: how often somebody waited for a lock.
pub const LOCK_WAITS: &str = "Waits for a lock";
/// A figure: the time of the whole run.
pub const FIRST_TO_LAST: &str = "From first to last";
/// A figure, and a kind of hardship: processes that died.
pub const CRASHES: &str = "Crashes";

/// The word for a ruling.
pub fn ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Holds => "holds",
        Ruling::Broken => "broken",
        Ruling::Undecided => "undecided",
    }
}
