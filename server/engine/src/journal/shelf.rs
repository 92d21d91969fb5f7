//! The latest chunks of a run that goes on, for the feeds that keep up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lab::event::Entry;
use tokio::sync::watch;

/// How many entries a shelf holds at most; who is further behind reads from the file.
const ENTRIES_HELD_MAX: usize = 4_096;

/// How far a run has been kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// The last entry kept.
    pub seq: u64,
    /// Whether no more will come.
    pub over: bool,
}

/// One run's latest chunks.
#[derive(Debug)]
pub(super) struct Shelf {
    chunks: Mutex<VecDeque<Arc<[Entry]>>>,
    progress: watch::Sender<Progress>,
}

impl Shelf {
    /// A shelf for a run that begins.
    pub fn new() -> Self {
        Self { chunks: Mutex::default(), progress: watch::Sender::new(Progress { seq: 0, over: false }) }
    }

    /// The shelf of a run that is over: empty.
    pub fn over(seq: u64) -> Self {
        Self { chunks: Mutex::default(), progress: watch::Sender::new(Progress { seq, over: true }) }
    }

    /// Takes a chunk that was kept, and tells.
    pub fn put(&self, chunk: Arc<[Entry]>) {
        let Some(last) = chunk.last().map(|entry| entry.seq) else {
            return;
        };
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        chunks.push_back(chunk);
        while chunks.len() > 1 && chunks.iter().map(|chunk| chunk.len()).sum::<usize>() > ENTRIES_HELD_MAX {
            chunks.pop_front();
        }
        drop(chunks);
        self.progress.send_modify(|progress| progress.seq = last);
    }

    /// Tells that no more will come.
    pub fn close(&self) {
        self.progress.send_modify(|progress| progress.over = true);
    }

    /// The chunk that holds the entry after this one, if the shelf still has it.
    pub fn after(&self, seq: u64) -> Option<Arc<[Entry]>> {
        let chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |chunk: &&Arc<[Entry]>| {
            chunk.first().is_some_and(|first| first.seq <= seq + 1)
                && chunk.last().is_some_and(|last| last.seq > seq)
        };
        chunks.iter().find(holds).cloned()
    }

    /// Where the run stands, and a way to wait for more.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
}
