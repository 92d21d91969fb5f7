//! Why a strategy cannot go on.

use lab::event::Refusal;

use crate::Error;
use crate::store::PortError;

/// Why an attempt cannot go on. A strategy may catch `Refused`; it passes everything else on.
#[derive(Debug)]
pub enum Halt {
    /// The engine refused instead of doing wrong.
    Refused(Refusal),
    /// The connection was lost before the answer.
    Lost(String),
    /// The actor's process died. It starts again from what is stored.
    Crashed,
    /// The lab broke.
    Broken(Error),
}

impl Halt {
    /// What a port that knows no refusals means.
    pub(super) fn of(error: PortError) -> Self {
        match error {
            PortError::Lost(reason) => Self::Lost(reason),
            other => Self::Broken(Error::new(other.to_string())),
        }
    }

    /// The error of somebody for whom neither a refusal nor a lost connection is a finding.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Refused(refusal) => Error::new(format!("the engine refused: {refusal:?}")),
            Self::Lost(reason) => Error::new(format!("the connection was lost: {reason}")),
            Self::Crashed => Error::new("the process died where nobody starts it again"),
            Self::Broken(error) => error,
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}
