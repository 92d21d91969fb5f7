//! Who depends on whom: what transactions read and replaced, by the stamps and versions that the engine itself returned.
//!
//! These are Adya's dependencies (Weak Consistency, 1999), by which the anomalies are defined. An edge says who must come
//! before whom in any serial order; a cycle says that there is none. Only committed transactions have edges.

use std::collections::{BTreeMap, VecDeque};

use hashbrown::HashMap;

use super::history::History;
use super::{Finding, TEST};
use crate::event::{CounterRow, Entry, Event, RowRef};
use crate::verdict::Evidence;

/// The transactions that touched the table of the anomalies, in the order of their first deeds.
#[derive(Debug, Default)]
pub struct Dependencies {
    transactions: Vec<Transaction>,
    places: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Transaction {
    name: String,
    deeds: Vec<Deed>,
    /// The entry that ended it, and whether that was a commit.
    end: Option<(u64, bool)>,
}

#[derive(Debug)]
struct Deed {
    seq: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    Read(Seen),
    /// The rows that a condition found: all, or those whose amount is a multiple of this.
    Found(Option<i64>, Vec<Seen>),
    Wrote(Seen),
}

/// A row in one of its versions.
#[derive(Debug, Clone)]
struct Seen {
    row: RowRef,
    version: i64,
    amount: i64,
    /// The transaction that wrote it.
    by: String,
}

/// Why one transaction must come before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The second replaced what the first wrote.
    Replaced,
    /// The second read what the first wrote.
    Read,
    /// The first read a row before the second wrote it.
    ReadBefore,
    /// The first looked for rows before the second wrote one that its condition concerns.
    LookedBefore,
}

impl Kind {
    /// Whether it is an anti-dependency: the first did not see what the second did.
    pub(super) fn is_anti(self) -> bool {
        matches!(self, Self::ReadBefore | Self::LookedBefore)
    }
}

/// One dependency, with the two entries that prove it.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    from: usize,
    to: usize,
    pub kind: Kind,
    pub row: RowRef,
    proof: [Evidence; 2],
}

impl Dependencies {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) {
        let what = match &entry.event {
            Event::Read { row, found: Some(counter), .. } if row.table == TEST => {
                What::Read(seen(row, counter))
            }
            Event::Wrote { row, now, .. } if row.table == TEST => What::Wrote(seen(row, now)),
            Event::Found { rows, multiple_of } => {
                let of = |row: &CounterRow| seen(&row.row, &row.counter);
                What::Found(*multiple_of, rows.iter().map(of).collect())
            }
            Event::Committed => return self.end(entry, true),
            Event::RolledBack | Event::EngineRefused { .. } | Event::Crashed | Event::CutOff(_) => {
                return self.end(entry, false);
            }
            _ => return,
        };
        let name = entry.operation.clone().unwrap_or_default();
        let place = *self.places.entry(name.clone()).or_insert(self.transactions.len());
        if place == self.transactions.len() {
            self.transactions.push(Transaction { name, ..Transaction::default() });
        }
        self.transactions[place].deeds.push(Deed { seq: entry.seq, what });
    }

    fn end(&mut self, entry: &Entry, committed: bool) {
        let place = entry.operation.as_ref().and_then(|operation| self.places.get(operation));
        if let Some(transaction) = place.and_then(|&place| self.transactions.get_mut(place)) {
            transaction.end.get_or_insert((entry.seq, committed));
        }
    }

    /// A cycle that has such an edge, and besides only edges of the other kind.
    pub(super) fn cycle(
        &self,
        first: impl Fn(&Edge) -> bool,
        others: impl Fn(&Edge) -> bool,
    ) -> Option<Vec<Edge>> {
        let edges = self.edges();
        edges.iter().filter(|edge| first(edge)).find_map(|edge| {
            let mut way = path(&edges, edge.to, edge.from, &others)?;
            way.insert(0, edge.clone());
            Some(way)
        })
    }

    /// A read by a committed transaction of what somebody wrote and rolled back.
    pub(super) fn aborted_read(&self) -> Option<Vec<Evidence>> {
        self.reads().find_map(|(reader, seq, seen)| {
            let writer = self.transactions.iter().find(|other| other.name == seen.by)?;
            let (end, _) = writer.end.filter(|(_, committed)| !committed)?;
            let wrote = writer.wrote(&seen.row, seen.version)?;
            Some(vec![
                piece(wrote, format!("{} writes {}.", writer.name, told(seen))),
                piece(seq, format!("{} reads {}.", reader.name, told(seen))),
                piece(end, format!("{} is rolled back: this never was.", writer.name)),
            ])
        })
    }

    /// A read by a committed transaction of a version that its writer replaced itself.
    pub(super) fn intermediate_read(&self) -> Option<Vec<Evidence>> {
        self.reads().find_map(|(reader, seq, seen)| {
            let writer =
                self.transactions.iter().find(|other| other.name == seen.by && other.name != reader.name)?;
            let (last_seq, last) = writer
                .writes()
                .filter(|(_, other)| other.row == seen.row)
                .last()
                .filter(|_| writer.is_committed())?;
            (last.version > seen.version).then(|| {
                vec![
                    piece(
                        writer.wrote(&seen.row, seen.version).unwrap_or(last_seq),
                        format!("{} writes {}.", writer.name, told(seen)),
                    ),
                    piece(seq, format!("{} reads {}.", reader.name, told(seen))),
                    piece(last_seq, format!("{} means {} in the end.", writer.name, told(last))),
                ]
            })
        })
    }

    /// A committed transaction that saw one write of another, and later a row as it was before another write of it.
    pub(super) fn vanished(&self) -> Option<Vec<Evidence>> {
        for reader in self.committed() {
            let reads: Vec<(u64, &Seen)> = reader.reads().collect();
            for (place, (first_seq, first)) in reads.iter().enumerate() {
                let Some(writer) = self.committed().find(|other| other.name == first.by) else { continue };
                for (later_seq, later) in &reads[place + 1..] {
                    let missed = writer
                        .writes()
                        .find(|(_, wrote)| wrote.row == later.row && wrote.version > later.version);
                    if let Some((seq, wrote)) = missed.filter(|_| later_seq > first_seq) {
                        return Some(vec![
                            piece(seq, format!("{} writes {}.", writer.name, told(wrote))),
                            piece(*first_seq, format!("{} sees {}, by it.", reader.name, told(first))),
                            piece(*later_seq, format!("{} then sees {}.", reader.name, told(later))),
                        ]);
                    }
                }
            }
        }
        None
    }

    fn committed(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().filter(|transaction| transaction.is_committed())
    }

    fn reads(&self) -> impl Iterator<Item = (&Transaction, u64, &Seen)> {
        self.committed().flat_map(|reader| reader.reads().map(move |(seq, seen)| (reader, seq, seen)))
    }

    fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (from, first) in self.transactions.iter().enumerate() {
            for (to, second) in self.transactions.iter().enumerate() {
                if from != to && first.is_committed() && second.is_committed() {
                    between(first, second, |kind, row, proof| {
                        edges.push(Edge { from, to, kind, row: row.clone(), proof });
                    });
                }
            }
        }
        edges
    }
}

impl Transaction {
    fn is_committed(&self) -> bool {
        self.end.is_some_and(|(_, committed)| committed)
    }

    fn writes(&self) -> impl Iterator<Item = (u64, &Seen)> {
        self.deeds.iter().filter_map(|deed| match &deed.what {
            What::Wrote(seen) => Some((deed.seq, seen)),
            _ => None,
        })
    }

    /// Every row that it saw, row by row where a statement returned several.
    fn reads(&self) -> impl Iterator<Item = (u64, &Seen)> {
        self.deeds.iter().flat_map(|deed| {
            let rows = match &deed.what {
                What::Read(seen) => std::slice::from_ref(seen),
                What::Found(_, rows) => rows.as_slice(),
                What::Wrote(_) => &[],
            };
            rows.iter().map(|seen| (deed.seq, seen))
        })
    }

    fn wrote(&self, row: &RowRef, version: i64) -> Option<u64> {
        self.writes().find(|(_, seen)| seen.row == *row && seen.version == version).map(|(seq, _)| seq)
    }
}

/// Every reason why the first must come before the second.
fn between(first: &Transaction, second: &Transaction, mut add: impl FnMut(Kind, &RowRef, [Evidence; 2])) {
    for (wrote_seq, wrote) in first.writes() {
        let say = |seq: u64, deed: &str, seen: &Seen| {
            [
                piece(wrote_seq, format!("{} writes {}.", first.name, told(wrote))),
                piece(seq, format!("{} {deed} {}.", second.name, told(seen))),
            ]
        };
        let replaced =
            second.writes().find(|(_, other)| other.row == wrote.row && other.version > wrote.version);
        if let Some((seq, other)) = replaced {
            add(Kind::Replaced, &wrote.row, say(seq, "replaces it by", other));
        }
        let read = second.reads().find(|(_, seen)| seen.row == wrote.row && seen.by == first.name);
        if let Some((seq, seen)) = read {
            add(Kind::Read, &wrote.row, say(seq, "reads", seen));
        }
    }
    for deed in &first.deeds {
        for (seq, wrote) in second.writes() {
            let kind = match &deed.what {
                What::Read(seen) if seen.row == wrote.row && seen.version < wrote.version => Kind::ReadBefore,
                What::Found(multiple_of, rows) if has_missed(*multiple_of, rows, wrote) => Kind::LookedBefore,
                _ => continue,
            };
            let saw = match &deed.what {
                What::Read(seen) => format!("{} reads {}.", first.name, told(seen)),
                _ => format!("{} looks, and does not see {}.", first.name, told(wrote)),
            };
            let wrote_it = format!("{} writes {}.", second.name, told(wrote));
            add(kind, &wrote.row, [piece(deed.seq, saw), piece(seq, wrote_it)]);
        }
    }
}

/// Whether a write concerns a condition that was asked about before it: the row is found now and was not, or the other
/// way round.
fn has_missed(multiple_of: Option<i64>, rows: &[Seen], wrote: &Seen) -> bool {
    let matches = multiple_of.is_none_or(|number| wrote.amount % number == 0);
    match rows.iter().find(|seen| seen.row == wrote.row) {
        Some(seen) => seen.version < wrote.version,
        None => matches,
    }
}

/// The shortest way from one transaction to another over such edges.
fn path(edges: &[Edge], from: usize, to: usize, allowed: &impl Fn(&Edge) -> bool) -> Option<Vec<Edge>> {
    let mut ways: BTreeMap<usize, Vec<Edge>> = BTreeMap::from([(from, Vec::new())]);
    let mut next = VecDeque::from([from]);
    while let Some(place) = next.pop_front() {
        if place == to {
            return ways.remove(&to);
        }
        for edge in edges.iter().filter(|edge| edge.from == place && allowed(edge)) {
            if !ways.contains_key(&edge.to) {
                let way = ways[&place].iter().chain([edge]).cloned().collect();
                ways.insert(edge.to, way);
                next.push_back(edge.to);
            }
        }
    }
    None
}

/// What a check of an anomaly finds.
pub(super) fn finding(history: &History, anomaly: &str, shown: Option<Vec<Evidence>>) -> Finding {
    Finding {
        expected: format!("no {anomaly}"),
        found: if shown.is_some() { anomaly.to_owned() } else { format!("no {anomaly}") },
        count: u64::from(shown.is_some()),
        evidence: shown.map(|pieces| and_the_end(history, pieces)).unwrap_or_default(),
    }
}

/// The entries of a cycle's edges.
pub(super) fn told_cycle(cycle: Vec<Edge>) -> Vec<Evidence> {
    cycle.into_iter().flat_map(|edge| edge.proof).collect()
}

fn and_the_end(history: &History, mut pieces: Vec<Evidence>) -> Vec<Evidence> {
    let mut rows: Vec<_> = history.final_rows.iter().collect();
    rows.sort_by_key(|(row, _)| *row);
    let held: Vec<String> =
        rows.iter().map(|(row, (_, counter))| format!("{row} holds {}", counter.amount)).collect();
    if history.final_seq.is_some() {
        pieces.push(piece(history.final_seq(), format!("In the end {}.", held.join(", "))));
    }
    pieces
}

fn seen(row: &RowRef, counter: &crate::event::Counter) -> Seen {
    let (version, amount, by) = (counter.version, counter.amount, counter.last_op.clone());
    Seen { row: row.clone(), version, amount, by }
}

fn told(seen: &Seen) -> String {
    format!("{} as {}", seen.row, seen.amount)
}

fn piece(seq: u64, sentence: String) -> Evidence {
    Evidence { seq, sentence }
}
