//! Settling: after each move every statement in the engine has either been answered, or is seen waiting for a lock.
//!
//! Answers are then written in one order, whatever order they came in: the mover's first, then by actor number. A
//! wait counts only when it has lasted longer than the engine's deadlock time-out, so that a deadlock's victim is
//! always the actor that closed the circle.

use std::collections::BTreeMap;
use std::time::Duration;

use lab::event::{Event, Lock};
use tokio::time::{Instant, timeout};

use super::director::{Director, GONE};
use super::parked::Place;
use crate::Error;
use crate::store::Waiting;

/// How long to listen for an answer before asking the engine who waits.
const LISTEN: Duration = Duration::from_millis(2);
/// How often in a row everybody must be seen waiting before somebody new counts as waiting. Waiting backends look for a
/// circle when their own timer wakes them, and on a busy machine that may be late; a look of ours is then late as well, so
/// several looks are the better clock. Whoever looked too late would be the victim instead of the closer of a circle.
const SIGHTINGS_MIN: u32 = 4;
/// A move that has not settled after this long is the lab's fault.
const SETTLE_MAX: Duration = Duration::from_secs(30);
/// How often a statement may find a lock taken that nobody in the run holds.
const FOREIGN_WAITS_MAX: u32 = 1_000;

impl Director {
    /// Waits until the engine has settled after this actor's move, and writes down what was answered.
    pub(super) async fn settle(&mut self, mover: usize) -> Result<(), Error> {
        let mut mover = mover;
        let mut foreign_waits = 0;
        loop {
            self.quiet(mover).await?;
            self.finish_answered(mover).await?;
            let Some(next) = self.next_in() else { return Ok(()) };
            if let Place::Parked(_) = self.actors[next].place {
                foreign_waits += 1;
                if foreign_waits > FOREIGN_WAITS_MAX {
                    return Err(Error::new("a lock stays taken that nobody in the run holds"));
                }
                tokio::time::sleep(LISTEN).await;
            }
            self.send_in(next);
            mover = next;
        }
    }

    async fn finish_answered(&mut self, mover: usize) -> Result<(), Error> {
        self.finish_step_if_answered(mover).await?;
        for number in 0..self.actors.len() {
            self.finish_step_if_answered(number).await?;
        }
        Ok(())
    }

    async fn finish_step_if_answered(&mut self, number: usize) -> Result<(), Error> {
        if matches!(self.actors[number].place, Place::Answered(..)) {
            self.finish_step(number).await
        } else {
            Ok(())
        }
    }

    /// Whose turn has come without a choice: whoever is parked for a lock that is free now, else the first in the
    /// queue of a lock for which nobody waits any more.
    fn next_in(&self) -> Option<usize> {
        if self.is_stalled() {
            return None;
        }
        let parked = self.actors.iter().position(|actor| {
            matches!(actor.place, Place::Parked(_))
                && actor.lock.as_ref().is_none_or(|lock| !self.holders.contains_key(lock))
        });
        let waited_for =
            |lock: &Lock| self.actors.iter().any(|a| a.is_blocked() && a.lock.as_ref() == Some(lock));
        let queued = || {
            let free = self.queues.iter().filter(|(lock, _)| !waited_for(lock));
            free.filter_map(|(_, queue)| queue.front().copied()).next()
        };
        parked.or_else(queued)
    }

    pub(super) fn send_in(&mut self, number: usize) {
        if matches!(self.actors[number].place, Place::Queued(_)) {
            self.queues.values_mut().for_each(|queue| queue.retain(|&queued| queued != number));
            self.queues.retain(|_, queue| !queue.is_empty());
            // The step began when it was chosen; being sent in is not a second choice.
            let began_us = self.actors[number].began_us;
            self.grant(number);
            self.actors[number].began_us = began_us;
        } else if let Place::Parked(again) = self.actors[number].leave() {
            self.actors[number].place = Place::InEngine;
            let _ = again.send(());
        }
    }

    /// Waits until nobody is in the engine but those who are seen waiting.
    async fn quiet(&mut self, mover: usize) -> Result<(), Error> {
        let deadline = Instant::now() + SETTLE_MAX;
        let mut sightings = 0;
        while self.actors.iter().any(super::parked::Actor::in_engine) {
            if let Ok(message) = timeout(LISTEN, self.inbox.recv()).await {
                let message = message.ok_or_else(|| Error::new(GONE))?;
                self.take(message).await?;
                sightings = 0;
                continue;
            }
            let Some(waiting) = self.all_seen_waiting().await? else {
                sightings = 0;
                if Instant::now() > deadline {
                    return Err(Error::new(format!(
                        "a move did not settle within {} s",
                        SETTLE_MAX.as_secs()
                    )));
                }
                continue;
            };
            sightings += 1;
            let somebody_new = self.actors.iter().any(|actor| matches!(actor.place, Place::InEngine));
            if sightings >= SIGHTINGS_MIN || !somebody_new {
                self.note_waiting(&waiting).await?;
                break;
            }
        }
        self.note_parked(mover).await
    }

    /// Asks the engine who waits. Tells of everybody if everybody in the engine waits, long enough, and in no circle.
    async fn all_seen_waiting(&mut self) -> Result<Option<Vec<Waiting>>, Error> {
        let Some(watch) = &mut self.watch else {
            return Ok(None);
        };
        let settled_after_us = watch.settled_after_us();
        let waiting = watch.waiting().await.map_err(|error| Error::new(error.to_string()))?;
        let all = {
            let seen: BTreeMap<usize, &Waiting> = waiting.iter().map(|wait| (wait.actor, wait)).collect();
            // Whoever waits for strangers alone goes on without anybody's move.
            let settled = |wait: &&Waiting| {
                !wait.by.is_empty() && wait.for_us > settled_after_us && !in_circle(wait.actor, &seen)
            };
            let mut inside = (0..self.actors.len()).filter(|&number| self.actors[number].in_engine());
            inside.all(|number| seen.get(&number).is_some_and(settled))
        };
        Ok(all.then_some(waiting))
    }

    /// Writes who is new among those who wait inside the engine.
    async fn note_waiting(&mut self, waiting: &[Waiting]) -> Result<(), Error> {
        for number in 0..self.actors.len() {
            if matches!(self.actors[number].place, Place::InEngine) {
                self.actors[number].place = Place::Waiting;
                let by = waiting.iter().find(|wait| wait.actor == number).map(|wait| wait.by.clone());
                self.write_blocked(number, &by.unwrap_or_default()).await?;
            }
        }
        Ok(())
    }

    /// Writes that the mover found its lock taken, where the engine does not let it wait inside.
    async fn note_parked(&mut self, mover: usize) -> Result<(), Error> {
        if !matches!(self.actors[mover].place, Place::Parked(_)) {
            return Ok(());
        }
        let lock = self.actors[mover].lock.clone();
        let holder = lock.and_then(|lock| self.holders.get(&lock).copied());
        match holder {
            Some(holder) => self.write_blocked(mover, &[holder]).await,
            None => Ok(()),
        }
    }

    async fn write_blocked(&mut self, number: usize, by: &[usize]) -> Result<(), Error> {
        let lock = self.actors[number].lock.clone().unwrap_or(Lock::Database);
        let by: Vec<String> = by.iter().map(|&holder| self.actors[holder].name.clone()).collect();
        self.actors[number].waits_for.clone_from(&by);
        self.write_of(number, Event::Blocked { lock, by }).await
    }
}

/// Whether following who waits for whom leads back to this actor. Then the engine will break the circle itself.
fn in_circle(number: usize, seen: &BTreeMap<usize, &Waiting>) -> bool {
    let mut reached = Vec::new();
    let mut next = vec![number];
    while let Some(actor) = next.pop() {
        for &holder in seen.get(&actor).map_or(&[][..], |wait| &wait.by) {
            if holder == number {
                return true;
            }
            if !reached.contains(&holder) {
                reached.push(holder);
                next.push(holder);
            }
        }
    }
    false
}
