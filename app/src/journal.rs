//! The journal as the page holds it, folded up to any entry.

use lab::event::{Entry, Event};
use lab::fold::Stage;
use lab::verdict::{Ruling, Verdict};

use crate::stage::marks::is_trouble;

/// The most entries that the page keeps; a longer journal is judged by the server and read through the API.
pub const ENTRIES_HELD_MAX: usize = 200_000;

/// Entries in order, with the picture of all of them and the picture of a part.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    last_seq: u64,
    head: Stage,
    part: Stage,
    part_entries: usize,
    troubles: Vec<u64>,
}

/// What came with some new entries.
#[derive(Debug, Default)]
pub struct News {
    /// The verdict.
    pub verdict: Option<Verdict>,
    /// Why the run was cut off.
    pub interrupted: Option<String>,
    /// Whether an entry was missing before the new ones: they were not taken, and must be asked for again.
    pub gap: bool,
}

impl Journal {
    /// Takes new entries. Those that are here already are passed over, so a resumed feed repeats nothing.
    pub fn take(&mut self, entries: Vec<Entry>) -> News {
        let mut news = News::default();
        for entry in entries {
            if entry.seq <= self.last_seq {
                continue;
            }
            if entry.seq != self.last_seq + 1 {
                news.gap = true;
                break;
            }
            self.push(entry, &mut news);
        }
        news
    }

    fn push(&mut self, entry: Entry, news: &mut News) {
        self.last_seq = entry.seq;
        match &entry.event {
            Event::Verdict(verdict) => {
                self.troubles.extend(proofs(verdict));
                self.troubles.sort_unstable();
                self.troubles.dedup();
                news.verdict = Some((**verdict).clone());
            }
            Event::Interrupted { reason } => news.interrupted = Some(reason.clone()),
            _ => {}
        }
        if self.entries.len() >= ENTRIES_HELD_MAX {
            return;
        }
        self.head.see(&entry);
        let mark = self.head.marks.last().filter(|mark| mark.seq == entry.seq);
        if mark.is_some_and(|mark| is_trouble(mark.kind)) {
            self.troubles.push(entry.seq);
        }
        self.entries.push(entry);
    }

    /// The seq of the last entry that came.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries that are held.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this seq. There are no gaps, so the seq is the place.
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    /// The picture of the first `shown` entries. Going forwards folds only what is new.
    pub fn stage(&mut self, shown: usize) -> &Stage {
        if shown >= self.entries.len() {
            return &self.head;
        }
        if shown < self.part_entries {
            self.part = Stage::default();
            self.part_entries = 0;
        }
        for entry in &self.entries[self.part_entries..shown] {
            self.part.see(entry);
        }
        self.part_entries = shown;
        &self.part
    }

    /// How many entries there are before the first one that was written after a moment of the run time.
    pub fn count_until(&self, at_us: u64) -> usize {
        self.entries.iter().position(|entry| entry.at_us > at_us).unwrap_or(self.entries.len())
    }

    /// The next entry of an actor after an entry, or its last one before.
    pub fn of_actor(&self, actor: &str, seq: u64, forwards: bool) -> Option<u64> {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).min(self.entries.len());
        let is_its = |entry: &&Entry| entry.actor.as_deref() == Some(actor);
        let found = if forwards {
            self.entries[place..].iter().find(is_its)
        } else {
            self.entries[..place.saturating_sub(1)].iter().rfind(is_its)
        };
        found.map(|entry| entry.seq)
    }

    /// The first conflict or violation after an entry, or else the first of all.
    pub fn trouble_after(&self, seq: u64) -> Option<u64> {
        self.troubles.iter().find(|trouble| **trouble > seq).or(self.troubles.first()).copied()
    }
}

/// The entry that completes the proof of each broken invariant.
fn proofs(verdict: &Verdict) -> Vec<u64> {
    let broken = verdict.judgements.iter().filter(|judgement| judgement.ruling == Ruling::Broken);
    broken.filter_map(|judgement| judgement.evidence.last().map(|evidence| evidence.seq)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(seqs: std::ops::RangeInclusive<u64>) -> Vec<Entry> {
        let note = |seq| Entry {
            seq,
            at_us: seq,
            wall_us: seq,
            actor: None,
            step: None,
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event: Event::Note { text: String::new() },
            sql: Vec::new(),
            raw: std::collections::BTreeMap::new(),
        };
        seqs.map(note).collect()
    }

    #[test]
    fn a_repeated_entry_is_taken_once() {
        let mut journal = Journal::default();
        assert!(!journal.take(notes(1..=5)).gap);
        assert!(!journal.take(notes(3..=8)).gap);
        assert_eq!((journal.len(), journal.last_seq()), (8, 8));
    }

    #[test]
    fn entries_after_a_gap_are_not_taken() {
        let mut journal = Journal::default();
        journal.take(notes(1..=5));
        assert!(journal.take(notes(7..=8)).gap);
        assert_eq!(journal.last_seq(), 5);
    }

    #[test]
    fn steps_along_an_actor_pass_the_others_by() {
        let mut entries = notes(1..=6);
        for (entry, actor) in entries.iter_mut().zip(["a", "b", "a", "b", "b", "a"]) {
            entry.actor = Some(actor.into());
        }
        let mut journal = Journal::default();
        journal.take(entries);
        let along = [(1, true), (3, true), (6, true), (6, false), (1, false), (4, false)];
        let along = along.map(|(seq, forwards)| journal.of_actor("a", seq, forwards));
        assert_eq!(along, [Some(3), Some(6), None, Some(3), None, Some(3)]);
    }

    #[test]
    fn the_picture_follows_the_position_both_ways() {
        let mut journal = Journal::default();
        journal.take(notes(1..=9));
        for shown in [9, 3, 7, 0, 1] {
            assert_eq!(journal.stage(shown).seq, shown as u64);
        }
    }
}
