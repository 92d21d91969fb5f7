//! The controls: labels, and one line of help each.

use lab::retry::Policy;
use lab::spec::Pace;

/// The group of what is played.
pub const HAPPENS: &str = "What happens";
/// The group of where and how it is played.
pub const RUNS: &str = "How it runs";
/// The group of retries.
pub const RETRIES: &str = "After a conflict";
/// The group of hardships.
pub const HARDSHIPS: &str = "Hardships";

/// A strategy that the chosen database cannot carry out.
pub fn not_on(strategy: &str, store: &str) -> String {
    let engine = if store == "sqlite" { "SQLite" } else { "PostgreSQL" };
    format!("{strategy} (not on {engine})")
}

/// A field's label and its line of help.
pub type Field = [&'static str; 2];

/// The retry policy.
pub const POLICY: Field = ["Retry policy", "How long to wait before the next attempt."];
/// How often an attempt is made.
pub const ATTEMPTS: Field = ["Attempts at most", "The first one counts."];
/// The policy's own figure.
pub const BASE: Field = ["Base wait", "What the policy starts from, in run time."];
/// And its unit.
pub const BASE_UNIT: &str = "ms";

/// Stands for a step where a hardship can strike, in its line of help.
const AT: &str = "{at}";

/// A hardship's line of help, with a step of the chosen scenario.
pub fn strikes(help: &str, at: &str) -> String {
    help.replace(AT, at)
}

/// Where somebody dies.
pub const CRASH: Field =
    [super::CRASHES, "One to a line: the actor's process dies before this step, as in {at}."];
/// Where somebody stands still.
pub const STANDSTILL: Field = [
    "Standstills",
    "One to a line: the actor's process stands still before this step for two leases, as in {at}.",
];
/// Where an answer is lost.
pub const LOST_ANSWER: Field = [
    "Lost answers",
    "One to a line: it is carried out and the answer is lost, as in {at}. A commit's answer is lost on PostgreSQL only.",
];
/// Where an answer comes too late.
pub const LATE_ANSWER: Field =
    ["Late answers", "One to a line: the answer comes later than the broker waits, as in {at}."];
/// Where a publisher does not learn that a message was taken.
pub const LOST_CONFIRM: Field = [
    "Lost confirmations",
    "One to a line: the broker takes it and the publisher does not learn so, as in {at}.",
];
/// Where a message is published that cannot be read.
pub const POISON: Field =
    ["Poison", "One to a line: what is published at this step cannot be read, as in {at}."];
/// Where the database is cut off.
pub const CUT_DATABASE: Field = [
    "Database cut off",
    "One to a line: before this step the connections to PostgreSQL are cut for 60 ms, as in {at}. They are real TCP \
     connections. Not on SQLite, which is a file in this process.",
];
/// Where the broker is cut off.
pub const CUT_BROKER: Field = [
    "Broker cut off",
    "One to a line: from this step on the simulated network lets nothing through for 60 ms, as in {at}.",
];
/// Where a node of the lock service is cut off.
pub const CUT_NODE: Field = [
    "Node cut off",
    "One to a line: before this step the node that the actor asks is cut off from the other two for three leases, as \
     in {at}. Only on Raft, whose links are simulated.",
];

/// The database's line of help.
pub const DATABASE_HELP: &str = "Where the statements run.";
/// The broker's.
pub const BROKER_HELP: &str = "Who keeps the messages and hands them out. What the network does to them is simulated before each: the same seed hits the same messages. NATS hands out again by its own clock; decisions and verdict are the same, only how long it takes is not.";
/// The lock service's.
pub const LOCKS_HELP: &str = "Who grants the leases.";

/// An engine that cannot be chosen here.
pub fn not_here(engine: &str) -> String {
    format!("{engine} (not here)")
}

/// The moves of a recorded schedule.
pub const CHOICES: Field = [
    "Recorded choices",
    "One to a line: actor/step#occurrence. By hand, they are played before you are asked.",
];
/// The pace's line of help.
pub const PACE_HELP: &str = "How long a step stays on screen. It decides nothing, except in a live run: there the waits themselves are made longer, and whoever comes first may be another one.";
/// What one seed does, and what not.
pub const SEED_HELP: &str =
    "Decides every draw of the run. In a live run the order still belongs to the moment.";
/// The dice beside the seed.
pub const ROLL_SEED: &str = "Roll a new seed";

/// The slider beside a number.
pub fn slider(label: &str) -> String {
    format!("{label}, slider")
}

/// A number's help, with its range.
pub fn range(help: &str, (min, max): (u64, u64), unit: &str) -> String {
    format!("{help} {min} to {max}{}{unit}.", if unit.is_empty() { "" } else { " " })
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
