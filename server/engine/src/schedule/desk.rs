//! The tray as the director sees it: moves on messages are choices like any other, made by the network.
//!
//! A move on the tray costs no time. When nobody could go on but for what the hand holds, a run by hand asks the hand,
//! and any other lets everything go: in the end the network is whole again.

use std::collections::HashMap;
use std::sync::Arc;

use lab::event::{Event, Tray};
use lab::hand::{Card, CardAt, NETWORK, TrayAct, TrayMove};
use lab::schedule::Choice;

use super::director::Director;
use super::parked::{Actor, Place};
use crate::Error;
use crate::broker::Broker;
use crate::broker::tray::TrayRefused;
use crate::recorder::Draft;

/// The broker whose messages lie on the tray, if there is one.
#[derive(Default)]
pub(super) struct Desk {
    broker: Option<Arc<dyn Broker>>,
    /// How often each move was made, so that each choice has a name of its own.
    made: HashMap<String, u64>,
}

impl Desk {
    /// The tray before this broker.
    pub fn before(broker: Arc<dyn Broker>) -> Self {
        Self { broker: Some(broker), made: HashMap::new() }
    }

    /// The messages on the tray; `None` where there is none.
    pub fn cards(&self, now_us: u64) -> Option<Vec<Card>> {
        Some(self.broker.as_ref()?.tray()?.cards(now_us))
    }

    /// Whether the hand holds something back.
    pub fn holds(&self) -> bool {
        self.broker.as_ref().and_then(|broker| broker.tray()).is_some_and(|tray| tray.holds())
    }
}

impl Director {
    /// Whether everybody waits, and the hand holds something back.
    pub(super) fn waits_for_the_tray(&self) -> bool {
        let rests = |actor: &Actor| matches!(actor.place, Place::Resting(_));
        self.desk.holds()
            && self.actors.iter().any(rests)
            && self.actors.iter().all(|actor| actor.is_at_rest(true))
    }

    /// Makes a move on the tray, and lets everybody look again.
    pub(super) async fn move_on_tray(&mut self, asked: &TrayMove) -> Result<Result<(), TrayRefused>, Error> {
        let Some(tray) = self.desk.broker.as_ref().and_then(|broker| broker.tray()) else {
            return Ok(Err(TrayRefused::NotNow(
                "There is no tray in this run: a tray lies before the embedded broker, in scenarios with messages."
                    .into(),
            )));
        };
        let done = match tray.interfere(asked, self.clock_us) {
            Ok(done) => done,
            Err(refused) => return Ok(Err(refused)),
        };
        let label = asked.to_string();
        let times = self.desk.made.entry(label.clone()).or_default();
        *times += 1;
        let TrayMove { act, card, before } = asked.clone();
        let event =
            Event::Tray(Tray { act, card, message: done.message, before, again_at_us: done.again_at_us });
        let draft = Draft {
            actor: Some(NETWORK.to_owned()),
            step: Some(format!("{label}#{times}")),
            ..Draft::of_run(self.clock_us, event)
        };
        self.recorder.write(draft).await?;
        self.wake_waiting(false).await?;
        Ok(Ok(()))
    }

    /// Makes the move on the tray that a recorded choice names; why not, if it cannot be made.
    pub(super) async fn follow_on_tray(&mut self, choice: &Choice) -> Result<Result<(), String>, Error> {
        let Some(asked) = TrayMove::of_label(&choice.label) else {
            return Ok(Err(format!("{} is no move on the tray", choice.label)));
        };
        Ok(self.move_on_tray(&asked).await?.map_err(TrayRefused::sentence))
    }

    /// Releases all that is held.
    pub(super) async fn clear_tray(&mut self) -> Result<(), Error> {
        let cards = self.desk.cards(self.clock_us).unwrap_or_default();
        for card in cards.into_iter().filter(|card| card.at == CardAt::Held) {
            let release = TrayMove { act: TrayAct::Release, card: card.name, before: None };
            if let Err(refused) = self.move_on_tray(&release).await? {
                return Err(Error::new(refused.sentence()));
            }
        }
        Ok(())
    }
}
