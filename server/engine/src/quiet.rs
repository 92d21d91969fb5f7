//! Who rests in a live run, so that whoever waits for work learns when none can come any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// What an actor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It works, or may go on by itself.
    Busy,
    /// It waits until somebody else does something, and has seen so many changes. Whoever has not seen the latest one
    /// is about to wake, and may find work.
    Waiting(u64),
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
    room: Mutex<Room>,
    changed: Notify,
}

/// What everybody does, and how often something happened that others may wait for.
#[derive(Debug)]
struct Room {
    rests: Vec<Rest>,
    changes: u64,
}

impl Room {
    /// Whether an actor is done, or waits and knows of everything that happened.
    fn is_still(&self, rest: Rest) -> bool {
        match rest {
            Rest::Waiting(seen) => seen == self.changes,
            Rest::Finished => true,
            Rest::Busy | Rest::Polling => false,
        }
    }
}

impl Quiet {
    /// For so many actors, all of them busy.
    pub fn new(actors: usize) -> Self {
        let room = Room { rests: vec![Rest::Busy; actors], changes: 0 };
        Self { inner: Arc::new(Inner { room: Mutex::new(room), changed: Notify::new() }) }
    }

    /// Something happened that others may wait for.
    pub fn changed(&self) {
        self.room().changes += 1;
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
        let seen = self.room().changes;
        if has_work() {
            return false;
        }
        // Whoever will wake by itself keeps the others from giving up.
        self.set(actor, if at_most.is_some() { Rest::Busy } else { Rest::Waiting(seen) });
        if at_most.is_none() && self.is_alone(actor) {
            self.room().rests[actor] = Rest::Busy;
            return true;
        }
        match at_most {
            Some(at_most) => drop(tokio::time::timeout(at_most, changed).await),
            None => changed.await,
        }
        let alone = at_most.is_none() && self.is_alone(actor);
        self.room().rests[actor] = Rest::Busy;
        alone
    }

    /// Waits for this long. True when nobody else can do anything any more.
    pub async fn poll(&self, actor: usize, every: Duration) -> bool {
        self.set(actor, Rest::Polling);
        tokio::time::sleep(every).await;
        let alone = self.is_alone(actor);
        self.room().rests[actor] = Rest::Busy;
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
        self.room().rests[actor] = Rest::Busy;
        ended.unwrap_or(Ok(())).map(|()| alone)
    }

    /// A poller may find work for those who wait, so they do not count each other the same way. Whoever has not seen
    /// what happened last is not alone either.
    fn is_alone(&self, actor: usize) -> bool {
        let room = self.room();
        let polls = room.rests[actor] == Rest::Polling;
        let is_up_to_date = polls || room.is_still(room.rests[actor]);
        let others = room.rests.iter().enumerate().filter(|(other, _)| *other != actor);
        is_up_to_date
            && others.into_iter().all(|(_, &rest)| room.is_still(rest) || polls && rest == Rest::Polling)
    }

    fn set(&self, actor: usize, rest: Rest) {
        let mut room = self.room();
        room.rests[actor] = rest;
        // Whoever has not seen what happened last wakes without this.
        let is_quiet = room.rests.iter().all(|&rest| room.is_still(rest));
        drop(room);
        // They look whether they are alone; nothing has changed for them otherwise.
        if is_quiet {
            self.inner.changed.notify_waiters();
        }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.inner.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_was_told_of_a_change_and_has_not_looked_yet_keeps_the_others_from_going_home() {
        let quiet = Quiet::new(2);
        let first = quiet.wait(0, None, || false);
        tokio::pin!(first);
        assert!(futures::poll!(first.as_mut()).is_pending(), "the second one works");
        quiet.changed();
        let second = quiet.wait(1, None, || false);
        tokio::pin!(second);
        assert!(futures::poll!(second.as_mut()).is_pending(), "the first one has not looked yet");
        assert_eq!(futures::poll!(first.as_mut()), std::task::Poll::Ready(false), "it is to look");
        let first = quiet.wait(0, None, || false);
        tokio::pin!(first);
        assert_eq!(futures::poll!(first.as_mut()), std::task::Poll::Ready(true), "and found nothing");
        quiet.finish(0);
        quiet.changed();
        assert_eq!(futures::poll!(second.as_mut()), std::task::Poll::Ready(false), "something happened");
        assert!(quiet.wait(1, None, || false).await, "nobody is left");
    }
}
