//! Who was at work on a row at the same time as whom: whether a run ever put anything to the test that concerns writes.
//!
//! An overlap is what every lost update needs: somebody looks at a row, somebody else writes it, and then the first one
//! tries to write. Who has not read the row has looked at it when its operation began.

use std::collections::{BTreeMap, HashMap};

use super::Counted;
use crate::checks::ACCOUNTS;
use crate::event::{Entry, Event, RowRef};

/// Follows everybody's work. What it holds is bounded by the actors and the rows that each has in hand.
#[derive(Debug, Default)]
pub(super) struct Overlap {
    works: BTreeMap<String, Work>,
    /// By actor: the entry with which its operation began.
    open: BTreeMap<String, Entry>,
    /// The product of each row that is one unit of it.
    products: HashMap<RowRef, RowRef>,
    has_overlap: bool,
    /// The first look at a row and write of it with nobody's write between.
    pub quiet: Option<Box<[Entry; 2]>>,
}

/// What an actor has in hand.
#[derive(Debug, Default)]
struct Work {
    operation: Option<String>,
    looks: BTreeMap<RowRef, Look>,
}

/// A look at a row.
#[derive(Debug)]
struct Look {
    /// The entry, for as long as an example is wanted.
    entry: Option<Entry>,
    locking: bool,
    /// Whether somebody else has written the row since, and the entry.
    between: Option<Option<Entry>>,
}

/// Something that counts, with the entries that show it.
pub(super) type Find = (Counted, Vec<Entry>);

impl Overlap {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) -> Vec<Find> {
        let actor = entry.actor.as_deref().unwrap_or_default();
        match &entry.event {
            Event::Setup { rows } => {
                // A person's accounts are parts too, and nobody passes one over.
                let units = rows.iter().filter(|row| row.row.table != ACCOUNTS);
                let units = units.filter_map(|row| Some((row.row.clone(), row.unit_of.clone()?)));
                self.products = units.collect();
                Vec::new()
            }
            Event::OperationBegan { row, to, .. } => self.began(actor, entry, row, to.as_ref()),
            Event::Read { row, found: Some(_), locking } => {
                self.looked(actor, entry, row, *locking).into_iter().collect()
            }
            Event::FenceRaised { row, found: Some(_), .. } => {
                self.looked(actor, entry, row, false).into_iter().collect()
            }
            Event::Found { rows, .. } => {
                let looks = rows.iter().flat_map(|row| self.looked(actor, entry, &row.row, false));
                looks.collect()
            }
            Event::Conflict { row, .. } | Event::Fenced { row, .. } | Event::Insufficient { row, .. } => {
                self.tried(actor, entry, Some(row))
            }
            Event::EngineRefused { .. } => self.tried(actor, entry, None),
            Event::Wrote { row, .. } => self.wrote(actor, entry, row),
            Event::OperationEnded { .. } => {
                self.open.remove(actor);
                self.works.remove(actor);
                Vec::new()
            }
            Event::RolledBack | Event::Crashed | Event::CutOff(_) => {
                self.works.remove(actor);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn began(&mut self, actor: &str, entry: &Entry, row: &RowRef, to: Option<&RowRef>) -> Vec<Find> {
        let others = self.open.values().filter(|open| open.actor != entry.actor);
        let meets = |open: &&Entry| about(open).any(|other| Some(other) == to || other == row);
        let other = others.rev().find(meets);
        let found = other.map(|other| (Counted::AtOnce, vec![other.clone(), entry.clone()]));
        self.open.insert(actor.to_owned(), entry.clone());
        self.works.remove(actor);
        for row in std::iter::once(row).chain(to) {
            self.looked(actor, entry, row, false);
        }
        found.into_iter().collect()
    }

    fn looked(&mut self, actor: &str, entry: &Entry, row: &RowRef, locking: bool) -> Option<Find> {
        let passed = self.passed_over(actor, row).filter(|_| locking);
        let found = passed.map(|held| (Counted::PassedOver, vec![held, entry.clone()]));
        let work = self.works.entry(actor.to_owned()).or_default();
        if work.operation != entry.operation {
            *work = Work { operation: entry.operation.clone(), ..Work::default() };
        }
        let kept = (!self.has_overlap).then(|| entry.clone());
        work.looks.insert(row.clone(), Look { entry: kept, locking, between: None });
        found
    }

    /// The entry with which another actor locked another unit of the same product, and still holds it.
    fn passed_over(&self, actor: &str, row: &RowRef) -> Option<Entry> {
        let product = self.products.get(row)?;
        let works = self.works.iter().filter(|(other, _)| *other != actor);
        let mut looks = works.flat_map(|(_, work)| &work.looks);
        let held = looks.find(|(other, look)| {
            look.locking && *other != row && self.products.get(*other) == Some(product)
        });
        held.and_then(|(_, look)| look.entry.clone())
    }

    /// An attempt to write: after somebody else's write since the look, it is an overlap.
    fn tried(&mut self, actor: &str, entry: &Entry, row: Option<&RowRef>) -> Vec<Find> {
        let Some(work) = self.works.get_mut(actor) else { return Vec::new() };
        let is_meant = |of: &RowRef| row.is_none_or(|row| row == of);
        let looks = work.looks.iter_mut().filter(|(of, _)| is_meant(of)).map(|(_, look)| look);
        let mut met = looks.filter_map(|look| {
            let between = look.between.take()?;
            Some((look.entry.take(), between))
        });
        let Some((look, between)) = met.next() else { return Vec::new() };
        self.has_overlap = true;
        vec![(Counted::Overlaps, look.into_iter().chain(between).chain([entry.clone()]).collect())]
    }

    fn wrote(&mut self, actor: &str, entry: &Entry, row: &RowRef) -> Vec<Find> {
        let look = self.works.get(actor).and_then(|work| work.looks.get(row));
        if let Some(Look { entry: Some(look), between: None, .. }) = look
            && self.quiet.is_none()
        {
            self.quiet = Some(Box::new([look.clone(), entry.clone()]));
        }
        let found = self.tried(actor, entry, Some(row));
        if let Some(work) = self.works.get_mut(actor) {
            work.looks.remove(row);
        }
        for (_, work) in self.works.iter_mut().filter(|(other, _)| *other != actor) {
            if let Some(look) = work.looks.get_mut(row).filter(|look| look.between.is_none()) {
                look.between = Some((!self.has_overlap).then(|| entry.clone()));
            }
        }
        found
    }
}

/// The rows that an operation is about.
fn about(began: &Entry) -> impl Iterator<Item = &RowRef> {
    let rows = match &began.event {
        Event::OperationBegan { row, to, .. } => [Some(row), to.as_ref()],
        _ => [None, None],
    };
    rows.into_iter().flatten()
}
