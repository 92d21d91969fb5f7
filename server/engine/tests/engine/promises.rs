//! The promise tables, cell by cell, on the engine that each cell names.

use lab::catalog::{Promise, PromiseValue, StrategyCard};
use lab::spec::{Pace, Spec};
use lab::verdict::Ruling;
use serde_json::json;

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// Seeds that a promise of `holds` must survive here.
const SEEDS: u64 = 30;

fn instantly(spec: &Spec) -> Spec {
    Spec { pace: Pace::Instant, ..spec.clone() }
}

fn cells(strategies: &[StrategyCard], engine: &str) -> Vec<(StrategyCard, Promise)> {
    let of = |card: &StrategyCard| {
        card.promises.iter().map(|cell| (card.clone(), cell.clone())).collect::<Vec<_>>()
    };
    strategies.iter().flat_map(of).filter(|(_, cell)| cell.engine == engine).collect()
}

/// `refused` keeps the invariant too: the engine answers with an error instead of breaking it.
fn keeps(cell: &Promise) -> bool {
    matches!(cell.value, PromiseValue::Holds | PromiseValue::Refused)
}

async fn check_witnesses(engine: &str) {
    let (lab, _folder) = open_lab().await;
    for (card, cell) in cells(&lab.catalog().strategies, engine) {
        if cell.value != PromiseValue::Breaks {
            continue;
        }
        let witness = cell.witness.as_ref().expect("whatever breaks has a witness");
        let entries = run(&lab, instantly(witness)).await;
        let judgement = verdict(&entries).on(&cell.invariant).expect("it is judged");
        assert_eq!(judgement.ruling, Ruling::Broken, "{} {} on {engine}", card.name, cell.invariant);
        assert!((3..=6).contains(&judgement.evidence.len()), "{}: {judgement:?}", card.name);
    }
}

/// All cells of a strategy that are kept under the same trouble are judged in the same runs.
async fn check_holds(engine: &str) {
    let (lab, _folder) = open_lab().await;
    for card in &lab.catalog().strategies {
        let kept: Vec<&Promise> =
            card.promises.iter().filter(|cell| cell.engine == engine && keeps(cell)).collect();
        let Some(trial) = kept.first().and_then(|cell| cell.trial.clone()) else { continue };
        for seed in 0..SEEDS {
            let entries = run(&lab, Spec { seed, ..trial.clone() }).await;
            for cell in &kept {
                let judgement = verdict(&entries).on(&cell.invariant).expect("it is judged");
                assert_eq!(
                    judgement.ruling,
                    Ruling::Holds,
                    "{} seed {seed} on {engine}: {judgement:?}\n{:?}",
                    card.name,
                    entries.iter().rev().nth(1)
                );
            }
        }
    }
}

#[tokio::test]
async fn every_witness_breaks_its_invariant_on_sqlite() {
    check_witnesses("sqlite").await;
}

#[tokio::test]
async fn every_witness_breaks_its_invariant_on_postgres() {
    check_witnesses("postgres").await;
}

#[tokio::test]
async fn every_promise_of_holds_survives_30_seeds_on_sqlite() {
    check_holds("sqlite").await;
}

#[tokio::test]
async fn every_promise_of_holds_survives_30_seeds_on_postgres() {
    check_holds("postgres").await;
}

#[tokio::test]
async fn every_strategy_makes_a_promise_on_every_invariant_and_store() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for scenario in &catalog.scenarios {
        for card in catalog.strategies_of(&scenario.name) {
            for (store, invariant) in
                STORES.iter().flat_map(|store| scenario.invariants.iter().map(move |i| (store, i)))
            {
                let made =
                    card.promises.iter().filter(|cell| cell.engine == *store && cell.invariant == *invariant);
                assert!(made.count() >= 1, "{} on {store}: {invariant}", card.name);
            }
        }
    }
}

#[tokio::test]
async fn the_classic_failure_is_short_and_breaks_every_time() {
    let (lab, _folder) = open_lab().await;
    for scenario in &lab.catalog().scenarios {
        for _ in 0..10 {
            let entries = run(&lab, instantly(&scenario.classic)).await;
            let at_most = if scenario.name == "stock" { 14 } else { 24 };
            assert!(entries.len() <= at_most, "{}: {} entries", scenario.name, entries.len());
            assert!(!verdict(&entries).holds());
        }
    }
}

#[tokio::test]
async fn the_cure_holds_on_the_order_that_breaks_the_classic() {
    let (lab, _folder) = open_lab().await;
    for scenario in &lab.catalog().scenarios {
        for store in STORES {
            let mut cured = instantly(&scenario.classic);
            cured.strategy.clone_from(&scenario.cure);
            cured.engine.store = store.into();
            let entries = run(&lab, cured).await;
            assert!(verdict(&entries).holds(), "{} on {store}", scenario.name);
        }
    }
}

#[tokio::test]
async fn what_is_refused_really_meets_the_engines_refusal() {
    let (lab, _folder) = open_lab().await;
    for engine in STORES {
        for (card, cell) in cells(&lab.catalog().strategies, engine) {
            if cell.value != PromiseValue::Refused {
                continue;
            }
            let trial = cell.trial.as_ref().expect("what is refused has a trial");
            let mut refusals = 0;
            for seed in 0..SEEDS {
                let entries = run(&lab, Spec { seed, ..trial.clone() }).await;
                refusals = verdict(&entries).price.refusals;
                if refusals > 0 {
                    break;
                }
            }
            assert!(refusals > 0, "{} on {engine}", card.name);
        }
    }
}

#[tokio::test]
async fn a_strategy_that_is_not_on_an_engine_is_refused_there_with_the_reason() {
    let (lab, _folder) = open_lab().await;
    let refused = lab.start(spec(&lab, "sqlite", json!({ "strategy": "repeatable-read" }))).await;
    match refused {
        Err(engine::StartError::EngineMissing(sentence)) => {
            assert!(sentence.contains("not on this engine"), "{sentence}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_outsider_breaks_every_strategy_that_relies_on_all_taking_part() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for engine in STORES {
        let here = |card: &&StrategyCard| {
            !card.promises.iter().any(|c| c.engine == engine && c.value == PromiseValue::NotOnThisEngine)
        };
        for card in catalog.strategies_of("stock").filter(here) {
            let mut broken = false;
            for seed in 0..SEEDS {
                let fields = json!({
                    "strategy": card.name, "seed": seed, "schedule": { "kind": "seeded" },
                    "workload": { "buyers": 2, "purchases": 2, "quantity": 6, "outsider": 1, "think_ms": 3 },
                });
                let entries = run(&lab, spec(&lab, engine, fields)).await;
                let judgement = verdict(&entries).on("no-lost-update").expect("it is judged");
                broken = broken || judgement.ruling == Ruling::Broken;
            }
            assert!(broken, "{} on {engine} survived the outsider", card.name);
        }
    }
}
