//! One sentence for each entry.

mod call;

use std::collections::BTreeMap;

use lab::event::{Effect, Entry, Event, Fields, Outcome, Reason, Record, Refusal, RowRef, Value};

use super::units::{count, duration};

/// A final read tells so many records one by one; of more it tells how many each table has.
const RECORDS_TOLD: usize = 4;

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
        Event::Setup { rows } if rows.is_empty() => "Before anybody moves, all tables are empty.".into(),
        Event::Setup { rows } => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            format!("Before anybody moves, {}.", rows.join(", "))
        }
        Event::FinalRead { rows, records, .. } if rows.is_empty() => {
            let rows = if records.is_empty() { "all tables are empty".to_owned() } else { tables(records) };
            format!("When everybody is done, {rows}.")
        }
        Event::FinalRead { rows, sales, .. } => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            let sales = count(sales.len() as u64, "sale is", "sales are");
            format!("When everybody is done, {}, and {sales} on record.", rows.join(", "))
        }
        Event::ServiceRead { records, .. } => {
            let charges = if records.is_empty() { "no charges".to_owned() } else { tables(records) };
            format!("When everybody is done, the provider's ledger says: {charges}.")
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
        Event::LeaseGranted { .. }
        | Event::LeaseRefused { .. }
        | Event::LeaseReleased { .. }
        | Event::FenceRaised { .. }
        | Event::Fenced { .. }
        | Event::Paused { .. } => leased(entry),
        Event::Committed => "commits.".into(),
        Event::RolledBack => "rolls back.".into(),
        // Who asks for an order and who asks for goods are not told the same.
        Event::OperationEnded { outcome: Outcome::Done } if is_order(entry) => {
            "is told \u{201c}placed\u{201d}.".into()
        }
        Event::OperationEnded { outcome } => answered(outcome),
        Event::Departed { choice, reason } => format!("departs from the recorded choice {choice}: {reason}"),
        Event::Note { text } => format!("notes: {text}"),
        _ => mailed(entry),
    }
}

/// Deeds that concern messages and records.
fn mailed(entry: &Entry) -> String {
    match &entry.event {
        Event::Published { message, partition, .. } => {
            format!("publishes {}: {}. It lies in partition {partition}.", message.id, told(&message.body))
        }
        Event::Delivered { message, delivery: 1, .. } => format!("is handed {}.", message.id),
        Event::Delivered { message, delivery, .. } => {
            format!("is handed {} again: delivery {delivery}.", message.id)
        }
        Event::Acked { message } => format!("acknowledges {message}."),
        Event::AckLost { message } => {
            format!("acknowledges {message}, but the acknowledgement is lost: it will be handed out again.")
        }
        Event::NothingThere => "looks for work: nothing there.".into(),
        Event::Unreachable { port } => format!("does not reach the {port}."),
        Event::Claimed { rows } => {
            let keys: Vec<&str> = rows.iter().map(|row| row.row.key.as_str()).collect();
            format!("finds {} waiting: {}.", count(rows.len() as u64, "row", "rows"), keys.join(", "))
        }
        Event::Looked { row, found: Some(found) } => format!("looks for {row}: {}.", told(found)),
        Event::Looked { row, found: None } => format!("looks for {row}: not there."),
        Event::Called { .. }
        | Event::CallAnswered { .. }
        | Event::NoAnswer { .. }
        | Event::ConfirmLost { .. }
        | Event::KnownAlready { .. }
        | Event::Recalled { .. }
        | Event::Memorised { .. }
        | Event::Pruned { .. } => call::of(entry),
        Event::Stored { row, effect, now, committed } => stored(row, *effect, now, *committed),
        Event::Crashed => {
            let step = entry.step.as_deref().and_then(|step| step.split('#').next()).unwrap_or_default();
            format!("crashes before its {step}: what was not committed is gone.")
        }
        Event::Restarted => "starts again, and knows only what is stored.".into(),
        other => other.name().into(),
    }
}

/// Deeds that concern leases and fences.
fn leased(entry: &Entry) -> String {
    match &entry.event {
        Event::LeaseGranted { lease, token, until_us } => {
            let left = until_us.map(|until_us| duration(until_us.saturating_sub(entry.at_us)));
            let left =
                left.map_or_else(|| "while its session lives".to_owned(), |left| format!("for {left}"));
            format!("is granted the lease of {lease} {left}, with token {token}.")
        }
        Event::LeaseRefused { lease } => format!("asks for the lease of {lease}: somebody else has it."),
        Event::LeaseReleased { lease, was_held: true, .. } => format!("gives the lease of {lease} back."),
        Event::LeaseReleased { lease, token, .. } => {
            format!(
                "gives the lease of {lease} back, but it had run out: token {token} is no longer the latest."
            )
        }
        Event::FenceRaised { row, token, found: Some(found) } => format!(
            "raises the fence of {row} to {token} and reads it: {} left, last written by {}.",
            found.amount, found.last_op
        ),
        Event::FenceRaised { row, token, found: None } => {
            format!("finds the fence of {row} above its token {token}, and reads nothing.")
        }
        Event::Fenced { row, token } => {
            format!("is turned away by the fence of {row}: token {token} is too old. Nothing is written.")
        }
        Event::Paused { for_us } => format!("stands still for {}, and does not know it.", duration(*for_us)),
        other => other.name().into(),
    }
}

fn is_order(entry: &Entry) -> bool {
    entry.operation.as_deref().is_some_and(|operation| operation.starts_with("order-"))
}

fn stored(row: &RowRef, effect: Effect, now: &Fields, committed: bool) -> String {
    let when = if committed { "" } else { ", not committed yet" };
    match effect {
        Effect::Inserted => format!("writes {row}: {}{when}.", told(now)),
        Effect::Updated => format!("overwrites {row}: {}{when}.", told(now)),
        Effect::Unchanged => format!("leaves {row} as it is."),
    }
}

/// What the tables hold: row by row where there are few, else by their number.
fn tables(records: &[Record]) -> String {
    if records.len() <= RECORDS_TOLD {
        let rows: Vec<String> =
            records.iter().map(|record| format!("{}: {}", record.row, told(&record.fields))).collect();
        return rows.join("; ");
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for record in records {
        *counts.entry(record.row.table.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(table, rows)| format!("{table} has {}", count(rows, "row", "rows")))
        .collect();
    counts.join(", ")
}

/// Values with their names. What a row held before is in its entry, not in its sentence.
fn told(fields: &Fields) -> String {
    let fields = fields.iter().filter(|(name, _)| !name.starts_with("previous_"));
    let fields: Vec<String> = fields
        .map(|(name, value)| match value {
            Value::Text(text) => format!("{name} {text}"),
            value => format!("{name} {value}"),
        })
        .collect();
    fields.join(", ")
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
