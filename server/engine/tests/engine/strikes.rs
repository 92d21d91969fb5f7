//! The example beside a hardship's field is a step that somebody takes.

use std::collections::BTreeSet;

use lab::spec::{Pace, Spec};

use crate::harness::{open_lab, run};

#[tokio::test]
async fn every_example_of_where_a_hardship_strikes_is_a_step_of_its_scenario() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for scenario in &catalog.scenarios {
        let kinds: BTreeSet<&String> = scenario.hardships.iter().collect();
        assert_eq!(scenario.strikes.keys().collect::<BTreeSet<_>>(), kinds, "{}", scenario.name);
        let mut never_taken: BTreeSet<String> = scenario.strikes.values().cloned().collect();
        let cells = catalog.strategies_of(&scenario.name).flat_map(|card| &card.promises);
        let on_sqlite = cells.filter(|cell| cell.engine == "sqlite" && cell.scenario == scenario.name);
        let played = on_sqlite.filter_map(|cell| cell.witness.clone().or_else(|| cell.trial.clone()));
        for spec in played {
            if never_taken.is_empty() {
                break;
            }
            for entry in run(&lab, Spec { pace: Pace::Instant, ..spec }).await.iter() {
                if let (Some(actor), Some(step)) = (&entry.actor, &entry.step) {
                    never_taken.remove(&format!("{actor}/{step}"));
                }
            }
        }
        assert!(never_taken.is_empty(), "{}: nobody comes to {never_taken:?}", scenario.name);
    }
}
