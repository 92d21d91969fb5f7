//! How a command ends: scripts and workshops read the exit code.

use std::process::ExitCode;

use engine::{OpenError, StartError};
use lab::spec::Faults;

/// The exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// As expected.
    Fine,
    /// Not as expected, or something on this machine is in the way.
    Not,
    /// The spec, the journal or the command line is wrong.
    BadSpec,
    /// Undecided, or interrupted.
    Undecided,
    /// An engine cannot be reached, or may not be used.
    NoEngine,
    /// What was found could not be written.
    Unwritten,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        let code: u8 = match exit {
            Exit::Fine => 0,
            Exit::Not => 1,
            Exit::BadSpec => 2,
            Exit::Undecided => 3,
            Exit::NoEngine => 4,
            Exit::Unwritten => 5,
        };
        code.into()
    }
}

/// Why a command could not do its work: one sentence that names the thing and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// The sentence.
    pub sentence: String,
}

impl Failure {
    /// The command line, a spec or a file is wrong.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::BadSpec, sentence: sentence.into() }
    }

    /// Something on this machine is in the way.
    pub fn machine(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Not, sentence: sentence.into() }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let exit = match error {
            OpenError::Engine(_) => Exit::NoEngine,
            _ => Exit::Not,
        };
        Self { exit, sentence: error.to_string() }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let exit = match error {
            StartError::EngineMissing(_) => Exit::BadSpec,
            StartError::EngineUnreachable(_) => Exit::NoEngine,
            _ => Exit::Not,
        };
        Self { exit, sentence: error.to_string() }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::usage(faults.to_string())
    }
}
