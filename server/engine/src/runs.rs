//! The keeper of runs: takes specs, gives each run its engines when its turn comes, and knows where each stands.

mod grounds;
mod hands;
mod headless;
mod sweep;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lab::catalog::{Catalog, Promise, PromiseValue};
use lab::event::Entry;
use lab::spec::Spec;
use lab::verdict::Verdict;
use lab::wire::{RunSummary, State};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::journal::{Durability, Feed, Journal};
use crate::recorder::{QUEUE_MAX, Recorder};
use crate::runner::Run;
use crate::schedule::listener::{Hand, Listener, Patience};
use crate::{Config, Error, OpenError, StartError, catalog};
use grounds::{ByHand, Grounds, Reserved};

/// How many runs go on at the same time.
const RUNS_AT_ONCE: usize = 4;
/// How many runs may go on or wait; one more is refused.
const RUNS_OPEN_MAX: usize = 32;
/// How many entries one append carries at most.
const CHUNK_MAX: usize = 512;
/// Whoever takes a run's entries waits so long for more: each wake costs the run more than writing an entry does.
const GATHER: Duration = Duration::from_millis(1);
/// Two appends of one run are this far apart, unless the first was full: each wakes the journal's writer and every feed,
/// and half the time between two frames of a display delays nobody.
const APPEND_EVERY: Duration = Duration::from_millis(8);

/// The handle that everybody holds; cheap to clone.
#[derive(Clone)]
pub struct Lab {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Arc<Catalog>,
    grounds: Grounds,
    journal: Journal,
    at_once: Arc<Semaphore>,
    by_hand_at_once: Arc<Semaphore>,
    patience: Patience,
    open: Mutex<HashMap<String, Open>>,
    over: Mutex<hands::Over>,
    tasks: TaskTracker,
    /// Ends what goes on beside the runs, at the latest when nobody holds the lab any more.
    closing: DropGuard,
    /// Held for as long as the lab is open, so that no second server takes the same folder.
    _folder_lock: std::fs::File,
}

/// A run that goes on or waits, as the outside reaches it.
struct Open {
    cancel: CancellationToken,
    hand: Hand,
}

/// What a run takes along when it is admitted.
struct Admitted {
    cancel: CancellationToken,
    listener: Listener,
}

impl Lab {
    /// Opens the journal in the data folder and reaches the engines.
    ///
    /// # Errors
    /// When the folder cannot be used, or an engine that was named cannot.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        Self::open_with(config, Patience::default()).await
    }

    /// The same, with another patience for hands.
    ///
    /// # Errors
    /// As [`Lab::open`].
    pub async fn open_with(config: Config, patience: Patience) -> Result<Self, OpenError> {
        let folder_lock = grounds::lock_folder(&config.data)?;
        let grounds = Grounds::open(&config).await?;
        let journal = Journal::open(&config.data, Durability::default()).await?;
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        if let Some(database) = grounds.to_sweep() {
            tasks.spawn(sweep::sweep(database, closing.clone()));
        }
        let inner = Inner {
            catalog: Arc::new(catalog::catalog(grounds.missing())),
            grounds,
            journal,
            at_once: Arc::new(Semaphore::new(RUNS_AT_ONCE)),
            by_hand_at_once: Arc::new(Semaphore::new(Lab::BY_HAND_AT_ONCE)),
            patience,
            open: Mutex::default(),
            over: Mutex::default(),
            tasks,
            closing: closing.drop_guard(),
            _folder_lock: folder_lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What there is to choose from.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.inner.catalog.clone()
    }

    /// Starts a run, or queues it when enough go on.
    ///
    /// # Errors
    /// When its engine is missing or does not answer, or too many runs wait.
    pub async fn start(&self, spec: Spec) -> Result<RunSummary, StartError> {
        self.check(&spec).await?;
        let lab = self.clone();
        // A task of its own: a client that hangs up meanwhile must not leave a run admitted that nobody carries out.
        let admitted = self.inner.tasks.spawn(async move { lab.open_run(spec).await });
        admitted.await.map_err(|error| StartError::Broken(error.to_string()))?
    }

    async fn open_run(&self, spec: Spec) -> Result<RunSummary, StartError> {
        let id = Uuid::now_v7().to_string();
        let admitted = self.admit(&id)?;
        let state = if self.turns(&spec).available_permits() > 0 { State::Running } else { State::Queued };
        let run = RunSummary {
            id: id.clone(),
            state,
            spec,
            created_ms: now_ms(),
            entries: 0,
            verdict: None,
            pinned: false,
        };
        if let Err(error) = self.inner.journal.create(&run).await {
            self.dismiss(&id);
            return Err(error.into());
        }
        let lab = self.clone();
        let queued = run.clone();
        self.inner.tasks.spawn(async move { lab.see_through(queued, admitted).await });
        Ok(run)
    }

    /// Runs, newest first; `before` is the last id of the page before. A page of very long specs holds fewer than `limit`;
    /// the last page is empty.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn runs(&self, before: Option<&str>, limit: usize) -> Result<Vec<RunSummary>, Error> {
        self.inner.journal.runs(before, limit).await
    }

    /// Whether there is any run older than this one.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn has_older(&self, id: &str) -> Result<bool, Error> {
        self.inner.journal.has_older(id).await
    }

    /// One run.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn run(&self, id: &str) -> Result<Option<RunSummary>, Error> {
        self.inner.journal.run(id).await
    }

    /// Entries after a seq, in order, at most `limit`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn entries(&self, id: &str, after: u64, limit: usize) -> Result<Vec<Entry>, Error> {
        self.inner.journal.entries(id, after, limit).await
    }

    /// The live feed of a run after a seq; `None` if there is no such run.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn feed(&self, id: &str, after: u64) -> Result<Option<Feed>, Error> {
        self.inner.journal.feed(id, after).await
    }

    /// Cancels a run that goes on or waits; false if there is none.
    ///
    /// # Errors
    /// Never today; a journal that must be asked may fail.
    pub async fn cancel(&self, id: &str) -> Result<bool, Error> {
        let open = self.lock_open();
        Ok(open.get(id).inspect(|open| open.cancel.cancel()).is_some())
    }

    /// Forgets a run that is over; false if it goes on or is unknown.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn forget(&self, id: &str) -> Result<bool, Error> {
        if self.lock_open().contains_key(id) || self.run(id).await?.is_none() {
            return Ok(false);
        }
        self.inner.journal.forget(id).await.map(|()| true)
    }

    /// Pins a run, so that it stays when older ones make room, or lets it go again; `false` if pinned runs take too much
    /// already.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn pin(&self, id: &str, pinned: bool) -> Result<bool, Error> {
        self.inner.journal.pin(id, pinned).await
    }

    /// Ends all runs as interrupted and waits until their last entries are kept.
    pub async fn close(&self) {
        self.lock_open().values().for_each(|open| open.cancel.cancel());
        self.inner.closing.token().cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Whether the strategy exists on the engine that the spec names, and whether that engine is there.
    async fn check(&self, spec: &Spec) -> Result<(), StartError> {
        let card = self.inner.catalog.strategy(&spec.scenario, &spec.strategy);
        let not_here = card.and_then(|card| {
            let here = |cell: &&Promise| cell.is_about(spec) && cell.value == PromiseValue::NotOnThisEngine;
            card.promises.iter().find(here)
        });
        if let Some(cell) = not_here {
            let words = if cell.knobs.is_empty() { "is not on this engine" } else { "makes no sense here" };
            let sentence = format!("{} {words} ({}): {}", spec.strategy, cell.engine, cell.premises);
            return Err(StartError::EngineMissing(sentence));
        }
        self.inner.grounds.check(spec).await
    }

    fn admit(&self, id: &str) -> Result<Admitted, StartError> {
        let mut open = self.lock_open();
        if open.len() >= RUNS_OPEN_MAX {
            let sentence = format!(
                "{} runs go on or wait, the most that are taken; try again when one is over.",
                open.len()
            );
            return Err(StartError::Full(sentence));
        }
        let cancel = CancellationToken::new();
        let (hand, listener) = Hand::new(self.inner.patience);
        open.insert(id.to_owned(), Open { cancel: cancel.clone(), hand });
        Ok(Admitted { cancel, listener })
    }

    fn dismiss(&self, id: &str) {
        let open = self.lock_open().remove(id);
        if let Some(Open { hand, .. }) = open.filter(|open| open.hand.offer().is_some()) {
            self.inner.over.lock().unwrap_or_else(PoisonError::into_inner).keep(id, hand);
        }
    }

    fn lock_open(&self) -> std::sync::MutexGuard<'_, HashMap<String, Open>> {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the queue to the verdict. Whatever goes wrong, the journal says why, and the run ends marked.
    async fn see_through(&self, run: RunSummary, admitted: Admitted) {
        let kept = match self.have_turn(&run, admitted).await {
            Ok((finished, verdict)) => {
                let state = if finished { State::Finished } else { State::Interrupted };
                self.inner.journal.mark(&run.id, state, verdict).await
            }
            Err(error) => self.inner.journal.cut_off(&run.id, &error.to_string()).await,
        };
        if let Err(error) = kept {
            tracing::error!(run = run.id, %error, "a run could not be marked as over");
        }
        self.dismiss(&run.id);
    }

    async fn have_turn(
        &self,
        run: &RunSummary,
        admitted: Admitted,
    ) -> Result<(bool, Option<Verdict>), Error> {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        let cancel = admitted.cancel.clone();
        let (ready, _turn) = tokio::select! {
            prepared = self.prepare(run, sender, admitted) => prepared.map_err(|error| Error::new(error.to_string()))?,
            () = cancel.cancelled() => return Err(Error::new("cancelled while it waited for its turn")),
        };
        let running = self.inner.tasks.spawn(ready.carry_out());
        let kept = self.keep_entries(&run.id, receiver).await;
        if kept.is_err() {
            // Nobody keeps what it writes any more, so it ends, and removes its database first.
            cancel.cancel();
        }
        let finished = running.await.map_err(|error| Error::new(error.to_string()))?;
        Ok((finished?, kept?))
    }

    /// Waits for the run's connections first and for a turn then, so that a run that waits for connections holds up
    /// nobody who needs none.
    async fn prepare(
        &self,
        run: &RunSummary,
        sender: mpsc::Sender<Entry>,
        admitted: Admitted,
    ) -> Result<(Run, (OwnedSemaphorePermit, ByHand)), StartError> {
        let by_hand = self.inner.grounds.reserve_by_hand(&run.spec).await?;
        let reserved = self.inner.grounds.reserve(&run.spec).await?;
        let turn = self.turns(&run.spec).clone().acquire_owned().await;
        let turn = turn.map_err(|error| StartError::Broken(error.to_string()))?;
        if run.state == State::Queued {
            self.inner.journal.mark(&run.id, State::Running, None).await?;
        }
        let spec = Arc::new(run.spec.clone());
        Ok((self.ready(&run.id, spec, reserved, sender, admitted).await?, (turn, by_hand)))
    }

    async fn ready(
        &self,
        id: &str,
        spec: Arc<Spec>,
        reserved: Reserved,
        sender: mpsc::Sender<Entry>,
        admitted: Admitted,
    ) -> Result<Run, StartError> {
        let ground = self.inner.grounds.take(id, &spec, reserved).await?;
        let locks = self.inner.grounds.locks(id, &spec).await?;
        let broker = self.inner.grounds.broker(id, &spec).await?;
        let account = self.inner.grounds.account(id, &spec).await?;
        let recorder = Recorder::new(sender, !spec.is_scheduled());
        let catalog = self.inner.catalog.version.clone();
        let Admitted { cancel, listener } = admitted;
        let listener = Some(listener);
        Ok(Run { spec, catalog, ground, locks, broker, account, recorder, cancel, listener })
    }

    /// Hands a run's entries to the journal until there are no more. Returns the verdict among them.
    async fn keep_entries(
        &self,
        id: &str,
        mut entries: mpsc::Receiver<Entry>,
    ) -> Result<Option<Verdict>, Error> {
        let mut verdict = None;
        let mut chunk = Vec::with_capacity(CHUNK_MAX);
        loop {
            chunk.clear();
            if entries.recv_many(&mut chunk, CHUNK_MAX).await == 0 {
                return Ok(verdict);
            }
            if let Some(lab::event::Event::Verdict(found)) = chunk.last().map(|entry| &entry.event) {
                verdict = Some((**found).clone());
            }
            self.inner.journal.append(id, &chunk).await?;
            if chunk.len() < CHUNK_MAX && verdict.is_none() {
                tokio::time::sleep(APPEND_EVERY).await;
            }
        }
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
