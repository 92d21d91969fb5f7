//! The home page's pictures before anybody has pressed a button: this server's own runs of each lab's classic failure, made
//! once when it starts, in no journal and in no list.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use engine::Lab;
use lab::catalog::Catalog;
use lab::event::Entry;
use lab::spec::{Pace, Spec};

/// The runs, by their scenarios.
#[derive(Debug, Default)]
pub struct Samples(Mutex<HashMap<String, Vec<Entry>>>);

impl Samples {
    /// Plays each lab's first classic, one after the other. One that cannot be played has no picture.
    pub async fn make(&self, lab: &Lab) {
        for classic in classics(&lab.catalog()) {
            let scenario = classic.scenario.clone();
            match lab.run_headless(classic, |_| ()).await {
                Ok(entries) => {
                    self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(scenario, entries);
                }
                Err(error) => tracing::warn!(scenario, %error, "the home page has no picture"),
            }
        }
    }

    /// The journal of this server's own run of a scenario's classic failure, once there is one.
    pub fn of(&self, scenario: &str) -> Option<Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(scenario).cloned()
    }
}

/// What the home page has a button for, without the pauses that let people follow.
fn classics(catalog: &Catalog) -> Vec<Spec> {
    let first = |lab: &str| catalog.scenarios.iter().find(|card| card.lab == lab);
    let cards = catalog.labs.iter().filter_map(|lab| first(&lab.name));
    cards.map(|card| Spec { pace: Pace::Instant, ..card.classic.clone() }).collect()
}
