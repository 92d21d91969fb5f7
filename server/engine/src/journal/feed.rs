//! One subscriber's view of a run: replayed from where it stands, then live; no gap, no repeat.

use std::sync::Arc;

use lab::event::Entry;
use lab::wire::{RunSummary, State};
use tokio::sync::watch;

use super::Journal;
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
    pub async fn next(&mut self) -> Result<Option<Arc<[Entry]>>, Error> {
        loop {
            let Progress { seq, over } = *self.progress.borrow_and_update();
            if self.after < seq {
                let chunk = self.read().await?;
                self.after = chunk.last().map_or(seq, |entry| entry.seq);
                return Ok(Some(chunk));
            }
            if over || self.progress.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn read(&self) -> Result<Arc<[Entry]>, Error> {
        let chunk = match self.shelf.after(self.after) {
            Some(chunk) => chunk,
            None => self.journal.chunk(&self.run.id, self.after).await?.unwrap_or_default().into(),
        };
        if chunk.first().is_some_and(|first| first.seq > self.after) {
            return Ok(chunk);
        }
        Ok(chunk.iter().filter(|entry| entry.seq > self.after).cloned().collect())
    }
}
