//! Who rests in a live run, so that whoever waits for work learns when none can come any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// What an actor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It works, or may go on by itself.
    Busy,
    /// It waits until somebody else does something.
    Waiting,
    /// It looks for work every now and then.
    Polling,
    /// It is done.
    Finished,
}

/// The actors of a live run. Copies are the same run.
#[derive(Debug, Clone)]
pub struct Quiet {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    rests: Mutex<Vec<Rest>>,
    changed: Notify,
}

impl Quiet {
    /// For so many actors, all of them busy.
    pub fn new(actors: usize) -> Self {
        Self {
            inner: Arc::new(Inner { rests: Mutex::new(vec![Rest::Busy; actors]), changed: Notify::new() }),
        }
    }

    /// Something happened that others may wait for.
    pub fn changed(&self) {
        self.inner.changed.notify_waiters();
    }

    /// The actor is done.
    pub fn finish(&self, actor: usize) {
        self.set(actor, Rest::Finished);
    }

    /// Waits for a change, or for this long. True when nobody else can do anything any more. `has_work` is asked once
    /// more when no change can be missed any longer: something may have come since the caller looked.
    pub async fn wait(
        &self,
        actor: usize,
        at_most: Option<Duration>,
        has_work: impl Fn() -> bool + Send,
    ) -> bool {
        let changed = self.inner.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if has_work() {
            return false;
        }
        // Whoever will wake by itself keeps the others from giving up.
        self.set(actor, if at_most.is_some() { Rest::Busy } else { Rest::Waiting });
        if at_most.is_none() && self.is_alone(actor) {
            return true;
        }
        match at_most {
            Some(at_most) => drop(tokio::time::timeout(at_most, changed).await),
            None => changed.await,
        }
        let alone = at_most.is_none() && self.is_alone(actor);
        self.rests()[actor] = Rest::Busy;
        alone
    }

    /// Waits for this long. True when nobody else can do anything any more.
    pub async fn poll(&self, actor: usize, every: Duration) -> bool {
        self.set(actor, Rest::Polling);
        tokio::time::sleep(every).await;
        let alone = self.is_alone(actor);
        self.rests()[actor] = Rest::Busy;
        alone
    }

    /// The same, but something else may end it early; then nothing is known of the others.
    pub async fn poll_or<E>(
        &self,
        actor: usize,
        every: Duration,
        early: impl Future<Output = Result<(), E>>,
    ) -> Result<bool, E> {
        self.set(actor, Rest::Polling);
        let ended = tokio::time::timeout(every, early).await;
        let alone = ended.is_err() && self.is_alone(actor);
        self.rests()[actor] = Rest::Busy;
        ended.unwrap_or(Ok(())).map(|()| alone)
    }

    /// A poller may find work for those who wait, so they do not count each other the same way.
    fn is_alone(&self, actor: usize) -> bool {
        let rests = self.rests();
        let polls = rests[actor] == Rest::Polling;
        rests.iter().enumerate().all(|(other, rest)| {
            other == actor
                || matches!(rest, Rest::Waiting | Rest::Finished)
                || polls && *rest == Rest::Polling
        })
    }

    fn set(&self, actor: usize, rest: Rest) {
        self.rests()[actor] = rest;
        let nobody_works = self.rests().iter().all(|rest| matches!(rest, Rest::Waiting | Rest::Finished));
        if nobody_works {
            self.changed();
        }
    }

    fn rests(&self) -> MutexGuard<'_, Vec<Rest>> {
        self.inner.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
