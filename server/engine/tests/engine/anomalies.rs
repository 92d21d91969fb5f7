//! Every cell of the table of anomalies, as the engine really answers, against what the table says and what Hermitage
//! published.

use lab::catalog::{Promise, PromiseValue};
use lab::event::{Entry, Event};
use lab::spec::{Pace, Spec};
use lab::verdict::Ruling;

use crate::harness::{open_lab, run, verdict};

/// Hermitage's table for PostgreSQL (<https://github.com/ept/hermitage>): which of the ten are prevented, in its order.
const HERMITAGE: [(&str, [bool; 10]); 3] = [
    ("read-committed", [true, true, true, true, true, false, false, false, false, false]),
    ("repeatable-read", [true, true, true, true, true, true, true, true, false, false]),
    ("serializable", [true; 10]),
];

/// What an anomaly came to, judged by the journal alone.
fn outcome(entries: &[Entry], invariant: &str) -> &'static str {
    let judgement = verdict(entries).on(invariant).expect("it is judged");
    let any = |kind: fn(&Event) -> bool| entries.iter().any(|entry| kind(&entry.event));
    match judgement.ruling {
        Ruling::Broken => "happens",
        Ruling::Undecided => "undecided",
        Ruling::Holds if any(|event| matches!(event, Event::EngineRefused { .. })) => "prevented by an error",
        Ruling::Holds if any(|event| matches!(event, Event::Blocked { .. })) => "prevented by waiting",
        Ruling::Holds => "prevented by a snapshot",
    }
}

#[tokio::test]
async fn every_cell_comes_out_as_the_table_says() {
    let (lab, _folder) = open_lab().await;
    let mut wrong = Vec::new();
    let mut played = 0;
    for card in lab.catalog().strategies_of("anomalies") {
        for cell in card.promises.iter().filter(|cell| cell.value != PromiseValue::NotOnThisEngine) {
            let witness = cell.witness.clone().expect("every cell can be played");
            let entries = run(&lab, Spec { pace: Pace::Instant, ..witness }).await;
            let found = outcome(&entries, &cell.invariant);
            played += 1;
            let departed = entries.iter().any(|entry| matches!(entry.event, Event::Departed { .. }));
            // Whoever was refused is done before its list is, and whoever waits is sent in without a choice.
            let told = if departed { " (departed)" } else { "" };
            if found != cell.premises {
                wrong.push(format!("{} {} {}: {found}{told}", card.name, cell.engine, cell.invariant));
            }
        }
    }
    assert_eq!(played, 50);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_table_agrees_with_hermitages_on_postgres() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let invariants = &catalog.scenario("concurrency", "anomalies").expect("it is there").invariants;
    for (level, prevented) in HERMITAGE {
        let card = catalog.strategy("anomalies", level).expect("it is there");
        let of = |invariant: &String| {
            let here = |cell: &&Promise| cell.engine == "postgres" && cell.invariant == *invariant;
            card.promises.iter().find(here).map(|cell| cell.value != PromiseValue::Breaks)
        };
        let ours: Vec<bool> = invariants.iter().filter_map(of).collect();
        assert_eq!(ours, prevented, "{level}");
    }
}

#[tokio::test]
async fn read_uncommitted_is_read_committed_on_postgres_entry_by_entry() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let weak = catalog.strategy("anomalies", "read-uncommitted").expect("it is there");
    for cell in weak.promises.iter().filter(|cell| cell.engine == "postgres") {
        let spec = Spec { pace: Pace::Instant, ..cell.witness.clone().expect("it can be played") };
        let other = Spec { strategy: "read-committed".into(), ..spec.clone() };
        let told = |entries: &[Entry]| -> Vec<String> {
            let is_begin = |entry: &&Entry| matches!(entry.event, Event::TransactionBegan { .. });
            let rest = entries[1..].iter().filter(|entry| !is_begin(entry));
            rest.map(lab::canon::line).collect()
        };
        assert_eq!(told(&run(&lab, spec).await), told(&run(&lab, other).await), "{}", cell.invariant);
    }
}
