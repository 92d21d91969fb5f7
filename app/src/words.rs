//! The page's own English: this is the one place for it, and a house rule holds that no page has a text of its own.
//! A second language is a second folder with the same names.
//!
//! Each page or part has a file; what several of them say stands here. The words of labs, strategies and checks come
//! from the catalog, from the journal and from the verdict.

pub mod client;
pub mod compare;
pub mod connection;
pub mod controls;
pub mod crash_points;
pub mod document;
pub mod entries;
pub mod frame;
pub mod glance;
pub mod hand;
pub mod home;
pub mod inspector;
pub mod keys;
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

use lab::catalog::PromiseValue;
use lab::fold::MarkKind;
use lab::retry::Policy;
use lab::spec::Pace;
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

/// The product in one sentence.
pub const PRODUCT: &str = "Break data on purpose, on a real database. See exactly how it happened. Then give the cure the same bad luck.";

/// The product in one paragraph.
pub const PRODUCT_MORE: &str = "Interleave starts real concurrent writers on real connections, writes down every step with the SQL that ran, and judges the outcome from that record alone. Every run has a seed and an address, so you can share it, replay it, and try another strategy on it.";

/// What stands beneath the picture of the server's own run.
pub const SAMPLE: &str =
    "A real run, played by this server when it started. Press the button, and watch your own.";

/// What stands beneath the picture of somebody's run.
pub const LATEST: &str = "The latest run of it.";

/// Where a picture will be, once there is a run to draw.
pub const NO_PICTURE: &str = "Press the button: the picture here will be your run.";

/// On the page of a run that has no journal yet.
pub const STAGE_EMPTY: &str =
    "Nothing has run yet. Press Run: each actor gets a lane, each row of the database one below.";

/// Before anything was picked.
pub const INSPECTOR_EMPTY: &str =
    "Pick an entry in the list, or a mark on the stage, to see what it is and which SQL ran.";

/// Over the matrix of crash points.
pub const MATRIX: &str = "Whoever takes steps can die before any of them and start again from what is stored. This runs the workload of the form once for each step, on the real engine, with a crash there, and judges each run from its journal. Press a cell to watch its run.";

/// Over the plot of throughput.
pub const SWEEP: &str = "Runs each strategy above live, with 1, 2, 4, 8 and 16 who ask at the same time, a few requests each, and with enough for all. Real time on this machine at this moment, beside whatever else it does: a comparison, no benchmark. Only requests that were carried out count: who gives up is answered fast. A line that broke an invariant says so.";

/// What the plot counts.
pub const SWEEP_UP: &str = "carried out in a second";

/// Before there is a verdict.
pub const VERDICT_EMPTY: &str =
    "The verdict comes with a run's last entry. It is computed from the journal alone.";

/// While a run goes on.
pub const VERDICT_RUNNING: &str = "The run goes on. The verdict comes with its last entry.";

/// After a run that was cut off.
pub const VERDICT_INTERRUPTED: &str =
    "The run was cut off before its end: it can show what broke, never that something holds.";

/// While a run waits for its turn.
pub const QUEUED: &str = "The run waits for its turn: the server is busy with others.";

/// Under the buttons that cut something off.
pub const OUTAGES: &str = "For this run alone, until you lift it, for at most a minute. The connections to a PostgreSQL are real TCP connections and are really cut; the broker is cut off by a simulated network, a node of the lock service by its simulated links to the other two; SQLite is a file in the server's process, so nothing can come between. The journal says when; the spec does not, so it cannot bring this run back.";

/// Under the stage of a scheduled run.
pub const TIME_VIRTUAL: &str = "Scheduled run: one actor moves at a time, and time is virtual.";

/// Under the stage of a live run.
pub const TIME_REAL: &str = "Live run: real concurrency on real connections, in real time.";

/// What one seed does, and what not.
pub const SEED_HELP: &str =
    "Decides every draw of the run. In a live run the order still belongs to the moment.";

/// At the head of runs side by side.
pub const COMPARE: &str = "The same rows, the same seed, the same hardships: only the strategy differs. Each is a real run of its own, on a database of its own; one clock moves all pictures.";

/// Before anything was compared.
pub const COMPARE_EMPTY: &str =
    "Choose strategies and press Run: each gets a picture here, and the clock above moves them together.";

/// Under the table of outcomes.
pub const COMPARE_PRICE: &str = "In a scheduled run time is virtual: it compares the strategies on one schedule and is no speed of the engine. A strategy that waits or tries again meets the same draws, but takes more steps, so the order of steps is the same only for as long as the steps are.";

/// While the crash points of a design are tried.
pub fn trying(design: &str) -> String {
    format!("Crashing at every point of: {design}")
}

/// What a pace means.
pub fn pace(pace: Pace) -> &'static str {
    match pace {
        Pace::Watch => "Watch: slow enough to follow with the eye",
        Pace::Brisk => "Brisk: a few steps a second",
        Pace::Instant => "Instant: as fast as the engine answers",
    }
}

/// What a kind of schedule means.
pub fn schedule(kind: &str) -> &'static str {
    match kind {
        "live" => "Live: nobody decides, real concurrency",
        "seeded" => "Seeded: one actor moves at a time, chosen by the seed",
        "by-hand" => "By hand: you say who moves next",
        _ => "Recorded: one actor moves at a time, as listed",
    }
}

/// One line about a kind of schedule.
pub fn schedule_help(kind: &str) -> String {
    let help = match kind {
        "by-hand" => {
            let minutes = lab::hand::IDLE_S_MAX / 60;
            return format!(
                "A button for each actor takes its next step. The run ends after {minutes} minutes without a move."
            );
        }
        "seeded" => "Who moves next follows from the seed. The run can be paused and stepped.",
        "recorded" => "Who moves next is listed below.",
        _ => "Who decides who moves next.",
    };
    help.to_owned()
}

/// Over the buttons of a run by hand.
pub const HAND_TITLE: &str = "Who moves next?";

/// Over the buttons of a run that is paused.
pub const PAUSED_TITLE: &str = "Paused before the next move";

/// While the schedule goes on.
pub const GOES_ON_TITLE: &str = "The run goes on by itself";

/// In a run by hand whose first moves were replayed.
pub fn replayed(moves: usize) -> String {
    let moves = units::count(moves as u64, "move was", "moves were");
    format!("A fresh run on a fresh database: its first {moves} replayed.")
}

/// What taking over does.
pub fn take_over(is_live: bool) -> &'static str {
    if is_live {
        "A fresh run on a fresh database: the steps up to here in the order of their answers, as far as they can be \
         repeated from a live run; then you say who moves next"
    } else {
        "A fresh run on a fresh database: the moves up to here are replayed, then you say who moves next"
    }
}

/// When nobody waits.
pub const NOBODY_WAITS: &str = "Nobody waits for anybody at this moment.";

/// Why nobody takes over after more moves than this.
pub const TOO_MANY_MOVES: &str =
    "There are too many moves before this moment to put them into an address; go to an earlier one.";

/// What a retry policy means.
pub fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::None => "None: one attempt only",
        Policy::Immediate => "Immediate: again at once",
        Policy::Fixed => "Fixed: the same wait each time",
        Policy::Exponential => "Exponential: the wait doubles",
        Policy::ExponentialJitter => "Exponential with full jitter: a draw up to the doubled wait",
    }
}

/// Before there is a story.
pub const STORY_EMPTY: &str =
    "When the run is over: what was promised, why it held or broke in this very run, and what to try next.";

/// While the story is on its way.
pub const STORY_COMES: &str = "The story is being told.";

/// The words for a promise.
pub fn promise(value: PromiseValue) -> &'static str {
    match value {
        PromiseValue::Holds => "holds",
        PromiseValue::Breaks => "breaks",
        PromiseValue::Refused => "refused by the engine",
        PromiseValue::NotOnThisEngine => "not on this engine",
    }
}

/// The words for a promise of which knobs are a premise too.
pub fn promise_with_knobs(value: PromiseValue) -> &'static str {
    match value {
        PromiseValue::NotOnThisEngine => "makes no sense here",
        other => promise(other),
    }
}

/// What a mark on the stage means; `None` for those that speak for themselves.
pub fn mark(kind: MarkKind, has_messages: bool) -> Option<&'static str> {
    Some(match kind {
        MarkKind::Read => "read",
        MarkKind::Write => "write",
        MarkKind::BlindWrite if has_messages => "write over a newer version",
        MarkKind::BlindWrite => "write over one it never saw",
        MarkKind::Conflict => "conflict: nothing written",
        MarkKind::Refused => "refused by the engine",
        MarkKind::Insufficient if has_messages => "left as it is",
        MarkKind::Insufficient => "too few: nothing written",
        MarkKind::Retry => "next attempt",
        MarkKind::Commit => "commit",
        MarkKind::Rollback => "rollback",
        MarkKind::Done => "answered: done",
        MarkKind::NotDone => "answered: not done",
        MarkKind::Unknown => "answer lost",
        MarkKind::Publish => "publish",
        MarkKind::Deliver => "handed to a consumer",
        MarkKind::Call => "call to the provider",
        MarkKind::Answer => "the provider's answer",
        MarkKind::Ack => "acknowledged",
        MarkKind::Nack => "given back",
        MarkKind::PutAside => "not handed out any more",
        MarkKind::Lost if has_messages => "lost on the way",
        MarkKind::Lost => "no majority: nothing granted",
        MarkKind::Crash => "crash",
        MarkKind::Stall => "stood still",
        MarkKind::Begin | MarkKind::Wait | MarkKind::Note => return None,
    })
}

/// What the lower lanes show.
pub fn lanes(has_messages: bool) -> &'static str {
    if has_messages {
        "lower lanes: messages that a partition still keeps, rows in a table (in the outbox and the buffer: rows that wait), dead letters, a row's version"
    } else {
        "lower lanes: what a row holds"
    }
}

/// The banner of a lost connection.
pub fn connection_lost(last_seq: u64) -> String {
    format!("Connection lost. Trying again from entry {}. Nothing is missed.", last_seq + 1)
}

/// The keys, for the dialog.
pub const KEYS: [(&str, &str); 10] = [
    ("Enter or r", "Start a run (workbench)"),
    ("1 to 9", "Choose who moves next, in a run by hand"),
    ("Space", "Play or pause"),
    ("Left, Right", "One entry back, one entry on"),
    ("Home, End", "To the first, to the last entry"),
    ("v", "To the next conflict or violation"),
    ("p", "Presentation: large type, stage and verdict only"),
    ("n, b", "To the next, to the previous stop of a talk, where one is given"),
    ("Escape", "Leave the presentation, drop the selection"),
    ("?", "This list"),
];
