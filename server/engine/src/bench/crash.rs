//! Crashes: the actor's process dies between two steps and starts again from what is stored. Standstills: it stops,
//! goes on, and knows nothing of it.

use futures::future::BoxFuture;
use lab::event::Event;
use lab::spec::Hardship;

use super::Bench;
use crate::Error;
use crate::broker::LEASE_US;
use crate::recorder::Draft;
use crate::scenarios::RELAY;
use crate::schedule::message::Held;
use crate::store::{Answer, Isolation, Need, PortError, Session, Statement};

/// The knob for crashes that the seed decides, in per cent of the steps.
const KNOB: &str = "crashes";
/// The seed lets an actor crash at most this often, so that every run ends.
const CRASHES_MAX: u64 = 3;
/// The knob for relays that are killed again and again.
const KILL_KNOB: &str = "relay_killed_ms";
/// Whoever is killed again and again dies at most this often, so that every run ends.
const KILLS_MAX: u64 = 1_000;
/// The knob for standstills that the seed decides, in per cent of the steps.
const PAUSE_KNOB: &str = "pauses";
/// The seed lets an actor stand still at most this often, so that every run ends.
const PAUSES_MAX: u64 = 3;
/// A standstill lasts for so many leases: long enough for somebody else to be granted the lease.
const PAUSE_LEASES: u64 = 2;

impl Bench {
    /// Whether the actor's process dies before this step: because the spec says so, or because the seed does.
    pub(super) fn dies_before(&self, step: &str) -> bool {
        let asked = self.is_asked_at(step, |hardship| matches!(hardship, Hardship::Crash { .. }));
        let drawn = || self.draws(KNOB, &["crash", &self.actor, step]);
        asked || self.crashes < CRASHES_MAX && drawn() || self.is_killed()
    }

    /// Whether the process has lived as long as the spec lets a relay live.
    fn is_killed(&self) -> bool {
        let lives_us = self.spec.knob(KILL_KNOB) * 1_000 * self.turn.stretch();
        let has_lived = || self.now_us.saturating_sub(self.alive_since_us) >= lives_us;
        lives_us > 0 && self.actor.starts_with(RELAY) && self.crashes < KILLS_MAX && has_lived()
    }

    /// Whether the spec says that a hardship of this kind strikes at this step of the actor.
    pub(super) fn is_asked_at(&self, step: &str, kind: impl Fn(&Hardship) -> bool) -> bool {
        self.asked_at(step, kind).is_some()
    }

    /// The hardship of a kind that the spec asks for at this step of the actor.
    fn asked_at(&self, step: &str, kind: impl Fn(&Hardship) -> bool) -> Option<&Hardship> {
        if self.spec.hardships.is_empty() {
            return None;
        }
        let place = format!("{}/{step}", self.actor);
        self.spec.hardships.iter().find(|hardship| kind(hardship) && hardship.at().to_string() == place)
    }

    /// Whether the seed lets something of this name happen that a knob makes happen in so many per cent.
    pub(super) fn draws(&self, knob: &str, name: &[&str]) -> bool {
        let percent = self.spec.knob(knob);
        percent > 0 && self.dice.below(name, 100) < percent
    }

    /// Stands still before this step, if the spec or the seed says so: neither the actor nor its connection does
    /// anything, and what it holds stays held.
    pub(super) async fn stand_still_before(&mut self, step: &str) -> Result<(), Error> {
        let asked = self.asked_at(step, |hardship| matches!(hardship, Hardship::Pause { .. }));
        let asked_ms = asked.map(Hardship::for_ms);
        let drawn = self.pauses < PAUSES_MAX && self.draws(PAUSE_KNOB, &["pause", &self.actor, step]);
        if asked_ms.is_none() && !drawn {
            return Ok(());
        }
        self.pauses += u64::from(drawn);
        let for_us = match asked_ms.flatten() {
            Some(for_ms) => for_ms * 1_000 * self.turn.stretch(),
            None => PAUSE_LEASES * self.longest_lease_us(),
        };
        if let Some(client) = &mut self.lock_client {
            client.stand_still().await?;
        }
        let began_us = self.turn.sleep(for_us).await?;
        if let Some(client) = &mut self.lock_client {
            client.go_on();
        }
        let mut draft = self.draft(Event::Paused { for_us });
        draft.began_us = Some(began_us);
        self.turn.note(draft).await.map(drop)
    }

    /// A lease of the lock service or of the broker; where there are none, what counts as silence all the same.
    fn longest_lease_us(&self) -> u64 {
        let silence_us = LEASE_US * self.turn.stretch();
        match self.lease_us() {
            0 => silence_us,
            lease_us if self.takes_messages => lease_us.max(silence_us),
            lease_us => lease_us,
        }
    }

    /// Dies: the connection breaks off, and when the engine has noticed, a new process takes the actor's place.
    pub(super) async fn crash(&mut self, mut draft: Draft) -> Result<(), Error> {
        self.crashes += 1;
        std::mem::replace(&mut self.session, Box::new(Nobody)).break_off().await;
        // A lock service notices a death as it notices a standstill.
        if let Some(mut client) = self.lock_client.take()
            && self.turn.is_directed()
        {
            client.stand_still().await?;
        }
        // In an outage the new process finds that out when it is there.
        self.is_connected = false;
        self.open_session().await?;
        self.reads.clear();
        self.listener = None;
        self.memory.clear();
        draft.event = Event::Crashed;
        self.turn.answered(draft, Held::Nothing).await.map(drop)
    }

    /// Is back after a crash.
    pub(crate) async fn restart(&mut self) -> Result<(), Error> {
        self.operation.clear();
        self.attempt = 1;
        self.alive_since_us = self.now_us;
        self.turn.note(self.draft(Event::Restarted)).await?;
        if self.is_connected { Ok(()) } else { self.reconnect().await }
    }
}

/// The session of somebody who has none at the moment.
pub(super) struct Nobody;

impl Session for Nobody {
    fn run<'a>(&'a mut self, _statement: &'a Statement) -> BoxFuture<'a, Result<Answer, PortError>> {
        Box::pin(async { Err(PortError::Lost("the process is dead".into())) })
    }

    fn need(&self, _statement: &Statement) -> Option<Need> {
        None
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn begin_mode(&self, _isolation: Isolation) -> &'static str {
        ""
    }

    fn break_off(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
