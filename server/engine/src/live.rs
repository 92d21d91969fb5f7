//! Who waits in a live run: a look at the engine every now and then, so that the stage can show waits while they
//! last. What nobody looked at in time is not told; a live run's waits are a sample and not a count.

mod outage;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab::event::{Event, Lock};

use crate::Error;
use crate::recorder::{Draft, Recorder};
use crate::store::{LockWatch, Waiting};
pub use outage::OutageClock;

/// How often the engine is asked, and how long a statement must have been out before it is asked about.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// A statement that is with the engine.
#[derive(Debug)]
struct Flight {
    draft: Draft,
    lock: Lock,
    since: Instant,
    told: bool,
}

/// The statements of a live run that may be waiting, by actor.
#[derive(Debug, Clone)]
pub struct Flights {
    by_actor: Arc<Mutex<Vec<Option<Flight>>>>,
}

impl Flights {
    /// For so many actors.
    pub fn new(actors: usize) -> Self {
        Self { by_actor: Arc::new(Mutex::new((0..actors).map(|_| None).collect())) }
    }

    /// A statement that may wait for this lock goes out. The draft says whose step it is.
    pub fn take_off(&self, actor: usize, draft: Draft, lock: Lock) {
        if let Some(place) = self.lock().get_mut(actor) {
            *place = Some(Flight { draft, lock, since: Instant::now(), told: false });
        }
    }

    /// It was answered: from here on nobody tells that it waits.
    pub fn land(&self, actor: usize) {
        if let Some(place) = self.lock().get_mut(actor) {
            *place = None;
        }
    }

    /// Tells who waits, as long as the run goes on.
    ///
    /// # Errors
    /// When the engine cannot be asked any more.
    pub async fn watch(
        &self,
        actors: &[String],
        mut watch: Box<dyn LockWatch>,
        recorder: &Recorder,
    ) -> Result<(), Error> {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if self.lock().iter().flatten().any(|flight| !flight.told && flight.since.elapsed() >= LOOK_EVERY)
            {
                for wait in watch.waiting().await? {
                    self.tell(actors, &wait, recorder);
                }
            }
        }
    }

    /// The lock is held while the entry is written, so that the answer's entry comes after it.
    fn tell(&self, actors: &[String], wait: &Waiting, recorder: &Recorder) {
        let mut flights = self.lock();
        let Some(Some(flight)) = flights.get_mut(wait.actor) else { return };
        if flight.told {
            return;
        }
        let by = wait.by.iter().filter_map(|&holder| actors.get(holder).cloned()).collect();
        let event = Event::Blocked { lock: flight.lock.clone(), by };
        flight.told = recorder.write_now(Draft { event, ..flight.draft.clone() });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Option<Flight>>> {
        self.by_actor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
