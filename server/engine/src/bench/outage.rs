//! What an outage of the database does to an actor: its connection breaks, and it gets a new one when it can.

use std::sync::Arc;

use lab::event::{CutOff, Event, Port, Reconnected};
use lab::spec::Hardship;

use super::crash::Nobody;
use super::{Bench, Halt};
use crate::Error;
use crate::outages;
use crate::recorder::Draft;
use crate::schedule::message::Held;
use crate::store::PortError;

/// How long an actor waits before it tries to connect again for the first time, in microseconds of run time; each
/// further time it waits twice as long.
const AGAIN_MIN_US: u64 = 20_000;
/// It never waits longer than this.
const AGAIN_MAX_US: u64 = 320_000;
/// It tries so often through an outage: longer than the longest that a spec or a hand may ask for.
const TRIES_MAX: u32 = 1_000;
/// It tries so often when nothing is down, so far as the lab knows: then the server itself is gone.
const FAILURES_MAX: u32 = 3;

impl Bench {
    /// Whether a lost connection to the database is something that this run is about.
    pub(crate) fn may_be_cut_off(&self) -> bool {
        self.outages.cable().is_some()
    }

    /// In a live run: begins the outages that the spec has put before this step. In any other the director does.
    pub(super) async fn strike_before(&mut self, step: &str, now_us: u64) -> Result<(), Halt> {
        if self.turn.is_directed() {
            return Ok(());
        }
        let struck: Vec<Port> = outages::struck_before(&self.spec, self.number, &self.actor, step).collect();
        let outages = Arc::clone(&self.outages);
        for port in struck {
            if let Some(draft) = outages.strike(port, now_us).await.map_err(Halt::of)? {
                self.turn.note(Draft { at_us: now_us, ..draft }).await?;
            }
        }
        Ok(())
    }

    /// Whether the spec says that the answer to this step of the database is lost.
    pub(super) fn loses_answer_at(&self, step: Option<&str>) -> bool {
        let is_lost = |hardship: &Hardship| matches!(hardship, Hardship::LostAnswer { .. });
        self.may_be_cut_off() && step.is_some_and(|step| self.is_asked_at(step, is_lost))
    }

    /// The answer is thrown away, and the connection is gone.
    pub(super) async fn lose_answer(&mut self, draft: Draft) -> Result<Halt, Halt> {
        self.drop_session().break_off().await;
        if let Some(cable) = self.outages.cable().cloned() {
            cable.let_go(self.number).await.map_err(Halt::of)?;
        }
        self.tell_cut_off(draft, "the spec takes the answer away".into()).await
    }

    /// Writes down that the connection broke before the answer. Where nothing can be cut that is no finding.
    pub(super) async fn cut_off(&mut self, draft: Draft, reason: String) -> Result<Halt, Halt> {
        if !self.may_be_cut_off() {
            return Ok(Halt::Lost(reason));
        }
        drop(self.drop_session());
        self.tell_cut_off(draft, reason).await
    }

    async fn tell_cut_off(&mut self, mut draft: Draft, reason: String) -> Result<Halt, Halt> {
        draft.event = Event::CutOff(CutOff { port: Port::Database });
        draft.raw.insert("reason".into(), reason);
        self.turn.answered(draft, Held::Nothing).await?;
        Ok(Halt::Lost("the connection was cut before the answer came".into()))
    }

    fn drop_session(&mut self) -> Box<dyn crate::store::Session> {
        self.is_connected = false;
        self.listener = None;
        self.reads.clear();
        std::mem::replace(&mut self.session, Box::new(Nobody))
    }

    /// Gets a new connection, in as many tries as it takes. The process lives on, and has in mind what it had.
    pub(crate) async fn reconnect(&mut self) -> Result<(), Error> {
        self.operation.clear();
        self.attempt = 1;
        let (mut wait_us, mut failures) = (AGAIN_MIN_US, 0);
        for _ in 0..TRIES_MAX {
            match self.connect().await {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    failures += u32::from(self.outages.down(Port::Database).is_none());
                    if failures >= FAILURES_MAX {
                        return Err(Error::new("the database takes no connection, and no outage is on"));
                    }
                    self.turn.sleep(wait_us * self.turn.stretch()).await?;
                    wait_us = (wait_us * 2).min(AGAIN_MAX_US);
                }
                Err(Halt::Crashed) => {
                    self.turn.note(self.draft(Event::Restarted)).await?;
                    if self.is_connected {
                        return Ok(());
                    }
                }
                Err(halt) => return Err(halt.into_error()),
            }
        }
        Err(Error::new(format!("the database took no connection in {TRIES_MAX} tries")))
    }

    async fn connect(&mut self) -> Result<bool, Halt> {
        let mut draft = self.come_to_database("connect", None).await?;
        let port = Port::Database;
        let connected = self.open_session().await.map_err(Halt::from)?;
        draft.event = if connected {
            Event::Reconnected(Reconnected { port })
        } else {
            Event::Unreachable { port: port.name().into() }
        };
        self.turn.answered(draft, Held::Nothing).await?;
        Ok(connected)
    }

    /// Opens a connection; false when it is turned away in an outage.
    pub(super) async fn open_session(&mut self) -> Result<bool, Error> {
        match self.ground.session(self.number, &self.actor).await {
            Ok(session) => self.session = session,
            Err(PortError::Lost(_)) if self.may_be_cut_off() => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.is_connected = true;
        Ok(true)
    }
}
