//! The one place that orders: a draft comes in, an entry with its seq goes out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lab::checks::Judge;
use lab::event::{ENTRIES_MAX, Entry, Event, Sql};
use lab::verdict::Verdict;
use tokio::sync::mpsc;

use crate::Error;

/// How many entries may wait for the journal before whoever writes must wait.
pub const QUEUE_MAX: usize = 4_096;

/// An entry before it has its place.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Run time; the recorder of a live run overwrites it with elapsed time.
    pub at_us: u64,
    /// Who.
    pub actor: Option<String>,
    /// Which step.
    pub step: Option<String>,
    /// When the step got its turn.
    pub began_us: Option<u64>,
    /// For which operation.
    pub operation: Option<String>,
    /// Which attempt.
    pub attempt: Option<u64>,
    /// Entries that it follows from.
    pub causes: Vec<u64>,
    /// What happened.
    pub event: Event,
    /// What ran.
    pub sql: Vec<Sql>,
    /// What two runs need not share.
    pub raw: BTreeMap<String, String>,
}

impl Draft {
    /// A draft of the run itself.
    pub fn of_run(at_us: u64, event: Event) -> Self {
        Self {
            at_us,
            actor: None,
            step: None,
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event,
            sql: Vec::new(),
            raw: BTreeMap::new(),
        }
    }
}

/// Writes one run's entries, in order, into a bounded queue; judges them as they pass.
#[derive(Debug, Clone)]
pub struct Recorder {
    entries: mpsc::Sender<Entry>,
    state: Arc<Mutex<State>>,
    began: Instant,
    live: bool,
}

#[derive(Debug, Default)]
struct State {
    seq: u64,
    /// Whether it has been written that the run was cut off: only the verdict follows.
    is_cut_off: bool,
    judge: Judge,
}

impl Recorder {
    /// A recorder that sends into `entries`. In a live run, run time is elapsed time.
    pub fn new(entries: mpsc::Sender<Entry>, live: bool) -> Self {
        Self { entries, state: Arc::default(), began: Instant::now(), live }
    }

    /// Elapsed real time in microseconds.
    pub fn elapsed_us(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Gives the draft its place and sends it on; waits while the queue is full. Returns its seq.
    ///
    /// # Errors
    /// When the run has written [`ENTRIES_MAX`] entries, or nobody takes entries any more.
    pub async fn write(&self, draft: Draft) -> Result<u64, Error> {
        let permit =
            self.entries.reserve().await.map_err(|_| Error::new("the journal takes no more entries"))?;
        self.send(permit, draft)
    }

    /// The same without waiting; false if the queue is full, and then nothing is written.
    pub fn write_now(&self, draft: Draft) -> bool {
        self.entries.try_reserve().is_ok_and(|permit| self.send(permit, draft).is_ok())
    }

    fn send(&self, permit: mpsc::Permit<'_, Entry>, draft: Draft) -> Result<u64, Error> {
        // The lock is held until the entry is in the queue, so that queue order is seq order.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last_words = matches!(draft.event, Event::Verdict(_) | Event::Interrupted { .. });
        if state.is_cut_off && !last_words {
            // An actor that was stopped in the middle of a step may get here a moment later.
            return Err(Error::new("the run was cut off"));
        }
        state.is_cut_off |= matches!(draft.event, Event::Interrupted { .. });
        if state.seq >= ENTRIES_MAX && !last_words {
            return Err(Error::new(format!(
                "the run wrote {ENTRIES_MAX} entries, the most that one run may write"
            )));
        }
        state.seq += 1;
        let entry = self.place(draft, state.seq);
        state.judge.see(&entry);
        permit.send(entry);
        Ok(state.seq)
    }

    /// The seq of the entry written last; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).seq
    }

    /// The verdict on everything written so far. The judge starts anew afterwards.
    pub fn verdict(&self) -> Verdict {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.judge).verdict()
    }

    fn place(&self, draft: Draft, seq: u64) -> Entry {
        let wall_us = self.elapsed_us();
        Entry {
            seq,
            at_us: if self.live { wall_us } else { draft.at_us },
            wall_us,
            actor: draft.actor,
            step: draft.step,
            began_us: draft.began_us,
            operation: draft.operation,
            attempt: draft.attempt,
            causes: draft.causes,
            event: draft.event,
            sql: draft.sql,
            raw: draft.raw,
        }
    }
}
