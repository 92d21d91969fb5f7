//! The latest chunks of a run that goes on, for the feeds that keep up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::chunk::Chunk;

/// A shelf drops a chunk when so many entries have come after it; who is further behind reads from the file.
const ENTRIES_HELD_MAX: u64 = 4_096;

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
    chunks: Mutex<VecDeque<Arc<Chunk>>>,
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
    pub fn put(&self, chunk: Arc<Chunk>) {
        let last = chunk.last_seq;
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        chunks.push_back(chunk);
        while chunks.len() > 1
            && chunks.front().is_some_and(|oldest| last - oldest.last_seq >= ENTRIES_HELD_MAX)
        {
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
    pub fn after(&self, seq: u64) -> Option<Arc<Chunk>> {
        let chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let next = chunks.partition_point(|chunk| chunk.last_seq <= seq);
        chunks.get(next).filter(|chunk| chunk.first_seq <= seq + 1).cloned()
    }

    /// Where the run stands, and a way to wait for more.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
}
