//! Crashes: the actor's process dies between two steps and starts again from what is stored.

use futures::future::BoxFuture;
use lab::event::Event;
use lab::spec::Hardship;

use super::Bench;
use crate::Error;
use crate::recorder::Draft;
use crate::schedule::message::Held;
use crate::store::{Answer, Isolation, Need, PortError, Session, Statement};

/// The knob for crashes that the seed decides, in per cent of the steps.
const KNOB: &str = "crashes";
/// The seed lets an actor crash at most this often, so that every run ends.
const CRASHES_MAX: u64 = 3;

impl Bench {
    /// Whether the actor's process dies before this step: because the spec says so, or because the seed does.
    pub(super) fn dies_before(&self, step: &str) -> bool {
        let place = format!("{}/{step}", self.actor);
        let asked = self.spec.hardships.iter().any(|hardship| match hardship {
            Hardship::Crash { at } => at.to_string() == place,
        });
        let drawn = || self.dice.below(&["crash", &self.actor, step], 100) < self.spec.knob(KNOB);
        asked || self.crashes < CRASHES_MAX && drawn()
    }

    /// Dies: the connection breaks off, and when the engine has noticed, a new process takes the actor's place.
    pub(super) async fn crash(&mut self, mut draft: Draft) -> Result<(), Error> {
        self.crashes += 1;
        std::mem::replace(&mut self.session, Box::new(Nobody)).break_off().await;
        self.session = self.ground.session(self.number, &self.actor).await?;
        self.reads.clear();
        draft.event = Event::Crashed;
        self.turn.answered(draft, Held::Nothing).await.map(drop)
    }

    /// Is back after a crash.
    pub(crate) async fn restart(&mut self) -> Result<(), Error> {
        self.operation.clear();
        self.attempt = 1;
        self.turn.note(self.draft(Event::Restarted)).await.map(drop)
    }
}

/// The session of somebody who has none at the moment.
struct Nobody;

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
