//! The engine without a server, in a folder that goes away with the command.

use engine::matrix::MatrixError;
use engine::{Config, Lab, StartError};
use lab::event::Entry;
use lab::explore::Explored;
use lab::matrix::Point;
use lab::spec::Spec;

use super::arguments::EngineArguments;
use super::engines::Engines;
use super::exit::{Exit, Failure};
use super::folders::Scratch;

/// The most crash points of one matrix: each is a run, and nobody waits for more.
const POINTS_MAX: usize = 500;

/// An open lab that keeps nothing.
pub(super) struct Headless {
    /// The engine.
    pub(super) lab: Lab,
    engines: Engines,
    _scratch: Scratch,
}

impl Headless {
    /// Opens it.
    pub(super) async fn open(arguments: &EngineArguments) -> Result<Self, Failure> {
        let engines = Engines::read(&arguments.engine)?;
        let scratch = Scratch::new()?;
        let config = Config {
            data: scratch.folder().to_owned(),
            postgres: engines.postgres.clone(),
            nats: engines.nats.clone(),
            zookeeper: engines.zookeeper.clone(),
        };
        let lab = Lab::open(config).await.map_err(|error| hide(error.into(), &engines))?;
        Ok(Self { lab, engines, _scratch: scratch })
    }

    /// Runs a spec to its end; `None` when the user broke it off.
    pub(super) async fn run(
        &self,
        spec: Spec,
        each: impl FnMut(&Entry) + Send,
    ) -> Result<Option<Vec<Entry>>, Failure> {
        let ended: Option<Result<Vec<Entry>, StartError>> = tokio::select! {
            ended = self.lab.run_headless(spec, each) => Some(ended),
            _ = tokio::signal::ctrl_c() => None,
        };
        ended.transpose().map_err(|error| hide(error.into(), &self.engines))
    }

    /// Crashes before every step of a spec's run, or of one actor in it.
    pub(super) async fn matrix(&self, spec: &Spec, actor: Option<&str>) -> Result<Vec<Point>, Failure> {
        self.many(self.lab.matrix(spec, actor, POINTS_MAX), "The matrix was broken off.").await
    }

    /// Plays a spec in every order of its steps, at most so many.
    pub(super) async fn explore(&self, spec: &Spec, orders_max: usize) -> Result<Explored, Failure> {
        self.many(self.lab.explore(spec, orders_max), "The orders were broken off.").await
    }

    /// Many runs for one answer.
    async fn many<T>(
        &self,
        runs: impl Future<Output = Result<T, MatrixError>>,
        broken_off: &str,
    ) -> Result<T, Failure> {
        let tried = tokio::select! {
            tried = runs => tried,
            _ = tokio::signal::ctrl_c() => {
                return Err(Failure { exit: Exit::Undecided, sentence: broken_off.into() });
            }
        };
        tried.map_err(|error| match error {
            MatrixError::Unfit(faults) => faults.into(),
            MatrixError::Start(error) => hide(error.into(), &self.engines),
        })
    }

    /// Ends what still goes on and lets the engines go.
    pub(super) async fn close(self) {
        self.lab.close().await;
    }
}

/// The same failure without passwords.
pub(super) fn hide(failure: Failure, engines: &Engines) -> Failure {
    Failure { sentence: engines.mask(&failure.sentence), ..failure }
}
