//! The shelves of all runs that go on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::shelf::Shelf;

/// Shelves by run.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelves {
    by_run: Arc<Mutex<HashMap<String, Arc<Shelf>>>>,
}

impl Shelves {
    /// A shelf for a new run.
    pub fn add(&self, run: &str) {
        self.lock().insert(run.to_owned(), Arc::new(Shelf::new()));
    }

    /// The shelf of a run that goes on.
    pub fn get(&self, run: &str) -> Option<Arc<Shelf>> {
        self.lock().get(run).cloned()
    }

    /// Closes and drops the shelf of a run that is over; feeds that hold it read on to the end.
    pub fn close(&self, run: &str) {
        if let Some(shelf) = self.lock().remove(run) {
            shelf.close();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Shelf>>> {
        self.by_run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
