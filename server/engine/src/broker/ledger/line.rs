//! The line: the messages of a ledger that are not done, in the order in which they are handed out.
//!
//! A place in the line is a number with room on both sides, so that a message can be put between two others. Whoever
//! looks for the next message, of all or of one partition, finds it without passing those that are done.

use std::collections::BTreeMap;
use std::ops::Bound;

/// How far apart two messages stand that joined one after the other: so often a place can be halved.
const GAP: u64 = 1 << 20;

/// Who is in line, by rank. A slot is a message's number in its ledger.
#[derive(Debug, Default)]
pub(super) struct Line {
    all: BTreeMap<u64, Stands>,
    partitions: BTreeMap<u64, BTreeMap<u64, usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Stands {
    slot: usize,
    partition: u64,
}

impl Line {
    /// How many are in line.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Everybody, in order.
    pub fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.all.values().map(|stands| stands.slot)
    }

    /// Everybody who stands between two ranks, both left out, in order.
    pub fn between(&self, from: u64, to: u64) -> impl Iterator<Item = usize> + '_ {
        let inner = (from < to).then(|| self.all.range((Bound::Excluded(from), Bound::Excluded(to))));
        inner.into_iter().flatten().map(|(_, stands)| stands.slot)
    }

    /// The first of each partition, in the order of the line.
    pub fn firsts(&self) -> Vec<usize> {
        let firsts = self.partitions.values().filter_map(BTreeMap::first_key_value);
        let mut firsts: Vec<(u64, usize)> = firsts.map(|(rank, slot)| (*rank, *slot)).collect();
        firsts.sort_unstable();
        firsts.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Those of a partition who stand behind this rank, in order.
    pub fn behind(&self, partition: u64, rank: u64) -> impl Iterator<Item = usize> + '_ {
        let behind = (Bound::Excluded(rank), Bound::Unbounded);
        self.partitions
            .get(&partition)
            .into_iter()
            .flat_map(move |line| line.range(behind))
            .map(|(_, slot)| *slot)
    }

    /// The rank behind everybody.
    pub fn end(&self) -> u64 {
        self.all.last_key_value().map_or(0, |(rank, _)| *rank) + GAP
    }

    /// A rank directly behind this one, if there is room for it.
    pub fn room_behind(&self, rank: u64) -> Option<u64> {
        let next = self.all.range((Bound::Excluded(rank), Bound::Unbounded)).next();
        let next = next.map_or(rank + 2 * GAP, |(next, _)| *next);
        (next - rank > 1).then(|| rank + (next - rank) / 2)
    }

    /// A rank directly before this one, if there is room for it.
    pub fn room_before(&self, rank: u64) -> Option<u64> {
        let previous = self.all.range(..rank).next_back().map_or(0, |(previous, _)| *previous);
        (rank - previous > 1).then(|| previous + (rank - previous) / 2)
    }

    /// Joins at a rank where nobody stands.
    pub fn join(&mut self, rank: u64, slot: usize, partition: u64) {
        self.all.insert(rank, Stands { slot, partition });
        self.partitions.entry(partition).or_default().insert(rank, slot);
    }

    /// Leaves; nothing happens where nobody stands.
    pub fn leave(&mut self, rank: u64) {
        let Some(Stands { partition, .. }) = self.all.remove(&rank) else { return };
        if let Some(line) = self.partitions.get_mut(&partition) {
            line.remove(&rank);
        }
    }

    /// Gives everybody a new rank with room on both sides. Returns the slots with their ranks.
    pub fn spread(&mut self) -> Vec<(usize, u64)> {
        let all = std::mem::take(&mut self.all);
        self.partitions.clear();
        let mut ranks = Vec::with_capacity(all.len());
        for Stands { slot, partition } in all.into_values() {
            let rank = self.end();
            self.join(rank, slot, partition);
            ranks.push((slot, rank));
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(partitions: &[u64]) -> Line {
        let mut line = Line::default();
        for (slot, partition) in partitions.iter().enumerate() {
            line.join(line.end(), slot, *partition);
        }
        line
    }

    #[test]
    fn the_first_of_each_partition_is_found_in_the_order_of_the_line() {
        let mut line = line(&[2, 2, 0, 1, 0]);
        assert_eq!(line.firsts(), [0, 2, 3]);
        line.leave(GAP);
        assert_eq!(line.firsts(), [1, 2, 3], "whoever left is passed by");
        assert_eq!(line.behind(0, 3 * GAP).collect::<Vec<_>>(), [4]);
        assert_eq!(line.len(), 4);
    }

    #[test]
    fn there_is_room_between_two_until_it_is_used_up_and_again_when_all_spread() {
        let mut line = line(&[0, 0]);
        let mut last = GAP;
        for slot in 2..100 {
            match line.room_behind(last) {
                Some(rank) => {
                    assert!(last < rank && rank < 2 * GAP);
                    line.join(rank, slot, 0);
                    last = rank;
                }
                None => {
                    let order: Vec<usize> = line.slots().collect();
                    let spread = line.spread();
                    assert_eq!(spread.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), order);
                    assert!(line.room_behind(GAP).is_some() && line.room_before(GAP).is_some());
                    return;
                }
            }
        }
        panic!("the room is never used up");
    }
}
