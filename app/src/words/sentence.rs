//! One sentence for each entry.

use lab::event::{Entry, Event, Outcome, Reason, Refusal};

use super::units::{count, duration};

/// What an entry says, in one sentence without its actor's name at the front of the run's own entries.
pub fn of(entry: &Entry) -> String {
    let who = entry.actor.as_deref().unwrap_or("the run");
    match &entry.event {
        Event::Header(header) => {
            let engines: Vec<&str> = header.engines.values().map(String::as_str).collect();
            format!(
                "The run begins: {}, on {}.",
                count(header.actors.len() as u64, "actor", "actors"),
                engines.join(", ")
            )
        }
        Event::Setup { rows } => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            format!("Before anybody moves, {}.", rows.join(", "))
        }
        Event::FinalRead { rows, sales, .. } => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            let sales = count(sales.len() as u64, "sale is", "sales are");
            format!("When everybody is done, {}, and {sales} on record.", rows.join(", "))
        }
        Event::Verdict(verdict) if verdict.holds() => "The verdict: every invariant holds.".into(),
        Event::Verdict(verdict) if verdict.is_broken() => "The verdict: not every invariant holds.".into(),
        Event::Verdict(_) => "The verdict: the journal does not say enough.".into(),
        Event::Interrupted { reason } => format!("The run was cut off: {reason}"),
        Event::Deadlocked { actors } => {
            format!("{} wait for each other: nothing can move.", actors.join(" and "))
        }
        _ => format!("{who} {}", deed(entry)),
    }
}

fn deed(entry: &Entry) -> String {
    match &entry.event {
        Event::OperationBegan { row, quantity } => format!("asks for {quantity} of {row}."),
        Event::TransactionBegan { mode } => format!("opens a transaction ({mode})."),
        Event::Read { row, found: Some(found), locking } => {
            let how = if *locking { "reads and locks" } else { "reads" };
            format!("{how} {row}: {} left, last written by {}.", found.amount, found.last_op)
        }
        Event::Read { row, found: None, .. } => format!("reads {row}: nothing there."),
        Event::Thought { for_us } => format!("thinks for {}.", duration(*for_us)),
        Event::Wrote { row, now, overwrote, committed, .. } => {
            let when = if *committed { "" } else { ", not committed yet" };
            format!("writes {row}: {} left, over the write of {overwrote}{when}.", now.amount)
        }
        Event::Conflict { row, expected, found, found_op } => {
            format!(
                "finds {row} changed: wanted version {expected}, found {found} by {found_op}. Nothing is written."
            )
        }
        Event::Insufficient { row, wanted } => {
            format!("finds fewer than {wanted} of {row}. Nothing is written.")
        }
        Event::EngineRefused { refusal, code } => {
            format!("is refused by the engine: {} ({code}).", refused(*refusal))
        }
        Event::Blocked { lock, by } if by.is_empty() => format!("waits for {lock}."),
        Event::Blocked { lock, by } => format!("waits for {lock}, held by {}.", by.join(", ")),
        Event::Queued { lock, behind } => {
            format!("waits for {lock}, queued by the schedule behind {behind}.")
        }
        Event::RetryPlanned { next_attempt, wait_us } => {
            format!("plans attempt {next_attempt} after {}.", duration(*wait_us))
        }
        Event::Locked { lock } => format!("takes {lock}."),
        Event::Committed => "commits.".into(),
        Event::RolledBack => "rolls back.".into(),
        Event::OperationEnded { outcome } => answered(outcome),
        Event::Departed { choice, reason } => format!("departs from the recorded choice {choice}: {reason}"),
        Event::Note { text } => format!("notes: {text}"),
        other => other.name().into(),
    }
}

fn answered(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "is told \u{201c}sold\u{201d}.".into(),
        Outcome::Refused(Reason::SoldOut) => "is told \u{201c}sold out\u{201d}.".into(),
        Outcome::Refused(Reason::GaveUp) => "gives up: the attempts ran out.".into(),
        Outcome::Refused(Reason::EngineRefused) => {
            "is turned away: the engine refused, and nobody tries again.".into()
        }
        Outcome::Unknown(why) => format!("gets no answer: {why}"),
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Busy => "somebody else holds the lock",
        Refusal::StaleSnapshot => "its snapshot is older than the latest commit, of whatever row",
        Refusal::Serialization => "the row changed since the snapshot, or no serial order can be vouched for",
        Refusal::Deadlock => "it waited in a circle and was chosen to give way",
        Refusal::Constraint => "a rule of the table forbids the new value",
        Refusal::Duplicate => "the row is there already",
        Refusal::TimedOut => "the statement was cancelled at the server",
    }
}
