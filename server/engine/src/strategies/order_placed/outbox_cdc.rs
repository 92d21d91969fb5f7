//! Outbox, change data capture: the relay asks no table; it reads the database's own log.
//!
//! Idea: every commit is in the log that the database keeps for its own recovery, in the order of the commits. A slot is
//! a place in that log: what comes after it is kept. The relay reads on from the slot, publishes the new rows of the
//! outbox, and then moves the slot. No row is claimed, marked, or asked for by its number.
//! What it promises: what outbox-polling promises, in the order of the commits, whoever took the lower number.
//! How it still fails: what was committed before the slot was made is not in it, and a slot that is dropped takes along
//! what nobody has read. Whoever dies between publishing and moving the slot publishes again. The log has one order:
//! a row that cannot be read holds up every order. And a slot that nobody reads keeps the log until the disk is full.

use lab::event::{Message, Outcome, Reason, Record, Refusal};

use super::{About, Cell, POSTGRES, SQLITE};
use crate::bench::{Bench, Halt, Isolation, Sent, event_of, is_parked, is_readable};
use crate::strategies::Relay;

/// The relay of this strategy.
pub const RELAY: Option<Relay> = Some(|bench| Box::pin(relay(bench)));

/// So many lines of the log are an order: its transaction begins, inserts, commits.
const LINES_OF_ORDER: u64 = 3;
/// How long the relay waits before it reads on, in microseconds of run time.
const POLL_US: u64 = 10_000;

const PREMISES: &str =
    "the slot is made before the first order and nobody drops it; a relay that starts again after a crash";
const NOT_HERE: &str = "SQLite keeps no log that others can read in the order of its commits. See outbox-polling.";

/// The order is placed before the relay looks for the first time, finds no slot, and makes one.
const MADE_LATE: &[&str] =
    &["slot_late=1", "service-1/begin#1", "service-1/order#1", "service-1/outbox#1", "service-1/commit#1"];
const LATE: &str = "the slot is made after the first order: the log is kept from there on";

/// Somebody tidies up between the commit and the relay's look.
const DROPPED: &[&str] = &[
    "slot_dropped_at_ms=1",
    "service-1/begin#1",
    "service-1/order#1",
    "service-1/outbox#1",
    "service-1/commit#1",
    "administrator/drop#1",
];

/// The broker has the message, and the slot still stands before it.
const SENT_TWICE: &[&str] = &["keeps_inbox=0", "crash relay/advance#1"];

/// What it says of itself.
pub const ABOUT: About = About {
    name: "outbox-cdc",
    title: "Outbox, change data capture",
    idea: "The relay reads the outbox's new rows from the database's log, in the order of the commits.",
    costs: "A slot, for which the database keeps its log: all of it, until the relay has confirmed.",
    fails: "What was committed before the slot was made, or lay behind one that was dropped, is never sent. Delivery is at least once.",
    retries: false,
    never_below_zero: false,
    by_key: true,
    leases: false,
    trial: &["services=2", "orders=2", "changes=2", "row_last=1", "crashes=8", "outage_ms=40", "poison=1"],
    promises: &[
        Cell::holds("no-event-lost", POSTGRES, PREMISES),
        Cell::breaks("no-event-lost", POSTGRES, LATE, MADE_LATE),
        Cell::breaks("no-event-lost", POSTGRES, "the slot is dropped while an order comes after it in the log", DROPPED),
        Cell::holds("no-phantom", POSTGRES, "only what is committed can be read from the log"),
        Cell::holds("outbox-drained", POSTGRES, PREMISES),
        Cell::breaks("outbox-drained", POSTGRES, LATE, MADE_LATE),
        Cell::holds(
            "order-kept-per-key",
            POSTGRES,
            "one relay; the order is that of the commits, whatever number a row has and whenever it was locked; the consumer has an inbox, or minds versions",
        ),
        Cell::holds("no-double-effect", POSTGRES, "the consumer has an inbox"),
        Cell::breaks(
            "no-double-effect",
            POSTGRES,
            "no inbox, and a relay that dies between the broker's acknowledgement and moving the slot",
            SENT_TWICE,
        ),
        Cell::not_on(SQLITE, "no-event-lost", NOT_HERE),
        Cell::not_on(SQLITE, "no-phantom", NOT_HERE),
        Cell::not_on(SQLITE, "outbox-drained", NOT_HERE),
        Cell::not_on(SQLITE, "order-kept-per-key", NOT_HERE),
        Cell::not_on(SQLITE, "no-double-effect", NOT_HERE),
    ],
};

/// Places or changes one order.
pub async fn place(bench: &mut Bench, event: &Message) -> Result<Outcome, Halt> {
    bench.begin(Isolation::Standard).await?;
    if !bench.write_order_with_outbox(event).await? {
        return Ok(Outcome::Refused(Reason::NotThere));
    }
    bench.commit().await?;
    Ok(Outcome::Done)
}

/// Reads on from the slot and sends what it finds, until nobody is left who could add to the log.
async fn relay(bench: &mut Bench) -> Result<(), Halt> {
    let mut is_last_look = false;
    loop {
        let rows = match bench.peek_log(bench.relay_batch() * LINES_OF_ORDER).await {
            Ok(rows) => rows,
            Err(Halt::Refused(Refusal::SlotGone)) => make_slot(bench).await?,
            // Another relay reads at this moment.
            Err(Halt::Refused(Refusal::Busy)) => Vec::new(),
            Err(halt) => return Err(halt),
        };
        let (last, is_stuck) = send(bench, &rows).await?;
        if let Some(last) = &last {
            bench.advance_slot(last).await?;
        }
        if is_last_look && last.is_none() && (rows.is_empty() || is_stuck) {
            return Ok(());
        }
        is_last_look = bench.poll(POLL_US).await?;
    }
}

/// Without a slot the log is kept for nobody; with a new one, from now on.
async fn make_slot(bench: &mut Bench) -> Result<Vec<Record>, Halt> {
    match bench.make_slot().await {
        // Another relay was faster, or transactions stay open: the next look tells.
        Ok(()) | Err(Halt::Refused(Refusal::SlotThere | Refusal::TimedOut)) => Ok(Vec::new()),
        Err(halt) => Err(halt),
    }
}

/// Sends row after row, as far as it comes: the last one that was sent, and whether the next cannot be read. The log says
/// what a row was; whether somebody has mended it since, only the row itself can tell.
async fn send(bench: &mut Bench, rows: &[Record]) -> Result<(Option<Message>, bool), Halt> {
    let mut last = None;
    for row in rows {
        let mut event = event_of(row);
        if !is_readable(&event) {
            match bench.row_now(&event).await? {
                Some(now) if is_parked(&now) => return Ok((last, true)),
                Some(now) => event = event_of(&now),
                None => {}
            }
        }
        match bench.send(&event).await? {
            Sent::Taken => last = Some(event),
            Sent::Parked | Sent::Held => return Ok((last, true)),
            Sent::NotReached => return Ok((last, false)),
        }
    }
    Ok((last, false))
}
