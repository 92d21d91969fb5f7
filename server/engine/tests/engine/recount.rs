//! Counts what a story counted, again and by other means: each entry by its name in JSON, and what depends on other
//! entries by looking back through the whole journal.

use lab::event::{Entry, Event, RowRef};
use lab::story::Counted;
use serde_json::Value;

/// Whether a request says that it is a later try than the first.
fn is_later_try(entry: &Value) -> bool {
    entry["event"]["request"]["body"]["attempt"].as_u64().is_some_and(|attempt| attempt > 1)
}

/// How often something was there.
pub fn recount(of: Counted, entries: &[Entry]) -> u64 {
    let json: Vec<Value> = entries.iter().map(|entry| serde_json::to_value(entry).expect("JSON")).collect();
    let with = |is: &dyn Fn(&Value, &str) -> bool| {
        json.iter().filter(|entry| is(entry, entry["event"]["type"].as_str().unwrap_or_default())).count()
            as u64
    };
    let table = |entry: &Value| entry["event"]["row"]["table"].as_str().unwrap_or_default().to_owned();
    let stored = |tables: &[&str], effect: &str, state: &str| {
        with(&|entry, kind| {
            let is_state = state.is_empty() || entry["event"]["now"]["state"] == state;
            kind == "stored"
                && entry["event"]["effect"] == effect
                && tables.contains(&table(entry).as_str())
                && is_state
        })
    };
    let services = ["reservations", "payments", "parcels"];
    let refused = |refusals: &[&str]| {
        with(&|entry, kind| {
            kind == "engine-refused"
                && refusals.contains(&entry["event"]["refusal"].as_str().unwrap_or_default())
        })
    };
    match of {
        Counted::Overlaps => overlaps(entries),
        Counted::AtOnce => at_once(entries),
        // Of these the first example is told, and no number.
        Counted::Glances | Counted::KeptInOutbox => 1,
        Counted::PassedOver => passed_over(entries),
        Counted::Overtaken => overtaken(entries),
        Counted::Doubled => doubled(entries),
        Counted::Waits => waits(entries),
        Counted::AskedAgain => with(&|entry, kind| kind == "called" && is_later_try(entry)),
        Counted::Crashes => with(&|_, kind| kind == "crashed"),
        Counted::Standstills => with(&|_, kind| kind == "paused"),
        Counted::Losses => with(&|_, kind| ["ack-lost", "confirm-lost", "no-answer"].contains(&kind)),
        Counted::Declined => stored(&services, "inserted", "declined"),
        Counted::Outages => with(&|_, kind| kind == "outage-began"),
        Counted::Rebalances => with(&|_, kind| kind == "rebalanced"),
        Counted::Conflicts => with(&|_, kind| kind == "conflict"),
        Counted::LeasesRefused => with(&|_, kind| kind == "lease-refused"),
        Counted::Fenced => with(&|entry, kind| {
            kind == "fenced" || kind == "fence-raised" && entry["event"]["found"].is_null()
        }),
        Counted::Guards => with(&|_, kind| kind == "insufficient"),
        Counted::Serialization => refused(&["serialization", "stale-snapshot"]),
        Counted::Busy => refused(&["busy", "timed-out"]),
        Counted::Deadlocks => refused(&["deadlock"]),
        Counted::Constraints => refused(&["constraint"]),
        Counted::KnownToInbox => {
            stored(&["inbox"], "unchanged", "")
                + with(&|entry, kind| {
                    kind == "looked" && table(entry) == "inbox" && !entry["event"]["found"].is_null()
                })
        }
        Counted::KnownToMemory => with(&|entry, kind| kind == "recalled" && entry["event"]["known"] == true),
        Counted::KnownToBroker => with(&|_, kind| kind == "known-already"),
        Counted::KnownToProvider => {
            with(&|entry, kind| kind == "call-answered" && entry["event"]["replayed"] == true)
        }
        Counted::LeftAlone => {
            stored(&["order_view", "progress", "payments"], "unchanged", "")
                - stored(&["payments"], "unchanged", "cancelled")
        }
        Counted::Buffered => stored(&["buffer"], "inserted", ""),
        Counted::GivenBack => with(&|_, kind| kind == "nacked"),
        Counted::DeadLettered => with(&|_, kind| kind == "dead-lettered"),
        Counted::TakenBack => stored(&services, "updated", "cancelled"),
    }
}

/// Operations that began while somebody else's on the same row was open.
fn at_once(entries: &[Entry]) -> u64 {
    let began = |entry: &&Entry| matches!(entry.event, Event::OperationBegan { .. });
    let rows = |entry: &Entry| match &entry.event {
        Event::OperationBegan { row, to, .. } => vec![Some(row.clone()), to.clone()],
        _ => Vec::new(),
    };
    let is_open = |of: &Entry, at: u64| {
        let ended = |entry: &Entry| matches!(entry.event, Event::OperationEnded { .. }) || began(&entry);
        !entries
            .iter()
            .any(|entry| entry.seq > of.seq && entry.seq < at && entry.actor == of.actor && ended(entry))
    };
    let meets = |entry: &&Entry| {
        entries.iter().filter(|other| other.seq < entry.seq && other.actor != entry.actor).filter(began).any(
            |other| {
                is_open(other, entry.seq)
                    && rows(other).into_iter().flatten().any(|row| rows(entry).contains(&Some(row)))
            },
        )
    };
    entries.iter().filter(began).filter(meets).count() as u64
}

/// Steps that waited, a step in a row counted once.
fn waits(entries: &[Entry]) -> u64 {
    let is_wait = |entry: &&Entry| matches!(entry.event, Event::Blocked { .. } | Event::Queued { .. });
    let waits: Vec<&Entry> = entries.iter().filter(is_wait).collect();
    let is_new = |(place, entry): &(usize, &&Entry)| {
        let before = waits[..*place].iter().rev().find(|other| other.actor == entry.actor);
        before.is_none_or(|before| before.step != entry.step)
    };
    waits.iter().enumerate().filter(is_new).count() as u64
}

/// One that was handed out: what, and whether it came from a second topic, which a forwarder filled.
struct Handed<'a> {
    seq: u64,
    message: &'a lab::event::Message,
    number: u64,
    is_second: bool,
}

fn deliveries(entries: &[Entry]) -> impl Iterator<Item = Handed<'_>> {
    let end = match entries.first().map(|entry| &entry.event) {
        Some(Event::Header(header)) => header.spec.knob("partitions") + 1,
        _ => 0,
    };
    entries.iter().filter_map(move |entry| match &entry.event {
        Event::Delivered { message, partition, delivery, .. } => {
            Some(Handed { seq: entry.seq, message, number: *delivery, is_second: *partition > end })
        }
        _ => None,
    })
}

fn is_first(entries: &[Entry], handed: &Handed<'_>) -> bool {
    let is_before = |other: Handed<'_>| {
        other.seq < handed.seq && other.message.id == handed.message.id && other.is_second == handed.is_second
    };
    handed.number == 1 && !deliveries(entries).any(is_before)
}

fn doubled(entries: &[Entry]) -> u64 {
    deliveries(entries).filter(|handed| !is_first(entries, handed)).count() as u64
}

fn overtaken(entries: &[Entry]) -> u64 {
    let first = deliveries(entries).filter(|handed| is_first(entries, handed));
    let is_late = |late: &Handed<'_>| {
        deliveries(entries).any(|newer| {
            newer.seq < late.seq
                && newer.is_second == late.is_second
                && newer.message.key == late.message.key
                && newer.message.version > late.message.version
                && is_first(entries, &newer)
        })
    };
    first.filter(is_late).count() as u64
}

/// Whether an entry is somebody's look at a row.
fn is_look(entry: &Entry, row: &RowRef) -> bool {
    match &entry.event {
        Event::OperationBegan { row: of, to, .. } => of == row || to.as_ref() == Some(row),
        Event::Read { row: of, found, .. } | Event::FenceRaised { row: of, found, .. } => {
            of == row && found.is_some()
        }
        Event::Found { rows, .. } => rows.iter().any(|found| found.row == *row),
        _ => false,
    }
}

/// Whether an actor's looks count no longer after this entry of its own.
fn is_end(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::OperationBegan { .. }
            | Event::OperationEnded { .. }
            | Event::RolledBack
            | Event::Crashed
            | Event::CutOff(_)
    )
}

fn is_attempt(entry: &Entry, row: &RowRef) -> bool {
    match &entry.event {
        Event::Wrote { row: of, .. }
        | Event::Conflict { row: of, .. }
        | Event::Fenced { row: of, .. }
        | Event::Insufficient { row: of, .. } => of == row,
        Event::EngineRefused { .. } => true,
        _ => false,
    }
}

/// Attempts to write a row that somebody else had written since the look.
fn overlaps(entries: &[Entry]) -> u64 {
    let rows: Vec<&RowRef> = entries
        .iter()
        .flat_map(|entry| match &entry.event {
            Event::Setup { rows } => rows.iter().map(|row| &row.row).collect(),
            Event::Wrote { row, .. } => vec![row],
            _ => Vec::new(),
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let met = |place: usize, entry: &Entry| {
        rows.iter().any(|row| is_attempt(entry, row) && has_met(entries, place, row))
    };
    entries.iter().enumerate().filter(|(place, entry)| met(*place, entry)).count() as u64
}

fn has_met(entries: &[Entry], place: usize, row: &RowRef) -> bool {
    let actor = &entries[place].actor;
    let mut written = false;
    for entry in entries[..place].iter().rev() {
        if entry.actor == *actor {
            if is_look(entry, row) && entry.operation == entries[place].operation {
                return written;
            }
            if is_end(entry) || is_attempt(entry, row) || entry.operation != entries[place].operation {
                return written
                    && is_attempt(entry, row)
                    && !matches!(entry.event, Event::Wrote { .. })
                    && has_look(entries, entry.seq, actor.as_deref(), row);
            }
        } else if matches!(&entry.event, Event::Wrote { row: of, .. } if of == row) {
            written = true;
        }
    }
    false
}

/// Whether a look stands behind an attempt that came to nothing.
fn has_look(entries: &[Entry], before: u64, actor: Option<&str>, row: &RowRef) -> bool {
    let own = entries.iter().rev().filter(|entry| entry.seq < before && entry.actor.as_deref() == actor);
    own.take_while(|entry| !is_end(entry) || is_look(entry, row)).any(|entry| is_look(entry, row))
}

/// Locking reads of a unit while somebody else held another unit of the same product.
fn passed_over(entries: &[Entry]) -> u64 {
    let Some(Event::Setup { rows }) =
        entries.iter().map(|entry| &entry.event).find(|event| matches!(event, Event::Setup { .. }))
    else {
        return 0;
    };
    let product = |row: &RowRef| {
        rows.iter()
            .find(|found| found.row == *row && row.table != "accounts")
            .and_then(|found| found.unit_of.clone())
    };
    let locks = |entry: &Entry| match &entry.event {
        Event::Read { row, found: Some(_), locking: true } => Some(row.clone()),
        _ => None,
    };
    let lets_go = |entry: &Entry, row: &RowRef| {
        is_end(entry) || matches!(&entry.event, Event::Wrote { row: of, .. } if of == row)
    };
    let holds = |held: &Entry, row: &RowRef, until: u64| {
        let later = entries.iter().filter(|entry| entry.seq > held.seq && entry.seq < until);
        !later.clone().any(|entry| entry.actor == held.actor && lets_go(entry, row))
    };
    let is_passing = |entry: &&Entry| {
        let Some(row) = locks(entry) else { return false };
        let Some(of) = product(&row) else { return false };
        entries.iter().filter(|held| held.seq < entry.seq && held.actor != entry.actor).any(|held| {
            locks(held).is_some_and(|other| {
                other != row && product(&other).as_ref() == Some(&of) && holds(held, &other, entry.seq)
            })
        })
    };
    entries.iter().filter(is_passing).count() as u64
}
