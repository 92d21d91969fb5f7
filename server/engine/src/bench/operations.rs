//! The end of an operation, whatever became of it.

use lab::event::{Event, Outcome};

use super::{Bench, Halt};
use crate::Error;

impl Bench {
    /// Ends the operation: what is still open is rolled back, and the asker gets an answer.
    pub(crate) async fn end_operation(&mut self, result: Result<Outcome, Halt>) -> Result<(), Error> {
        let mut outcome = match result {
            Ok(outcome) => outcome,
            Err(Halt::Refused(_)) => Outcome::Refused(lab::event::Reason::EngineRefused),
            Err(Halt::Lost(reason)) => Outcome::Unknown(reason),
            Err(Halt::Crashed) => Outcome::Unknown("the process died".into()),
            Err(Halt::Broken(error)) => return Err(error),
        };
        let must_roll_back = self.session.in_transaction() && !matches!(outcome, Outcome::Unknown(_));
        let rolled_back = if must_roll_back { self.rollback().await } else { Ok(()) };
        let died = matches!(rolled_back, Err(Halt::Crashed));
        let cut_off = matches!(rolled_back, Err(Halt::Lost(_))) && self.may_be_cut_off();
        match rolled_back {
            Ok(()) => {}
            // The engine rolls back what a lost connection left.
            Err(Halt::Lost(_)) if cut_off => {}
            // The engine rolls back what a dead process left, and nobody is there to tell the asker.
            Err(Halt::Crashed) => outcome = Outcome::Unknown("the process died".into()),
            Err(halt) => return Err(halt.into_error()),
        }
        self.turn.note(self.draft(Event::OperationEnded { outcome })).await?;
        match (died, cut_off) {
            (true, _) => self.restart().await,
            (_, true) => self.reconnect().await,
            _ => Ok(()),
        }
    }
}
