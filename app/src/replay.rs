//! One run on the screen: its journal, how far it is shown, what is picked and what is lit.

mod actor;
mod arriving;
mod taking_over;

use std::time::Duration;

use lab::event::Entry;
use lab::fold::Stage;
use lab::hand::Offer;
use lab::verdict::{Evidence, Judgement, Verdict};
use lab::wire::{RunSummary, State};
use leptos::prelude::*;

use crate::browser;
use crate::journal::Journal;
use crate::stage::axis::{Axis, Zoom};
use crate::stage::picture::View;

/// A replay of a small run takes this long for each entry.
const STEP_MS: u64 = 700;
/// A replay of a large run takes about this long in all.
const REPLAY_MS: u64 = 16_000;
/// Pictures do not change faster than this.
const FRAME_MS: u64 = 33;
/// Pieces of evidence are lit one after the other, this far apart.
const EVIDENCE_MS: u64 = 1_600;

/// Where the feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Nobody asked for a feed.
    Idle,
    /// It is being opened.
    Connecting,
    /// Entries come as they are written.
    Live,
    /// It broke off, and is tried again.
    Lost,
    /// It broke off too often, and is not tried again.
    GivenUp,
    /// All entries are here.
    Over,
}

/// The state that all parts of a run's screen share. Copies are the same state.
#[derive(Debug, Clone, Copy)]
pub struct Replay {
    journal: StoredValue<Journal>,
    /// What came from the feed and is taken with the next animation frame.
    waiting: StoredValue<Vec<Entry>>,
    /// When that was done last, in milliseconds since 1970.
    taken_ms: StoredValue<f64>,
    /// How long it took, with all that followed from it.
    took_ms: StoredValue<f64>,
    /// The run's head, when there is a run.
    pub run: RwSignal<Option<RunSummary>>,
    /// Where the run stands.
    pub state: RwSignal<Option<State>>,
    /// Where the feed stands.
    pub connection: RwSignal<Connection>,
    /// How many entries are held.
    pub count: RwSignal<usize>,
    /// How many of them are shown; `None` for all, also those to come.
    pub position: RwSignal<Option<usize>>,
    /// Whether the position moves on by itself.
    pub playing: RwSignal<bool>,
    /// The entry that was picked.
    pub selected: RwSignal<Option<u64>>,
    /// The evidence that is lit, in order.
    pub lit: RwSignal<Vec<u64>>,
    /// What the lit evidence says, in the same order: two judgements may cite one entry for different reasons.
    proof: StoredValue<Vec<Evidence>>,
    /// The verdict.
    pub verdict: RwSignal<Option<Verdict>>,
    /// The story as HTML, once it was told.
    pub story: RwSignal<Option<String>>,
    /// The axis that the reader chose.
    pub axis: RwSignal<Option<Axis>>,
    /// What is drawn of the run.
    pub view: RwSignal<View>,
    /// How much is in view.
    pub zoom: RwSignal<Zoom>,
    /// Counts the runs that were opened here: the same seq in another run is another entry.
    pub generation: RwSignal<u64>,
    /// What the user's hand may do in the run, while it goes on.
    pub offer: RwSignal<Option<Offer>>,
    turn: StoredValue<u64>,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            journal: StoredValue::new(Journal::default()),
            waiting: StoredValue::new(Vec::new()),
            taken_ms: StoredValue::new(0.0),
            took_ms: StoredValue::new(0.0),
            run: RwSignal::new(None),
            state: RwSignal::new(None),
            connection: RwSignal::new(Connection::Idle),
            count: RwSignal::new(0),
            position: RwSignal::new(None),
            playing: RwSignal::new(false),
            selected: RwSignal::new(None),
            lit: RwSignal::new(Vec::new()),
            proof: StoredValue::new(Vec::new()),
            verdict: RwSignal::new(None),
            story: RwSignal::new(None),
            axis: RwSignal::new(None),
            view: RwSignal::default(),
            zoom: RwSignal::new(Zoom::Auto),
            generation: RwSignal::new(0),
            offer: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }
}

impl Replay {
    /// The screen of a run, with the entries that are at hand.
    pub fn of(run: RunSummary, entries: Vec<Entry>) -> Self {
        let replay = Self::default();
        replay.open(run);
        replay.take(entries);
        replay
    }

    /// Clears the screen for another run.
    pub fn open(&self, run: RunSummary) {
        self.journal.set_value(Journal::default());
        self.waiting.set_value(Vec::new());
        self.took_ms.set_value(0.0);
        self.turn.update_value(|turn| *turn += 1);
        self.generation.update(|generation| *generation += 1);
        self.count.set(0);
        self.position.set(None);
        self.playing.set(false);
        self.selected.set(None);
        self.offer.set(None);
        self.lit.set(Vec::new());
        self.zoom.set(Zoom::Auto);
        self.verdict.set(run.verdict.clone());
        self.story.set(None);
        self.state.set(Some(run.state));
        self.run.set(Some(run));
    }

    /// Takes entries at once; `false` if one before them is missing.
    pub fn take(&self, entries: Vec<Entry>) -> bool {
        let news = self.journal.try_update_value(|journal| journal.take(entries)).unwrap_or_default();
        if let Some(verdict) = news.verdict {
            self.verdict.set(Some(verdict));
            self.state.set(Some(State::Finished));
        }
        if news.interrupted.is_some() {
            self.state.set(Some(State::Interrupted));
        }
        self.count.set(self.journal.with_value(Journal::len));
        !news.gap
    }

    /// Takes an offer, unless a newer one is here already.
    pub fn take_offer(&self, offer: Offer) {
        let is_newer =
            self.offer.with_untracked(|held| held.as_ref().is_none_or(|held| held.number < offer.number));
        if is_newer {
            self.offer.set(Some(offer));
        }
    }

    /// How many entries are shown (tracked).
    pub fn shown(&self) -> usize {
        let count = self.count.get();
        self.position.get().map_or(count, |position| position.min(count))
    }

    /// The same, at this moment (not tracked).
    pub fn shown_now(&self) -> usize {
        let count = self.count.get_untracked();
        self.position.get_untracked().map_or(count, |position| position.min(count))
    }

    /// The picture of what is shown (tracked).
    pub fn with_stage<T>(&self, look: impl FnOnce(&Stage) -> T) -> Option<T> {
        self.with_stage_at(self.shown(), look)
    }

    /// The picture of the first `shown` entries.
    pub fn with_stage_at<T>(&self, shown: usize, look: impl FnOnce(&Stage) -> T) -> Option<T> {
        self.journal.try_update_value(|journal| look(journal.stage(shown)))
    }

    /// All entries.
    pub fn with_entries<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        self.journal.with_value(|journal| look(journal.entries()))
    }

    /// The entry with this seq.
    pub fn entry(&self, seq: u64) -> Option<Entry> {
        self.journal.with_value(|journal| journal.entry(seq).cloned())
    }

    /// The axis in use (tracked).
    pub fn axis_now(&self) -> Axis {
        self.axis.get().unwrap_or_else(|| Axis::best_for(self.count.get()))
    }

    /// The entry to keep in view (tracked).
    pub fn focus(&self) -> Option<u64> {
        self.selected.get().or_else(|| self.lit.with(|lit| lit.last().copied()))
    }

    /// Whether the run has come to its end.
    pub fn is_over(&self) -> bool {
        matches!(self.state.get(), Some(State::Finished | State::Interrupted))
    }

    /// Shows so many entries; all of them means also those to come.
    pub fn seek(&self, shown: usize) {
        let count = self.count.get_untracked();
        self.position.set((shown < count).then_some(shown));
    }

    /// Shows what had been written by a moment of the run time; all of it without one.
    pub fn seek_time(&self, at_us: Option<u64>) {
        match at_us {
            Some(at_us) => self.seek(self.journal.with_value(|journal| journal.count_until(at_us))),
            None => self.position.set(None),
        }
    }

    /// The run time of the last entry that is held.
    pub fn end_us(&self) -> u64 {
        self.with_entries(|entries| entries.iter().map(|entry| entry.at_us).max().unwrap_or_default())
    }

    /// Steps some entries back or on, and stops playing.
    pub fn step(&self, by: isize) {
        self.playing.set(false);
        self.selected.set(None);
        self.lit.set(Vec::new());
        self.seek(self.shown_now().saturating_add_signed(by));
    }

    /// Picks an entry, and shows the run at least up to it.
    pub fn select(&self, seq: u64) {
        self.playing.set(false);
        self.reveal(seq);
        self.selected.set(Some(seq));
    }

    /// To the next conflict or violation; the run is shown up to it, so that steps go on from there.
    pub fn next_trouble(&self) {
        let shown = self.position.get_untracked().map_or(0, |position| position as u64);
        let from = self.selected.get_untracked().unwrap_or(shown);
        if let Some(seq) = self.journal.with_value(|journal| journal.trouble_after(from)) {
            self.playing.set(false);
            self.lit.set(Vec::new());
            self.seek(usize::try_from(seq).unwrap_or(usize::MAX));
            self.selected.set(Some(seq));
        }
    }

    /// Plays on, from the start if all is shown already, or pauses.
    pub fn toggle(&self) {
        if self.playing.get_untracked() {
            self.playing.set(false);
            return;
        }
        let count = self.count.get_untracked();
        if self.position.get_untracked().is_none_or(|position| position >= count) && count > 0 {
            self.position.set(Some(0));
        }
        self.selected.set(None);
        self.lit.set(Vec::new());
        self.playing.set(true);
        self.beat(self.next_turn());
    }

    /// Lights the evidence of a judgement, one piece after the other.
    pub fn show_me(&self, judgement: &Judgement) {
        let seqs: Vec<u64> = judgement.evidence.iter().map(|evidence| evidence.seq).collect();
        self.proof.set_value(judgement.evidence.clone());
        self.playing.set(false);
        self.selected.set(None);
        self.position.set(None);
        let turn = self.next_turn();
        if browser::prefers_less_motion() {
            if let Some(last) = seqs.last().filter(|_| self.view.get_untracked() == View::Map) {
                self.seek(usize::try_from(*last).unwrap_or(usize::MAX));
            }
            self.lit.set(seqs);
        } else {
            self.lit.set(Vec::new());
            self.light(turn, seqs, 0);
        }
    }

    /// The piece of evidence that was lit last, and its number from 1 (tracked).
    pub fn lit_last(&self) -> Option<(usize, Evidence)> {
        let number = self.lit.with(Vec::len);
        self.proof.with_value(|proof| proof.get(number.checked_sub(1)?).cloned()).map(|piece| (number, piece))
    }

    fn light(&self, turn: u64, seqs: Vec<u64>, place: usize) {
        let Some(&seq) = seqs.get(place).filter(|_| self.turn.get_value() == turn) else {
            return;
        };
        self.lit.update(|lit| lit.push(seq));
        // The map shows one moment: that of the piece.
        if self.view.get_untracked() == View::Map {
            self.seek(usize::try_from(seq).unwrap_or(usize::MAX));
        } else {
            self.reveal(seq);
        }
        let replay = *self;
        set_timeout(move || replay.light(turn, seqs, place + 1), Duration::from_millis(EVIDENCE_MS));
    }

    /// One beat of playing: some entries further, and the next beat.
    fn beat(&self, turn: u64) {
        let replay = *self;
        let (wait_ms, entries) = tempo(self.count.get_untracked());
        let next = move || {
            let goes_on = replay.playing.get_untracked() && replay.turn.get_value() == turn;
            let Some(position) = replay.position.get_untracked().filter(|_| goes_on) else {
                // A newer turn has its own beat; only the one that reached the end says that playing is over.
                if goes_on {
                    replay.playing.set(false);
                }
                return;
            };
            replay.seek(position + entries);
            replay.beat(turn);
        };
        set_timeout(next, Duration::from_millis(wait_ms));
    }

    fn next_turn(&self) -> u64 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn reveal(&self, seq: u64) {
        let shown = self.position.get_untracked().map_or(u64::MAX, |position| position as u64);
        if seq > shown {
            self.seek(usize::try_from(seq).unwrap_or(usize::MAX));
        }
    }
}

/// How long to wait between two beats of a replay, and how many entries each shows.
fn tempo(entries: usize) -> (u64, usize) {
    let wait_ms = (REPLAY_MS / entries.max(1) as u64).min(STEP_MS);
    if wait_ms >= FRAME_MS {
        return (wait_ms, 1);
    }
    let beats = (REPLAY_MS / FRAME_MS) as usize;
    (FRAME_MS, entries.div_ceil(beats))
}

#[cfg(test)]
mod tests {
    use super::tempo;

    #[test]
    fn a_replay_ends_in_sensible_time() {
        assert_eq!(tempo(14), (700, 1));
        for entries in [1, 50, 200, 5_000, 200_000] {
            let (wait_ms, step) = tempo(entries);
            let total = entries.div_ceil(step) as u64 * wait_ms;
            assert!(wait_ms >= 33 && total <= 25_000, "{entries} entries take {total} ms");
        }
    }
}
