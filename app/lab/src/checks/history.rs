//! What a journal says happened, gathered in one pass for all checks.
//!
//! A write counts as committed when its statement was its own transaction, or when the engine confirmed the commit
//! of the transaction it stood in. What an actor read counts until it begins its next operation.

use hashbrown::{HashMap, HashSet};

use super::dependencies::Dependencies;
use super::mail::Mail;
use super::{TAKEN_UP_AGAIN, add};
use crate::event::{Basis, Counter, Entry, Event, Outcome, RowRef, Sale};

/// The history of a run.
#[derive(Debug, Default)]
pub struct History {
    /// The rows as they were set up, with the entry that says so.
    pub setup: HashMap<RowRef, (u64, Counter)>,
    /// The operations, in the order in which they began.
    pub operations: Vec<Operation>,
    /// The committed writes, in the order of their commit entries.
    pub writes: Vec<Write>,
    /// The sales of the final read, each with the entry that says so.
    pub sales: Vec<(u64, Sale)>,
    /// The rows of the final read.
    pub final_rows: HashMap<RowRef, (u64, Counter)>,
    /// The last entry of the final read, once it is complete.
    pub final_seq: Option<u64>,
    /// Messages, and records of other tables.
    pub mail: Mail,
    /// Who depends on whom, in the table of the anomalies.
    pub dependencies: Dependencies,
    /// Whether the order of entries is the order in the engine: true for scheduled runs only.
    pub ordered: bool,
    operation_places: HashMap<String, usize>,
    /// What each actor has read in its operation.
    reads: HashMap<String, HashMap<RowRef, SeenRead>>,
    open_writes: HashMap<String, Vec<Write>>,
    /// Units committed, by product.
    units: HashMap<RowRef, i64>,
    /// The product of each row that is one unit.
    products: HashMap<RowRef, RowRef>,
    sold_units: HashSet<RowRef>,
}

/// An operation: asked for, and perhaps answered.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Who carried it out.
    pub actor: String,
    /// The row it is about.
    pub row: RowRef,
    /// Units asked for.
    pub quantity: i64,
    /// The entry with which it began.
    pub began_seq: u64,
    /// The entry with which it ended, and how.
    pub ended: Option<(u64, Outcome)>,
    /// Units of the product committed before it ended, in entry order.
    pub committed_before: i64,
}

/// A write with the read that it rests on.
#[derive(Debug, Clone)]
pub struct Write {
    /// The entry.
    pub seq: u64,
    /// Who wrote.
    pub actor: String,
    /// For which operation.
    pub operation: String,
    /// Which row.
    pub row: RowRef,
    /// How many units it sold: one where the row is a unit, else what the operation asked for.
    pub units: i64,
    /// The operation whose write was replaced, as the engine returned it.
    pub overwrote: String,
    /// What the row held afterwards.
    pub now: Counter,
    /// Where the value came from.
    pub basis: Basis,
    /// The latest read of the row by this actor in this operation, if any.
    pub read: Option<SeenRead>,
}

/// What a read returned.
#[derive(Debug, Clone)]
pub struct SeenRead {
    /// The entry.
    pub seq: u64,
    /// What the row held.
    pub counter: Counter,
}

/// The request that an operation carries out: itself, unless it was written for a later delivery of the request.
pub fn request_of(operation: &str) -> &str {
    operation.split_once(TAKEN_UP_AGAIN).map_or(operation, |(request, _)| request)
}

impl Write {
    /// The operation whose write this write had seen: what its read returned, or what the statement itself found.
    pub fn had_seen(&self) -> &str {
        match (&self.basis, &self.read) {
            (Basis::EarlierRead, Some(read)) => &read.counter.last_op,
            _ => &self.overwrote,
        }
    }
}

impl History {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        self.mail.see(entry);
        self.dependencies.see(entry);
        match &entry.event {
            Event::Header(header) => self.ordered = header.spec.is_scheduled(),
            Event::Setup { rows } => {
                self.setup.extend(rows.iter().map(|row| (row.row.clone(), (entry.seq, row.counter.clone()))));
                self.products
                    .extend(rows.iter().filter_map(|row| Some((row.row.clone(), row.unit_of.clone()?))));
            }
            Event::OperationBegan { row, quantity, .. } => self.began(entry, row, *quantity),
            Event::OperationEnded { outcome } => self.ended(entry, outcome),
            Event::Read { row, found: Some(counter), .. }
            | Event::FenceRaised { row, found: Some(counter), .. } => self.read(entry, row, counter),
            Event::Wrote { .. } => self.wrote(entry),
            Event::Committed => self.committed(entry),
            Event::RolledBack | Event::EngineRefused { .. } | Event::Crashed | Event::CutOff(_) => {
                self.open_writes.remove(entry.actor.as_deref().unwrap_or_default());
            }
            Event::FinalRead { rows, sales, more, .. } => {
                self.sales.extend(sales.iter().map(|sale| (entry.seq, sale.clone())));
                self.final_rows
                    .extend(rows.iter().map(|row| (row.row.clone(), (entry.seq, row.counter.clone()))));
                self.final_seq = (!more).then_some(entry.seq);
            }
            _ => {}
        }
    }

    /// The rows that hold the units of a product, as they were set up: the product's own, or one for each unit.
    pub fn rows_of<'a>(
        &'a self,
        product: &'a RowRef,
    ) -> impl Iterator<Item = (&'a RowRef, u64, &'a Counter)> + 'a {
        let rows = self.setup.iter().map(|(row, (seq, counter))| (row, *seq, counter));
        rows.filter(move |(row, ..)| self.product_of(row) == product)
    }

    /// The operation of this id, or of the request that came again under it.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        let id = request_of(id);
        self.operation_places.get(id).and_then(|&place| self.operations.get(place))
    }

    /// The final read's place in the journal, for evidence; 0 before there is one.
    pub fn final_seq(&self) -> u64 {
        self.final_seq.unwrap_or_default()
    }

    fn began(&mut self, entry: &Entry, row: &RowRef, quantity: i64) {
        let (Some(actor), Some(id)) = (entry.actor.clone(), entry.operation.clone()) else {
            return;
        };
        self.reads.remove(&actor);
        self.operation_places.insert(id.clone(), self.operations.len());
        let (row, began_seq) = (row.clone(), entry.seq);
        self.operations.push(Operation {
            id,
            actor,
            row,
            quantity,
            began_seq,
            ended: None,
            committed_before: 0,
        });
    }

    fn ended(&mut self, entry: &Entry, outcome: &Outcome) {
        let Some(&place) = entry.operation.as_ref().and_then(|id| self.operation_places.get(id)) else {
            return;
        };
        let committed = self.committed_units(&self.operations[place].row.clone());
        let operation = &mut self.operations[place];
        operation.ended = Some((entry.seq, outcome.clone()));
        operation.committed_before = committed;
    }

    fn read(&mut self, entry: &Entry, row: &RowRef, counter: &Counter) {
        let Some(actor) = entry.actor.clone() else { return };
        let read = SeenRead { seq: entry.seq, counter: counter.clone() };
        self.reads.entry(actor).or_default().insert(row.clone(), read);
    }

    fn wrote(&mut self, entry: &Entry) {
        let Event::Wrote { row, overwrote, now, basis, committed } = &entry.event else {
            return;
        };
        let actor = entry.actor.clone().unwrap_or_default();
        let write = Write {
            seq: entry.seq,
            read: self.reads.get(&actor).and_then(|reads| reads.get(row)).cloned(),
            operation: entry.operation.clone().unwrap_or_default(),
            row: row.clone(),
            units: self.units_of(row, entry.operation.as_deref().unwrap_or_default()),
            overwrote: overwrote.clone(),
            now: now.clone(),
            basis: *basis,
            actor: actor.clone(),
        };
        if *committed {
            self.commit_write(write);
        } else {
            self.open_writes.entry(actor).or_default().push(write);
        }
    }

    fn committed(&mut self, entry: &Entry) {
        let open = self.open_writes.remove(entry.actor.as_deref().unwrap_or_default());
        open.into_iter().flatten().for_each(|write| self.commit_write(write));
    }

    fn commit_write(&mut self, write: Write) {
        let product = self.product_of(&write.row).clone();
        // A unit that is sold twice is gone once.
        if product == write.row || self.sold_units.insert(write.row.clone()) {
            add(self.units.entry(product).or_default(), write.units);
        }
        self.writes.push(write);
    }

    fn units_of(&self, row: &RowRef, operation: &str) -> i64 {
        if self.products.contains_key(row) {
            return 1;
        }
        self.operation(operation).map_or(0, |operation| operation.quantity)
    }

    /// What a row is a part of: its product, its person; the row itself where it stands for itself.
    pub fn product_of<'a>(&'a self, row: &'a RowRef) -> &'a RowRef {
        self.products.get(row).unwrap_or(row)
    }

    fn committed_units(&self, row: &RowRef) -> i64 {
        self.units.get(row).copied().unwrap_or_default()
    }
}
