//! One sentence for each entry.

mod call;
mod outage;

use std::collections::BTreeMap;

use lab::checks::{ACCOUNTS, ORDERS, TEST};
use lab::event::{
    Asked, CounterRow, DeadLettered, Effect, Entry, Event, Fields, Marked, Outcome, Reason, Rebalanced,
    Record, Redriven, Refusal, RowRef, Stuck, Value,
};

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
        Event::FinalRead { rows, .. } if rows.first().is_some_and(|row| row.row.table == TEST) => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            format!("When everybody is done, {}.", rows.join(", "))
        }
        Event::FinalRead { rows, sales, .. } => {
            let [one, many] =
                if accounts(rows) { ["posting is", "postings are"] } else { ["sale is", "sales are"] };
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            let sales = count(sales.len() as u64, one, many);
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
        event => outage::of(event).unwrap_or_else(|| format!("{who} {}", deed(entry))),
    }
}

fn deed(entry: &Entry) -> String {
    match &entry.event {
        Event::OperationBegan { row, to: None, .. } if row.table == ORDERS => {
            format!("takes up {}.", row.key)
        }
        Event::OperationBegan { row, quantity, to: None } => format!("asks for {quantity} of {row}."),
        Event::OperationBegan { row, quantity, to: Some(to) } => {
            format!("is asked to move {quantity} from {row} to {to}.")
        }
        Event::TransactionBegan { mode } => format!("opens a transaction ({mode})."),
        Event::Read { row, found: Some(found), locking } => {
            let how = if *locking { "reads and locks" } else { "reads" };
            format!("{how} {row}: {}{}, last written by {}.", found.amount, left(row), found.last_op)
        }
        Event::Read { row, found: None, .. } => format!("reads {row}: nothing there."),
        Event::Found { rows, multiple_of } => {
            let what = multiple_of.map_or("all rows".to_owned(), |number| format!("multiples of {number}"));
            let told: Vec<String> =
                rows.iter().map(|row| format!("{} holds {}", row.row, row.counter.amount)).collect();
            let told = if told.is_empty() { "nothing there".to_owned() } else { told.join(", ") };
            format!("looks for {what}: {told}.")
        }
        Event::Thought { for_us } => format!("thinks for {}.", duration(*for_us)),
        Event::Wrote { row, now, overwrote, committed, .. } => {
            let when = if *committed { "" } else { ", not committed yet" };
            if overwrote.is_empty() {
                return format!("inserts {row}: {}{when}.", now.amount);
            }
            format!("writes {row}: {}{}, over the write of {overwrote}{when}.", now.amount, left(row))
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
        Event::OperationEnded { outcome } => answered(outcome, Asked::of(entry.operation.as_deref())),
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
        Event::Nacked { message, reason, again_us } => {
            format!("gives {message} back ({reason}): it comes again after {}.", duration(*again_us))
        }
        Event::DeadLettered(DeadLettered { message, deliveries, reason, .. }) => {
            format!(
                "sees {message} go to the dead letters after {}: {reason}.",
                count(*deliveries, "delivery", "deliveries")
            )
        }
        Event::Stuck(Stuck { message, partition, behind, .. }) => {
            let waiting = count(*behind, "message waits", "messages wait");
            format!(
                "leaves {message} where it is, in partition {partition}: it would come for ever. {waiting} behind it."
            )
        }
        Event::Redriven(Redriven { message, partition, .. }) => {
            format!(
                "redrives {message} from the dead letters. It lies in partition {partition}, behind all others."
            )
        }
        Event::Rebalanced(Rebalanced { partition, from, generation, .. }) => {
            format!(
                "takes partition {partition} over from {from}, who was silent too long: generation {generation}."
            )
        }
        Event::CutOff(cut) => {
            format!("loses its connection to the {} before the answer comes.", cut.port.name())
        }
        Event::Reconnected(to) => format!("has a new connection to the {}.", to.port.name()),
        Event::Tray(moved) => super::hand::on_tray(moved),
        Event::NothingThere => "looks for work: nothing there.".into(),
        Event::Unreachable { port } => format!("does not reach the {port}."),
        Event::Claimed { rows } => {
            let keys: Vec<&str> = rows.iter().map(|row| row.row.key.as_str()).collect();
            format!("finds {} waiting: {}.", count(rows.len() as u64, "row", "rows"), keys.join(", "))
        }
        Event::Marked(Marked { state, rows }) => {
            format!("marks {} as {state}, in one statement.", count(rows.len() as u64, "row", "rows"))
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
        Event::Crashed => crashed(entry),
        Event::Restarted => "starts again, and knows only what is stored.".into(),
        other => other.name().into(),
    }
}

fn crashed(entry: &Entry) -> String {
    let step = entry.step.as_deref().and_then(|step| step.split('#').next()).unwrap_or_default();
    let actor = entry.actor.as_deref().unwrap_or_default();
    let point = failure_point(actor, step).map_or_else(String::new, |point| {
        format!(" Delivery fails at its {} point, {}{}.", point.which, point.name, point.then)
    });
    format!("crashes before the step {step}: what was not committed is gone.{point}")
}

/// One of the four points at which delivery can fail between database and consumer.
pub struct FailurePoint {
    /// Which of the four.
    pub which: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What follows, ready for the end of a sentence.
    pub then: &'static str,
}

/// Who calls services and delivers no message: a coordinator ships a parcel, where a consumer ships what it was told of.
const COORDINATOR: &str = "coordinator";

/// The point at which delivery fails when this actor dies before this step.
pub fn failure_point(actor: &str, step: &str) -> Option<FailurePoint> {
    if actor.starts_with(COORDINATOR) {
        return None;
    }
    let (which, name, then) = match step {
        "publish" => ("first", "the send", ""),
        "mark" | "advance" => ("second", "the send's acknowledgement", ": the message will be sent again"),
        "remember" | "ship" => ("third", "the delivery", ": the message will be handed out again"),
        "ack" => ("fourth", "the consumer's acknowledgement", ": the message will be handed out again"),
        _ => return None,
    };
    Some(FailurePoint { which, name, then })
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
        Event::LeaseRefused { lease, no_majority: Some(node) } => format!(
            "asks node {node} for the lease of {lease}: the node reaches no majority, so nothing is granted."
        ),
        Event::LeaseRefused { lease, .. } => format!("asks for the lease of {lease}: somebody else has it."),
        Event::LeaseReleased { lease, was_held: true, .. } => format!("gives the lease of {lease} back."),
        Event::LeaseReleased { lease, no_majority: Some(node), .. } => format!(
            "gives the lease of {lease} back to node {node}, which reaches no majority: nobody else hears of it."
        ),
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

/// Goods are left; money and plain values are just there.
fn left(row: &RowRef) -> &'static str {
    if row.table == ACCOUNTS || row.table == TEST { "" } else { " left" }
}

/// Whether these are accounts, whose records are not called sales.
fn accounts(rows: &[CounterRow]) -> bool {
    rows.first().is_some_and(|row| row.row.table == ACCOUNTS)
}

fn stored(row: &RowRef, effect: Effect, now: &Fields, committed: bool) -> String {
    let when = if committed { "" } else { ", not committed yet" };
    match effect {
        Effect::Inserted => format!("writes {row}: {}{when}.", told(now)),
        Effect::Updated => format!("overwrites {row}: {}{when}.", told(now)),
        Effect::Removed => format!("takes {row} out{when}."),
        Effect::Unchanged => format!("leaves {row} as it is: what it holds already stands against it."),
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
    let is_said = |(name, value): &(&String, &Value)| {
        let is_unset = matches!(value, Value::Text(text) if text.is_empty())
            || ["until_us", "stamp_us"].contains(&name.as_str()) && **value == Value::Integer(0);
        !name.starts_with("previous_") && !is_unset
    };
    let fields = fields.iter().filter(is_said);
    let fields: Vec<String> = fields
        .map(|(name, value)| match value {
            Value::Text(text) => format!("{name} {text}"),
            value => format!("{name} {value}"),
        })
        .collect();
    fields.join(", ")
}

/// Who asks for an order, for goods, and for money to be moved are not told the same.
fn answered(outcome: &Outcome, asked: Asked) -> String {
    // An order is asked for by somebody else: whoever carries it out answers.
    let is_service = matches!(asked, Asked::Order | Asked::Change);
    match outcome {
        Outcome::Done if is_service => format!("answers \u{201c}{}\u{201d}.", outcome.words(asked)),
        Outcome::Refused(Reason::EngineRefused) if is_service => {
            "answers that the engine refused: nothing is written.".into()
        }
        Outcome::Refused(Reason::NotThere) if is_service => {
            "answers \u{201c}not there\u{201d}: nothing is changed.".into()
        }
        Outcome::Unknown(why) if is_service => format!("answers nobody: {why}"),
        Outcome::Done | Outcome::Refused(Reason::SoldOut | Reason::NotCovered | Reason::Declined) => {
            format!("is told \u{201c}{}\u{201d}.", outcome.words(asked))
        }
        Outcome::Refused(Reason::GaveUp) => "gives up: the attempts ran out.".into(),
        Outcome::Refused(Reason::EngineRefused) => {
            "is turned away: the engine refused, and nobody tries again.".into()
        }
        Outcome::Refused(Reason::NotThere) => "is told \u{201c}not there\u{201d}: nothing is changed.".into(),
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
        Refusal::SlotGone => "there is no replication slot, and nobody keeps what was committed without one",
        Refusal::SlotThere => "the replication slot is there already",
    }
}
