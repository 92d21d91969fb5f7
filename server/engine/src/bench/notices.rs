//! The words for notifications: a database wakes whoever listens, and forgets those who do not.

use lab::event::Event;

use super::{Bench, Halt};
use crate::Error;
use crate::schedule::message::Held;
use crate::store::{Answer, Statement};

impl Bench {
    /// Listens from now on. What was said before was not heard, and will not be.
    ///
    /// # Errors
    /// When the connection is lost, the process dies, or the engine has no notifications.
    pub async fn listen(&mut self) -> Result<(), Halt> {
        let mut draft = self.come_to_database("listen", None).await?;
        match self.ground.listener().await.map_err(Halt::of) {
            Ok(listener) => self.listener = Some(listener),
            Err(Halt::Lost(reason)) => return Err(self.cut_off(draft, reason).await?),
            Err(halt) => return Err(halt),
        }
        draft.event = Event::Note { text: "it listens for notifications from now on".into() };
        self.turn.answered(draft, Held::Same).await?;
        Ok(())
    }

    /// Notifies whoever listens. The engine sends it when the transaction commits, and not at all when it does not.
    ///
    /// # Errors
    /// As [`Bench::listen`].
    pub async fn notify(&mut self) -> Result<(), Halt> {
        let told = |_: &Self, _: &Answer| {
            (Event::Note { text: "the commit will notify whoever listens".into() }, Vec::new())
        };
        self.step("notify", &Statement::Notify, told).await.map(drop)
    }

    /// Waits for a notification, or for so long; true when nobody else can do anything any more.
    ///
    /// # Errors
    /// When the connection is lost, or the run is over.
    pub async fn poll_or_hear(&mut self, at_most_us: u64) -> Result<bool, Halt> {
        let until_us = self.now_us + at_most_us * self.turn.stretch();
        let Some(mut listener) = self.listener.take() else {
            return Err(Halt::Broken(Error::new("nobody listens here")));
        };
        let is_live = matches!(self.turn, crate::turn::Turn::Live { .. });
        let alone = loop {
            if !is_live && listener.heard().await.map_err(Halt::of)? {
                break self.is_woken().await?;
            }
            let woken = self.turn.poll_or_hear(self.now_us, until_us, listener.as_mut()).await?;
            self.now_us = self.now_us.max(woken.at_us);
            if self.now_us >= until_us {
                break woken.alone;
            }
            if is_live {
                break self.is_woken().await?;
            }
        };
        self.listener = Some(listener);
        Ok(alone)
    }

    async fn is_woken(&mut self) -> Result<bool, Error> {
        let text = "a notification wakes it".to_owned();
        self.turn.note(self.draft(Event::Note { text })).await?;
        Ok(false)
    }
}
