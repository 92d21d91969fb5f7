//! The stage: what stands around the picture, and the few words in it.

use lab::fold::MarkKind;

/// Over it.
pub const TITLE: &str = "Stage";
/// Before any run.
pub const EMPTY: &str =
    "Nothing has run yet. Press Run: each actor gets a lane, each row of the database one below.";
/// The picture's frame.
pub const LANES: &str = "Lanes of the run";
/// The log that is read out.
pub const LOG: &str = "The run, entry by entry";
/// Under the stage of a scheduled run.
pub const TIME_VIRTUAL: &str = "Scheduled run: one actor moves at a time, and time is virtual.";
/// Under the stage of a live run.
pub const TIME_REAL: &str = "Live run: real concurrency on real connections, in real time.";
/// In place of a drawing for readers without scripts.
pub const TOO_LONG: &str = "This run is too long for a still picture; the list below has its entries.";
/// The legend.
pub const LEGEND: &str = "What the marks mean";

/// What is drawn.
pub const PICTURE: &str = "Picture";
/// The two pictures.
pub const PICTURES: [&str; 2] = ["Lanes", "Map"];

/// What the axis counts.
pub const AXIS: &str = "Axis";
/// The two axes.
pub const AXES: [&str; 2] = ["By entry", "By time"];

/// Less of the run in more room.
pub const ZOOM_IN: &str = "Zoom in";
/// More of it.
pub const ZOOM_OUT: &str = "Zoom out";
/// All of it.
pub const FIT: &str = "Fit";

/// The caption for an entry.
pub fn entry(seq: u64, sentence: &str) -> String {
    format!("Entry {seq}: {sentence}")
}

/// The caption for a piece of evidence.
pub fn evidence(number: usize, seq: u64, sentence: &str) -> String {
    format!("{number}. Entry {seq}: {sentence}")
}

/// What a mark means; `None` for those that speak for themselves.
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
        MarkKind::Call => "call",
        MarkKind::Answer => "answer to a call",
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

/// Beside a lease's bar.
pub fn lease(number: u64) -> String {
    format!("lease {number}")
}

/// `waits for the row lock of stock sku-1, held by buyer-1` is too long for a bar: who is waited for matters most.
pub fn short_wait(label: &str) -> String {
    let whom = label.split_once("held by ").or_else(|| label.split_once("behind "));
    match whom.and_then(|(_, rest)| rest.split(" for ").next()) {
        Some(whom) if !whom.is_empty() => format!("waits for {whom}"),
        _ => "waits".to_owned(),
    }
}

/// The same for a pause before the next attempt.
pub fn short_pause(label: &str) -> &str {
    if label.starts_with("waits") { "backs off" } else { label }
}

/// The map: over those who ask.
pub const ASKS: &str = "asks";
/// The map: over those who carry out what is asked for.
pub const SERVES: &str = "serves";
/// The map: over what is stored.
pub const DATABASE: &str = "database";
/// The map: over those who send.
pub const SENDS: &str = "sends";
/// The map: over where messages lie.
pub const BROKER: &str = "broker";
/// The map: over those who get them.
pub const HANDLES: &str = "handles";
/// The map: of an actor that has nothing to do.
pub const IDLE: &str = "idle";

/// The map: of an actor that is about something in a transaction.
pub fn in_transaction(about: &str) -> String {
    format!("{about}, in a transaction")
}

/// The map: what a row holds, by whom.
pub fn row(amount: i64, version: i64, by: &str) -> String {
    format!("{amount}, version {version}, by {by}")
}

/// The map: how often a row was written.
pub fn version(version: i64) -> String {
    format!("version {version}")
}

/// The map: how much is in a table.
pub fn in_it(amount: i64) -> String {
    format!("{amount} in it")
}

/// The map: the messages of a partition.
pub fn partition(waiting: usize, handed_out: usize) -> String {
    format!("{waiting} wait, {handed_out} out")
}

/// The map: the rows of the outbox.
pub fn outbox(depth: usize, all: usize) -> String {
    format!("{depth} of {all} unsent")
}
