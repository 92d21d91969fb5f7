//! One subscriber's view of a run: replayed from where it stands, then live; no gap, no repeat.

use std::sync::Arc;

use lab::wire::{RunSummary, State};
use tokio::sync::watch;

use super::Journal;
use super::chunk::{Chunk, Lines};
use super::shelf::{Progress, Shelf};
use crate::Error;

/// A feed.
#[derive(Debug)]
pub struct Feed {
    journal: Journal,
    run: RunSummary,
    shelf: Arc<Shelf>,
    progress: watch::Receiver<Progress>,
    after: u64,
}

impl Feed {
    pub(super) fn new(journal: Journal, run: RunSummary, shelf: Arc<Shelf>, after: u64) -> Self {
        let progress = shelf.progress();
        Self { journal, run, shelf, progress, after }
    }

    /// Where the run stood when the feed was opened.
    pub fn state(&self) -> State {
        self.run.state
    }

    /// How many entries the run had when the feed was opened.
    pub fn entries(&self) -> u64 {
        self.run.entries.max(self.progress.borrow().seq)
    }

    /// The next entries, in order; `None` when the run is over and everything was given.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next(&mut self) -> Result<Option<Lines>, Error> {
        loop {
            let Progress { seq, over } = *self.progress.borrow_and_update();
            if self.after < seq {
                let Some(chunk) = self.read().await? else {
                    // The file has nothing here any more: the run was forgotten meanwhile.
                    return Ok(None);
                };
                let after = std::mem::replace(&mut self.after, chunk.last_seq);
                return Ok(Some(Lines { chunk, after }));
            }
            if over || self.progress.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn read(&self) -> Result<Option<Arc<Chunk>>, Error> {
        match self.shelf.after(self.after) {
            Some(chunk) => Ok(Some(chunk)),
            None => Ok(self.journal.chunk(&self.run.id, self.after).await?.map(Arc::new)),
        }
    }
}
