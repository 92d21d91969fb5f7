//! What a journal says about messages and records, gathered in one pass: what was published, handed out, and stored
//! for good.

use hashbrown::{HashMap, HashSet};

use super::{EVENT, ORDERS, OUTBOX, PARKED, PREVIOUS_EVENT, REVISION, SENT};
use crate::event::{
    CutOff, DeadLettered, Effect, Entry, Event, Fields, Message, Record, Redriven, Refusal, Request, RowRef,
    Stuck, Value,
};

/// From this status on a service has refused.
const REFUSED_FROM: u16 = 400;

/// The messages of a run, and what became of them.
#[derive(Debug, Default)]
pub struct Mail {
    /// Messages by their first publication, in that order.
    pub published: Vec<Published>,
    /// What the broker handed out, in order.
    pub deliveries: Vec<Delivery>,
    /// Writes to records that were committed, in the order of their commits.
    pub stored: Vec<Stored>,
    /// The records of the final read, each with the entry that says so.
    pub records: Vec<(u64, Record)>,
    /// Requests that were sent to a service, in order.
    pub calls: Vec<Call>,
    /// What went wrong on the way, in order.
    pub troubles: Vec<Trouble>,
    /// When somebody wanted to read the log and there was no slot.
    pub slots_gone: Vec<Trouble>,
    /// Whether the run keeps a view of what was published: then the header asks whether it is right.
    pub keeps_view: bool,
    places: HashMap<String, usize>,
    open: HashMap<String, Vec<Stored>>,
    /// The places in `stored` of what was written for each message or operation.
    for_operation: HashMap<String, Vec<usize>>,
}

/// A message that the broker took.
#[derive(Debug, Clone)]
pub struct Published {
    /// The entry of the first time.
    pub seq: u64,
    /// Who published it.
    pub actor: String,
    /// What.
    pub message: Message,
    /// How often.
    pub times: u64,
}

/// A message that was handed out.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The entry.
    pub seq: u64,
    /// To whom.
    pub actor: String,
    /// The message's id.
    pub message: String,
    /// The how-many-th time, from 1.
    pub number: u64,
}

/// A committed write to a record.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The entry of the write.
    pub seq: u64,
    /// Who wrote.
    pub actor: String,
    /// For which message or operation.
    pub operation: String,
    /// Which row.
    pub row: RowRef,
    /// What became of it.
    pub effect: Effect,
    /// What it holds.
    pub now: Fields,
}

/// Something that happened to an order, by what the orders' table says.
#[derive(Debug, Clone, Copy)]
pub struct Happened<'a> {
    /// The event's id.
    pub id: &'a str,
    /// The order's key.
    pub key: &'a str,
    /// The committed write, if the journal has it: a commit whose answer was lost shows in the final read alone.
    pub stored: Option<&'a Stored>,
}

/// A request that was sent.
#[derive(Debug, Clone)]
pub struct Call {
    /// The entry.
    pub seq: u64,
    /// Who asked.
    pub actor: String,
    /// For which message.
    pub operation: String,
    /// What.
    pub request: Request,
}

/// A crash, an outage, a lost acknowledgement, a dead letter.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// The entry.
    pub seq: u64,
    /// During which operation.
    pub operation: String,
    /// In words, from the entry alone.
    pub words: String,
    /// Whether it is only that somebody who asked was not answered: what comes of other trouble, not its cause.
    pub is_of_asker: bool,
}

impl Stored {
    /// A text that the row holds; empty if there is none in this column.
    pub fn text(&self, column: &str) -> &str {
        match self.now.get(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A whole number that the row holds; 0 if there is none in this column.
    pub fn number(&self, column: &str) -> i64 {
        match self.now.get(column) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        }
    }
}

impl Mail {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        let actor = || entry.actor.clone().unwrap_or_default();
        match &entry.event {
            Event::Header(header) => {
                let is_asked = |invariant: &String| invariant == super::final_view_correct::CHECK.name;
                self.keeps_view = header.invariants.iter().any(is_asked);
            }
            Event::Published { message, .. } => self.published(entry.seq, actor(), message),
            Event::Delivered { message, delivery, .. } => self.deliveries.push(Delivery {
                seq: entry.seq,
                actor: actor(),
                message: message.id.clone(),
                number: *delivery,
            }),
            Event::Stored { .. } => self.stored(entry, actor()),
            Event::Committed => {
                let open = self.open.remove(entry.actor.as_deref().unwrap_or_default());
                open.into_iter().flatten().for_each(|stored| self.keep(stored));
            }
            Event::RolledBack | Event::EngineRefused { .. } => self.ended_in_vain(entry, actor()),
            Event::Crashed => self.crashed(entry),
            Event::CutOff(cut) => self.cut_off(entry, cut),
            Event::Unreachable { port } => {
                self.trouble(entry, format!("{} does not reach the {port}.", actor()));
            }
            Event::AckLost { message } => {
                self.trouble(entry, format!("{} acknowledges {message}, and the answer is lost.", actor()));
            }
            Event::ConfirmLost { message } => {
                self.trouble(entry, format!("{} does not learn that the broker has {message}.", actor()));
            }
            Event::Called { request, .. } => self.calls.push(Call {
                seq: entry.seq,
                actor: actor(),
                operation: entry.operation.clone().unwrap_or_default(),
                request: request.clone(),
            }),
            Event::CallAnswered { status, .. } if *status >= REFUSED_FROM => {
                self.trouble(entry, format!("{}'s call is refused with {status}.", actor()));
            }
            Event::NoAnswer { reason } => {
                self.trouble(entry, format!("{} gets no answer to its call: {reason}.", actor()));
            }
            Event::DeadLettered(DeadLettered { message, deliveries, reason, .. }) => {
                let words =
                    format!("{message} goes to the dead letters after delivery {deliveries}: {reason}.");
                self.put_aside(entry, message, words);
            }
            Event::Stuck(Stuck { message, partition, behind, .. }) => {
                let words =
                    format!("{message} is stuck in partition {partition}, and {behind} wait behind it.");
                self.put_aside(entry, message, words);
            }
            Event::Redriven(Redriven { message, .. }) => {
                self.put_aside(entry, message, format!("{message} is redriven from the dead letters."));
            }
            Event::FinalRead { records, .. } | Event::ServiceRead { records, .. } => {
                self.records.extend(records.iter().map(|record| (entry.seq, record.clone())));
            }
            _ => {}
        }
    }

    /// The records of one table.
    pub fn table<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Record> {
        self.records.iter().map(|(_, record)| record).filter(move |record| record.row.table == table)
    }

    /// All that happened to orders, each once: committed writes first, then what only the final read knows. The table
    /// keeps, by the engine's own hand, which event each write replaced.
    pub fn happened(&self) -> Vec<Happened<'_>> {
        let committed = self.stored.iter().filter(|stored| {
            stored.row.table == ORDERS && stored.effect != Effect::Unchanged && !stored.text(EVENT).is_empty()
        });
        let written = committed.flat_map(|stored| {
            let replaced = Happened { id: stored.text(PREVIOUS_EVENT), key: &stored.row.key, stored: None };
            [replaced, Happened { id: stored.text(EVENT), key: &stored.row.key, stored: Some(stored) }]
        });
        let read = self.table(ORDERS).flat_map(|order| {
            let of = |column| Happened { id: order.text(column), key: &order.row.key, stored: None };
            [of(PREVIOUS_EVENT), of(EVENT)]
        });
        let mut seen = HashSet::new();
        written.chain(read).filter(|happened| !happened.id.is_empty() && seen.insert(happened.id)).collect()
    }

    /// The place of each event among the events of its key, as the orders' table numbered them.
    pub fn revisions(&self) -> HashMap<&str, i64> {
        let orders = self.stored.iter().filter(|stored| stored.row.table == ORDERS);
        orders.map(|stored| (stored.text(EVENT), stored.number(REVISION))).collect()
    }

    /// The events that stand in the outbox in the end and wait for somebody to mend a row of their key: late, not lost.
    pub fn held(&self) -> HashSet<&str> {
        let parked: HashSet<&str> =
            self.table(OUTBOX).filter(|row| row.text("state") == PARKED).map(|row| row.text("key")).collect();
        let is_held = |row: &&Record| row.text("state") != SENT && parked.contains(row.text("key"));
        self.table(OUTBOX).filter(is_held).map(|row| row.row.key.as_str()).collect()
    }

    /// The first publication of a message.
    pub fn publication(&self, id: &str) -> Option<&Published> {
        self.places.get(id).and_then(|&place| self.published.get(place))
    }

    /// Committed writes for this message or operation to this table that changed something.
    pub fn applied<'a>(&'a self, operation: &'a str, table: &'a str) -> impl Iterator<Item = &'a Stored> {
        let places = self.for_operation.get(operation).map_or(&[][..], Vec::as_slice);
        let written = places.iter().filter_map(|&place| self.stored.get(place));
        written.filter(move |stored| stored.row.table == table && stored.effect != Effect::Unchanged)
    }

    /// The latest delivery of a message to the writer of an entry, before that entry.
    pub fn delivery_before(&self, stored: &Stored) -> Option<&Delivery> {
        let to_the_writer = |delivery: &&Delivery| {
            delivery.seq < stored.seq
                && delivery.actor == stored.actor
                && delivery.message == stored.operation
        };
        self.deliveries.iter().rev().find(to_the_writer)
    }

    /// What went wrong during an operation.
    pub fn troubles_of<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a Trouble> {
        self.troubles.iter().filter(move |trouble| trouble.operation == operation)
    }

    fn published(&mut self, seq: u64, actor: String, message: &Message) {
        if let Some(&place) = self.places.get(&message.id) {
            self.published[place].times += 1;
            return;
        }
        self.places.insert(message.id.clone(), self.published.len());
        self.published.push(Published { seq, actor, message: message.clone(), times: 1 });
    }

    fn stored(&mut self, entry: &Entry, actor: String) {
        let Event::Stored { row, effect, now, committed } = &entry.event else { return };
        let stored = Stored {
            seq: entry.seq,
            actor: actor.clone(),
            operation: entry.operation.clone().unwrap_or_default(),
            row: row.clone(),
            effect: *effect,
            now: now.clone(),
        };
        if *committed {
            self.keep(stored);
        } else {
            self.open.entry(actor).or_default().push(stored);
        }
    }

    fn keep(&mut self, stored: Stored) {
        self.for_operation.entry(stored.operation.clone()).or_default().push(self.stored.len());
        self.stored.push(stored);
    }

    /// A transaction, or a statement of its own, came to nothing.
    fn ended_in_vain(&mut self, entry: &Entry, actor: String) {
        self.open.remove(&actor);
        if matches!(entry.event, Event::EngineRefused { refusal: Refusal::SlotGone, .. }) {
            let words = format!("{actor} finds no slot: what was committed before was kept for nobody.");
            let (seq, operation, is_of_asker) = (entry.seq, String::new(), false);
            self.slots_gone.push(Trouble { seq, operation, words: words.clone(), is_of_asker });
            self.trouble(entry, words);
        }
    }

    fn crashed(&mut self, entry: &Entry) {
        let actor = entry.actor.as_deref().unwrap_or_default();
        self.open.remove(actor);
        self.trouble(entry, format!("{actor} crashes before its {}.", step_of(entry)));
    }

    /// What was open is rolled back.
    fn cut_off(&mut self, entry: &Entry, cut: &CutOff) {
        let actor = entry.actor.as_deref().unwrap_or_default();
        self.open.remove(actor);
        let (port, step) = (cut.port.name(), step_of(entry));
        self.trouble(entry, format!("{actor}'s connection to the {port} is cut at its {step}."));
    }

    fn put_aside(&mut self, entry: &Entry, message: &str, words: String) {
        let (operation, is_of_asker) = (message.to_owned(), false);
        self.troubles.push(Trouble { seq: entry.seq, operation, words, is_of_asker });
    }

    fn trouble(&mut self, entry: &Entry, words: String) {
        let operation = entry.operation.clone().unwrap_or_default();
        let is_of_asker = matches!(entry.event, Event::NoAnswer { .. } | Event::CallAnswered { .. });
        self.troubles.push(Trouble { seq: entry.seq, operation, words, is_of_asker });
    }
}

/// The step's label, without its number.
fn step_of(entry: &Entry) -> &str {
    entry.step.as_deref().and_then(|step| step.split('#').next()).unwrap_or_default()
}
