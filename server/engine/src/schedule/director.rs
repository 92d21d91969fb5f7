//! The director: lets one actor move at a time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use lab::event::{Event, Lock};
use lab::spec::{Pace, Spec};
use tokio::sync::mpsc;

use super::chooser::Chooser;
use super::desk::Desk;
use super::hand::Waits;
use super::listener::Listener;
use super::message::{Held, Message, Woken};
use super::parked::{Actor, Place, Rest};
use crate::Error;
use crate::broker::Broker;
use crate::outages::Outages;
use crate::recorder::{Draft, Recorder};
use crate::store::LockWatch;

/// What a director says that has nobody left to direct: then an actor knows why.
pub const GONE: &str = "the actors are gone";

/// What a move costs in virtual time, in microseconds.
pub const MOVE_US: u64 = 1_000;

/// What is decided before a run begins.
pub struct Plan {
    /// What is asked.
    pub spec: Arc<Spec>,
    /// Who says who moves next.
    pub chooser: Chooser,
    /// What is cut off, and when.
    pub outages: Arc<Outages>,
}

/// Directs one scheduled run.
pub struct Director {
    pub(super) actors: Vec<Actor>,
    pub(super) inbox: mpsc::Receiver<Message>,
    pub(super) watch: Option<Box<dyn LockWatch>>,
    pub(super) clock_us: u64,
    /// Whether somebody moved and those who wait for what others do have not looked yet: until then nobody is alone.
    is_news: bool,
    /// Who holds a declared lock until the end of its transaction.
    pub(super) holders: BTreeMap<Lock, usize>,
    /// Who was chosen and waits at the gate for a lock, in arrival order.
    pub(super) queues: BTreeMap<Lock, VecDeque<usize>>,
    pub(super) recorder: Recorder,
    pub(super) chooser: Chooser,
    pub(super) pace: Pace,
    /// The user's hand.
    pub(super) listener: Listener,
    /// When it is waited for.
    pub(super) waits: Waits,
    /// What is cut off, and when.
    pub(super) outages: Arc<Outages>,
    pub(super) spec: Arc<Spec>,
    /// The messages between broker and consumers, where there are any.
    pub(super) desk: Desk,
}

impl Director {
    /// A director for these actors, who talk to it through `inbox`.
    pub fn new(
        actors: &[String],
        inbox: mpsc::Receiver<Message>,
        watch: Option<Box<dyn LockWatch>>,
        recorder: Recorder,
        listener: Listener,
        plan: Plan,
    ) -> Self {
        let Plan { spec, chooser, outages } = plan;
        let waits = if chooser.is_by_hand() { Waits::AfterTheList } else { Waits::Never };
        Self {
            actors: actors.iter().map(|name| Actor::new(name)).collect(),
            inbox,
            watch,
            clock_us: 0,
            is_news: false,
            holders: BTreeMap::new(),
            queues: BTreeMap::new(),
            recorder,
            chooser,
            pace: spec.pace,
            listener,
            waits,
            outages,
            spec,
            desk: Desk::default(),
        }
    }

    /// Gives the hand a tray: the messages between this broker and its consumers.
    pub fn with_tray(mut self, broker: Arc<dyn Broker>) -> Self {
        self.desk = Desk::before(broker);
        self
    }

    /// Directs until everybody is done. Returns the run time at the end.
    ///
    /// # Errors
    /// When everybody waits for somebody, or the lab broke.
    pub async fn run(mut self) -> Result<u64, Error> {
        self.begin_and_lift().await?;
        self.gather().await?;
        self.open_hand();
        while self.actors.iter().any(|actor| !matches!(actor.place, Place::Finished)) {
            // The list before a hand's first move is played at once.
            if self.waits == Waits::Never
                && (self.chooser.has_list() || self.actors.iter().any(Actor::may_move))
            {
                self.keep_pace().await;
            }
            match self.choose().await? {
                Some(actor) => self.make_move(actor).await?,
                None => self.nobody_moves().await?,
            }
        }
        self.tell_what_is_left().await?;
        self.lift_all().await?;
        self.close_hand();
        Ok(self.clock_us)
    }

    /// Waits until all actors are there, then lets them come to their first gates one by one, in actor order.
    async fn gather(&mut self) -> Result<(), Error> {
        while self.actors.iter().any(|actor| matches!(actor.place, Place::Away)) {
            self.hear().await?;
        }
        for number in 0..self.actors.len() {
            if let Place::Ready(go) = self.actors[number].leave() {
                let _ = go.send(());
            }
            self.until_parked(number).await?;
        }
        Ok(())
    }

    async fn make_move(&mut self, number: usize) -> Result<(), Error> {
        if let Some((lock, front)) = self.somebody_waits_for_the_lock_of(number) {
            let behind = self.actors[front].name.clone();
            self.actors[number].waits_for = vec![behind.clone()];
            if let Place::Gate(grant) = self.actors[number].leave() {
                self.actors[number].place = Place::Queued(grant);
            }
            self.queues.entry(lock.clone()).or_default().push_back(number);
            self.actors[number].began_us = self.clock_us;
            self.write_of(number, Event::Queued { lock, behind }).await?;
        } else {
            self.strike_before(number).await?;
            self.grant(number);
            self.settle(number).await?;
        }
        self.clock_us += MOVE_US;
        self.is_news = true;
        self.wake_due().await?;
        self.is_news = false;
        self.wake_waiting(false).await
    }

    /// Lets everybody look again who waits for what others do, in actor order.
    pub(super) async fn wake_waiting(&mut self, alone: bool) -> Result<(), Error> {
        for number in 0..self.actors.len() {
            if matches!(&self.actors[number].place, Place::Resting(rest) if !rest.polls || rest.listens)
                && let Place::Resting(rest) = self.actors[number].leave()
            {
                let _ = rest.wake.send(Woken { at_us: self.clock_us, alone });
                self.until_parked(number).await?;
            }
        }
        Ok(())
    }

    /// Nobody may move: the clock jumps to the next sleeper, or the run is stuck.
    async fn nobody_moves(&mut self) -> Result<(), Error> {
        if self.waits_for_the_tray() {
            return self.clear_tray().await;
        }
        if let Some(until_us) = self.next_us() {
            // Waiting for a message is not worth a look; a sleeper's waking is.
            let is_shown = self.waits == Waits::Never;
            if is_shown && self.actors.iter().any(|actor| matches!(actor.place, Place::Asleep(..))) {
                self.keep_pace().await;
            }
            self.clock_us = self.clock_us.max(until_us);
            return self.wake_due().await;
        }
        if let Some(number) = self.first_queued() {
            self.send_in(number);
            self.settle(number).await?;
            return self.wake_waiting(false).await;
        }
        if self.actors.iter().any(|actor| matches!(actor.place, Place::Resting(_))) {
            return self.wake_waiting(true).await;
        }
        let stuck = |actor: &&Actor| !matches!(actor.place, Place::Finished);
        let actors: Vec<String> = self.actors.iter().filter(stuck).map(|actor| actor.name.clone()).collect();
        let reason = format!("a deadlock: {} wait for each other and nobody can move", actors.join(", "));
        self.write(Event::Deadlocked { actors }).await?;
        Err(Error::new(reason))
    }

    /// Whether nobody can move, now or later, unless somebody is let in who is kept at the gate: then that actor is the
    /// one that closes a circle, and only the engine can break it.
    pub(super) fn waits_at_the_gate_only(&self) -> bool {
        let may_go_on = |actor: &Actor| actor.may_move() || actor.wakes_at().is_some();
        self.first_queued().is_some() && !self.actors.iter().any(may_go_on)
    }

    /// The first in the queue of the first lock that has one.
    fn first_queued(&self) -> Option<usize> {
        self.queues.values().find_map(|queue| queue.front().copied())
    }

    /// Wakes everybody whose time has come, earliest first, then in actor order.
    pub(super) async fn wake_due(&mut self) -> Result<(), Error> {
        self.begin_and_lift().await?;
        loop {
            let due = self.actors.iter().enumerate().filter_map(|(number, actor)| {
                Some((actor.wakes_at().filter(|until_us| *until_us <= self.clock_us)?, number))
            });
            let Some((_, number)) = due.min() else {
                return Ok(());
            };
            match self.actors[number].leave() {
                Place::Asleep(_, since_us, wake) => {
                    let _ = wake.send(since_us);
                }
                Place::Resting(rest) => {
                    let others = self.actors.iter().enumerate().filter(|(other, _)| *other != number);
                    let alone = others.clone().all(|(_, actor)| actor.is_at_rest(rest.polls));
                    let alone = alone && rest.polls && !self.is_news && !self.desk.holds();
                    let _ = rest.wake.send(Woken { at_us: self.clock_us, alone });
                }
                place => self.actors[number].place = place,
            }
            self.until_parked(number).await?;
        }
    }

    /// Lets the actor's statement go to the engine.
    pub(super) fn grant(&mut self, number: usize) {
        let clock_us = self.clock_us;
        let actor = &mut self.actors[number];
        if let Place::Gate(grant) | Place::Queued(grant) = actor.leave() {
            actor.began_us = clock_us;
            actor.place = Place::InEngine;
            let _ = grant.send(clock_us);
        }
    }

    /// The lock of this actor's step and who waits for it first, unless the actor holds the lock itself.
    fn somebody_waits_for_the_lock_of(&self, number: usize) -> Option<(Lock, usize)> {
        let lock = self.actors[number].lock.clone()?;
        if !self.actors[number].waits || self.holders.get(&lock) == Some(&number) {
            return None;
        }
        let queued = self.queues.get(&lock).and_then(|queue| queue.back().copied());
        let blocked =
            || self.actors.iter().position(|actor| actor.is_blocked() && actor.lock.as_ref() == Some(&lock));
        let front = queued.or_else(blocked)?;
        Some((lock, front))
    }

    /// Hears messages until this actor stands still.
    pub(super) async fn until_parked(&mut self, number: usize) -> Result<(), Error> {
        while matches!(self.actors[number].place, Place::Running) {
            self.hear().await?;
        }
        Ok(())
    }

    /// Takes one message.
    pub(super) async fn hear(&mut self) -> Result<(), Error> {
        let message = self.inbox.recv().await.ok_or_else(|| Error::new(GONE))?;
        self.take(message).await
    }

    pub(super) async fn take(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Start { actor, reply } => self.actors[actor].place = Place::Ready(reply),
            Message::Gate { actor, step, about, need, asks_database, reply } => {
                let actor = &mut self.actors[actor];
                actor.asks_database = asks_database;
                actor.about = about;
                actor.waits_for.clear();
                actor.waits = need.as_ref().is_some_and(|need| need.waits);
                (actor.step, actor.lock, actor.place) =
                    (step, need.map(|need| need.lock), Place::Gate(reply));
            }
            Message::Blocked { actor, reply } => self.actors[actor].place = Place::Parked(reply),
            Message::Answered { actor, draft, held, reply } => {
                self.actors[actor].place = Place::Answered(draft, held, reply);
            }
            Message::Sleep { actor, for_us, reply } => {
                self.actors[actor].place = Place::Asleep(self.clock_us + for_us, self.clock_us, reply);
            }
            Message::Rest { actor, until_us, polls, listens, reply } => {
                self.actors[actor].place = Place::Resting(Rest { until_us, polls, listens, wake: reply });
            }
            Message::Finished { actor } => self.actors[actor].place = Place::Finished,
            Message::Note { draft, reply } => drop(reply.send(self.write_down(*draft).await?)),
        }
        Ok(())
    }

    /// Writes an answered step down and lets its actor go on to its next gate.
    pub(super) async fn finish_step(&mut self, number: usize) -> Result<(), Error> {
        let Place::Answered(draft, held, reply) = self.actors[number].leave() else {
            return Ok(());
        };
        match held {
            Held::Same => {}
            Held::Taken => {
                if let Some(lock) = self.actors[number].lock.clone() {
                    self.holders.insert(lock, number);
                }
            }
            Held::Nothing => self.holders.retain(|_, holder| *holder != number),
        }
        let seq = self.write_down(*draft).await?;
        let _ = reply.send(seq);
        self.until_parked(number).await
    }

    /// Writes an event about an actor's current step.
    pub(super) async fn write_of(&mut self, number: usize, event: Event) -> Result<(), Error> {
        let actor = &self.actors[number];
        let draft = Draft {
            actor: Some(actor.name.clone()),
            step: Some(actor.step.clone()),
            began_us: Some(actor.began_us),
            operation: actor.operation.clone(),
            attempt: actor.attempt,
            ..Draft::of_run(self.clock_us, event)
        };
        self.recorder.write(draft).await.map(drop)
    }

    pub(super) async fn write(&mut self, event: Event) -> Result<(), Error> {
        self.recorder.write(Draft::of_run(self.clock_us, event)).await.map(drop)
    }

    async fn write_down(&mut self, mut draft: Draft) -> Result<u64, Error> {
        draft.at_us = self.clock_us;
        if let Some(actor) = self.actors.iter_mut().find(|actor| Some(&actor.name) == draft.actor.as_ref()) {
            actor.operation.clone_from(&draft.operation);
            actor.attempt = draft.attempt;
        }
        self.recorder.write(draft).await
    }
}
