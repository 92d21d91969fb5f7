//! The matrix of crash points, carried out: a calm run says which steps there are, and then each of them is the place of
//! a crash in a real run of its own.

use futures::stream;
use futures::{StreamExt, TryStreamExt};
use lab::event::Entry;
use lab::matrix::{self, Point};
use lab::spec::{Fault, Faults, HARDSHIPS_MAX, Pace, Selector, Spec};

use crate::StartError;
use crate::runs::Lab;

/// Runs of one matrix at the same time.
const AT_ONCE: usize = 4;

/// Why there is no matrix.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    /// The spec has none.
    #[error("{0}")]
    Unfit(Faults),
    /// One of its runs was not started.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl MatrixError {
    fn unfit(field: &str, message: String) -> Self {
        Self::Unfit(Faults(vec![Fault { field: field.into(), message }]))
    }
}

impl Lab {
    /// Crashes once before every step of a spec's run, or of one actor in it, and tells what came of each. Nothing is
    /// kept. Whoever drops the future breaks its runs off.
    ///
    /// # Errors
    /// When nobody crashes in the scenario, when there is no step of that actor or there are more than `points_max`, and
    /// as [`Lab::start`].
    pub async fn matrix(
        &self,
        spec: &Spec,
        actor: Option<&str>,
        points_max: usize,
    ) -> Result<Vec<Point>, MatrixError> {
        let calm = self.calm(spec)?;
        let entries = self.run_headless(calm.clone(), |_| ()).await?;
        let places = matrix::points(&entries, actor);
        check(&places, actor, points_max)?;
        let crashes = places.into_iter().map(|at| self.crash(matrix::with_crash(&calm, &at), at));
        Ok(stream::iter(crashes).buffered(AT_ONCE).try_collect().await?)
    }

    async fn crash(&self, spec: Spec, at: Selector) -> Result<Point, StartError> {
        let entries: Vec<Entry> = self.run_headless(spec.clone(), |_| ()).await?;
        Ok(Point::of(&at, spec, &lab::checks::judge(&entries)))
    }

    fn calm(&self, spec: &Spec) -> Result<Spec, MatrixError> {
        let calm = Spec { pace: Pace::Instant, ..matrix::calm(spec) };
        let catalog = self.catalog();
        let card = catalog.scenario(&calm.lab, &calm.scenario);
        if !card.is_some_and(|card| card.hardships.iter().any(|kind| kind == "crash")) {
            let message = format!(
                "scenario is {:?}, in which nobody crashes, so it has no matrix; {} have one.",
                calm.scenario,
                with_crashes(&catalog)
            );
            return Err(MatrixError::unfit("scenario", message));
        }
        if calm.hardships.len() >= HARDSHIPS_MAX {
            let message = format!(
                "hardships are {HARDSHIPS_MAX}, the most that a spec has, so a crash has no room; leave one out."
            );
            return Err(MatrixError::unfit("hardships", message));
        }
        Ok(calm)
    }
}

fn with_crashes(catalog: &lab::catalog::Catalog) -> String {
    let crash = |card: &&lab::catalog::ScenarioCard| card.hardships.iter().any(|kind| kind == "crash");
    let names: Vec<&str> = catalog.scenarios.iter().filter(crash).map(|card| card.name.as_str()).collect();
    names.join(", ")
}

fn check(places: &[Selector], actor: Option<&str>, points_max: usize) -> Result<(), MatrixError> {
    if places.is_empty() {
        let who = actor.map_or_else(|| "anybody".to_owned(), |actor| format!("\"{actor}\""));
        let message = format!("There is no step of {who} in this run, so no crash point.");
        return Err(MatrixError::unfit("actor", message));
    }
    if places.len() > points_max {
        let message = format!(
            "The run has {} steps, and a matrix crashes before each of at most {points_max}; make the workload smaller.",
            places.len()
        );
        return Err(MatrixError::unfit("workload", message));
    }
    Ok(())
}
