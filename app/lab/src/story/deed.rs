//! Words for single entries, as parts of a sentence. Each ends with its entry in brackets.

use crate::event::{Counter, DeadLettered, Effect, Entry, Event, Fields, Refusal, RowRef, Stuck, Value};

/// From this status on a service has refused.
const REFUSED_FROM: u16 = 400;

/// Who did it.
pub(super) fn who(entry: &Entry) -> &str {
    entry.actor.as_deref().unwrap_or("the run")
}

/// The step's label, without its number.
pub(super) fn step(entry: &Entry) -> &str {
    entry.step.as_deref().and_then(|step| step.split('#').next()).unwrap_or("next step")
}

/// What an entry read of one row.
pub(super) fn read(entry: &Entry) -> Option<(&RowRef, &Counter)> {
    match &entry.event {
        Event::Read { row, found: Some(found), .. } | Event::FenceRaised { row, found: Some(found), .. } => {
            Some((row, found))
        }
        _ => None,
    }
}

/// What an entry wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrote<'a> {
    pub row: &'a RowRef,
    pub amount: i64,
    pub overwrote: &'a str,
}

/// What an entry wrote.
pub(super) fn wrote(entry: &Entry) -> Option<Wrote<'_>> {
    match &entry.event {
        Event::Wrote { row, now, overwrote, .. } => Some(Wrote { row, amount: now.amount, overwrote }),
        _ => None,
    }
}

/// A record that an entry stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    pub row: &'a RowRef,
    pub effect: Effect,
    pub now: &'a Fields,
}

/// A record that an entry stored.
pub(super) fn stored(entry: &Entry) -> Option<Stored<'_>> {
    match &entry.event {
        Event::Stored { row, effect, now, .. } => Some(Stored { row, effect: *effect, now }),
        _ => None,
    }
}

/// A text or a number of a record, as it is written.
pub(super) fn field(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Null => None,
    }
}

/// Why the engine refused, to follow "because" or a colon: no more than its answer says.
pub(super) fn refused_because(entry: &Entry) -> &'static str {
    let Event::EngineRefused { refusal, .. } = &entry.event else { return "it said so" };
    match refusal {
        Refusal::Busy => "somebody else held the lock",
        Refusal::StaleSnapshot => "somebody had committed since its first read, of whatever row",
        Refusal::Deadlock => "it waited in a circle",
        Refusal::Constraint => "a rule of the table forbade it",
        Refusal::TimedOut => "it had waited too long",
        _ => "the row had changed since, or the engine could not vouch for a serial order",
    }
}

/// The message or operation that an entry belongs to.
pub(super) fn operation(entry: &Entry) -> &str {
    entry.operation.as_deref().unwrap_or_default()
}

/// Something that went wrong, as the end of a sentence whose subject is named in it.
pub(super) fn mishap(entry: &Entry) -> Option<String> {
    let (actor, seq) = (who(entry), entry.seq);
    Some(match &entry.event {
        Event::Crashed => format!("{actor} crashed before the step {} [{seq}]", step(entry)),
        Event::AckLost { message } => format!("the acknowledgement of {message} was lost on its way [{seq}]"),
        Event::ConfirmLost { message } => {
            format!("{actor} never learned that the broker had {message} [{seq}]")
        }
        Event::NoAnswer { .. } => format!("{actor} got no answer to its call [{seq}]"),
        Event::CutOff(cut) => {
            format!(
                "the connection of {actor} to the {} broke off at its {} [{seq}]",
                cut.port.name(),
                step(entry)
            )
        }
        Event::Unreachable { port } => format!("{actor} could not reach the {port} [{seq}]"),
        Event::EngineRefused { refusal: Refusal::SlotGone, .. } => {
            format!(
                "{actor} found nobody reading the database's log: what was committed before was kept for nobody [{seq}]"
            )
        }
        Event::CallAnswered { status, .. } if *status >= REFUSED_FROM => {
            format!("the call of {actor} was refused with {status} [{seq}]")
        }
        Event::DeadLettered(DeadLettered { message, deliveries, .. }) => {
            format!("{message} went to the dead letters after delivery {deliveries} [{seq}]")
        }
        Event::Stuck(Stuck { message, partition, .. }) => {
            format!("{message} blocked partition {partition} and all behind it [{seq}]")
        }
        Event::Redriven(redriven) => {
            format!("{} was sent again from the dead letters, behind all others [{seq}]", redriven.message)
        }
        _ => return None,
    })
}

/// Parts as a list: `a, b and c`.
pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
