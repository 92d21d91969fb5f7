//! Outages in a scheduled run: they begin and end at decided moments of run time, and before decided steps.

use lab::event::{Manner, Port};

use super::director::Director;
use super::parked::{Actor, Place};
use crate::Error;
use crate::outages;
use crate::recorder::Draft;

impl Director {
    /// When time has something to do next: somebody wakes, or an outage begins or ends while somebody waits for time.
    pub(super) fn next_us(&self) -> Option<u64> {
        let wakes = self.actors.iter().filter_map(Actor::wakes_at).min();
        let is_waited_for = wakes.is_some() || self.actors.iter().any(Actor::is_held_up);
        let turns = self.outages.next_us().filter(|_| is_waited_for);
        wakes.into_iter().chain(turns).min()
    }

    /// Begins and lifts what is due by now.
    pub(super) async fn begin_and_lift(&mut self) -> Result<(), Error> {
        while let Some(draft) = self.outages.due(self.clock_us).await? {
            self.turn_to(draft).await?;
        }
        Ok(())
    }

    /// Begins the outages that the spec has put before this actor's step.
    pub(super) async fn strike_before(&mut self, number: usize) -> Result<(), Error> {
        let spec = self.spec.clone();
        let actor = &self.actors[number];
        for port in outages::struck_before(&spec, number, &actor.name, &actor.step).collect::<Vec<_>>() {
            if let Some(draft) = self.outages.strike(port, self.clock_us).await? {
                self.turn_to(draft).await?;
            }
        }
        Ok(())
    }

    /// Everybody is done: nothing stays down.
    pub(super) async fn lift_all(&mut self) -> Result<(), Error> {
        for draft in self.outages.lift_all() {
            self.turn_to(draft).await?;
        }
        Ok(())
    }

    /// Whether the database does not answer now.
    pub(super) fn is_stalled(&self) -> bool {
        self.outages.down(Port::Database).is_some_and(|down| down.manner == Manner::Stall)
    }

    async fn turn_to(&mut self, draft: Draft) -> Result<(), Error> {
        self.recorder.write(Draft { at_us: self.clock_us, ..draft }).await?;
        let is_stalled = self.is_stalled();
        self.actors.iter_mut().for_each(|actor| actor.is_stalled = is_stalled);
        let is_cut = self.outages.down(Port::Database).is_some_and(|down| down.manner == Manner::Cut);
        if is_cut { self.break_off().await } else { Ok(()) }
    }

    /// The connections are gone, and every lock with them. Whoever waited inside the engine learns it now, in actor order.
    async fn break_off(&mut self) -> Result<(), Error> {
        self.holders.clear();
        while self.actors.iter().any(Actor::in_engine) {
            self.hear().await?;
        }
        for number in 0..self.actors.len() {
            if matches!(self.actors[number].place, Place::Answered(..)) {
                self.finish_step(number).await?;
            }
        }
        Ok(())
    }
}
