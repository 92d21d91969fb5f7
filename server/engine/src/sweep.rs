//! The sweep, carried out: one live run after the other, so that none disturbs another's measure.

use lab::spec::{Fault, Faults, Spec};
use lab::sweep::{self, Swept, VALUES};

use crate::matrix::MatrixError;
use crate::runs::Lab;

impl Lab {
    /// Runs a spec under more and more contention, and tells how many requests were carried out in a second. Nothing is
    /// kept. Whoever drops the future breaks its run off.
    ///
    /// # Errors
    /// When nothing in the scenario says how many ask at the same time, and as [`Lab::start`].
    pub async fn sweep(&self, spec: &Spec) -> Result<Vec<Swept>, MatrixError> {
        let catalog = self.catalog();
        let card = catalog.scenario(&spec.lab, &spec.scenario);
        let at = |value| card.and_then(|card| sweep::at(spec, card, value));
        let mut points = Vec::new();
        for value in VALUES {
            let Some(spec) = at(value) else { return Err(unfit(&spec.scenario)) };
            let entries = self.run_headless(spec, |_| ()).await?;
            points.push(Swept::of(value, &lab::checks::judge(&entries)));
        }
        Ok(points)
    }
}

fn unfit(scenario: &str) -> MatrixError {
    let message = format!(
        "scenario is {scenario:?}, in which no knob says how many ask at the same time and how much there is for them; stock has both."
    );
    MatrixError::Unfit(Faults(vec![Fault { field: "scenario".into(), message }]))
}
