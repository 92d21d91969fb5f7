//! A run as steps to type into shells.

/// The terminal in which the tables are made and read.
pub const OBSERVER: &str = "observer";

/// Which run it was.
pub fn run(program: &str, scenario: &str, strategy: &str, seed: u64, engine: &str) -> String {
    format!("Interleave {program}: {scenario} under {strategy}, seed {seed}, as it ran on {engine}.")
}

/// Which terminals are needed.
pub fn terminals(actors: &str) -> String {
    format!("Terminals: {OBSERVER}, {actors}.")
}

/// How to open PostgreSQL's shells.
pub const OPEN_PSQL: &str =
    "Open a psql for each of them on one empty scratch database, then type the steps in this order.";
/// How to open SQLite's shells.
pub const OPEN_SQLITE: &str = "Open a sqlite3 for each of them on one new file, and let each wait for locks: .timeout 600000, then type the steps in this order.";
/// The first step on SQLite.
pub const LOG_BESIDE: &str =
    "the run's file had its log beside it, so that readers and the writer do not wait for each other.";
/// About steps that wait.
pub const WAITS: &str = "Where a step waits, its prompt comes back when a later step lets it.";
/// About a circle of waits.
pub const CIRCLE: &str =
    "Before the step that closes a circle wait two seconds: it shall be the one that gives way.";
/// About a live run.
pub const LIVE: &str =
    "This run was live: steps that stand one after the other here may have run at the same time.";

/// The head of a step.
pub fn step(number: usize, terminal: &str, words: &str) -> String {
    format!("Step {number} in {terminal}: {words}")
}

/// Of a step whose statement waits.
pub fn waits(words: &str) -> String {
    format!("waits. {words}")
}

/// When its wait is over.
pub fn comes_back(actor: &str, words: &str) -> String {
    format!("{actor}'s prompt comes back: {words}")
}

/// Of an actor that starts again.
pub fn new_shell(words: &str) -> String {
    format!("open a new shell. {words}")
}

/// An invariant, how it is ruled, and what was found.
pub fn judged(invariant: &str, ruling: &str, found: &str) -> String {
    format!("{invariant} {ruling}: {found}.")
}

/// The last step.
pub const CLEAN_UP: &str = "when you are done, everything goes.";

/// Why there are no steps: how the run began is not known.
pub const NO_HEADER: &str = "The journal has no header, so nobody knows how the run began.";
/// Why there are no steps: how the tables were made is not known.
pub const NO_TABLES: &str = "The journal was written by an older program and does not say how its tables were made; \
    start the run again.";
/// Why there are no steps: a connection was cut.
pub const CUT: &str = "A connection was cut in this run, and a statement whose answer was lost may have been carried out or not; \
    nobody can type that.";
/// Why there are no steps: the run read the database's log.
pub const READS_LOG: &str =
    "This run reads the database's log through a slot of its own, which its steps do not make.";
