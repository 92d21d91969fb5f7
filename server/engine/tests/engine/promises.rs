//! The promise tables, cell by cell, on the engine that each cell names.

use futures::future::join_all;
use lab::catalog::{Knob, Promise, PromiseValue, StrategyCard};
use lab::event::Entry;
use lab::spec::{Pace, Spec};
use lab::verdict::Ruling;
use serde_json::json;

use crate::harness::{STORES, open_lab, run, spec, verdict};

/// Seeds that a promise of `holds` must survive here.
const SEEDS: u64 = 30;
/// Runs at the same time: most of a run is waiting for its engine.
const AT_ONCE: usize = 6;

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
        assert_eq!(
            judgement.ruling,
            Ruling::Broken,
            "{} {} {:?} on {engine}",
            card.name,
            cell.invariant,
            cell.knobs
        );
        assert!((3..=6).contains(&judgement.evidence.len()), "{}: {judgement:?}", card.name);
    }
}

/// The kept cells of a strategy on an engine, by the trial that they rest on: each trial's runs judge all its cells.
fn kept_by_trial<'a>(card: &'a StrategyCard, engine: &str) -> Vec<(Spec, Vec<&'a Promise>)> {
    let mut trials: Vec<(Spec, Vec<&Promise>)> = Vec::new();
    for cell in card.promises.iter().filter(|cell| cell.engine == engine && keeps(cell)) {
        let trial = cell.trial.as_ref().expect("whatever is kept has a trial");
        match trials.iter_mut().find(|(other, _)| other == trial) {
            Some((_, cells)) => cells.push(cell),
            None => trials.push((trial.clone(), vec![cell])),
        }
    }
    trials
}

async fn check_holds(engine: &str) {
    let (lab, _folder) = open_lab().await;
    for card in &lab.catalog().strategies {
        for (trial, kept) in kept_by_trial(card, engine) {
            for first in (0..SEEDS).step_by(AT_ONCE) {
                let seeds = first..SEEDS.min(first + AT_ONCE as u64);
                let runs = seeds.map(|seed| run(&lab, Spec { seed, ..trial.clone() }));
                for (place, entries) in join_all(runs).await.iter().enumerate() {
                    check_kept(card, &kept, first + place as u64, entries);
                }
            }
        }
    }
}

fn check_kept(card: &StrategyCard, kept: &[&Promise], seed: u64, entries: &[Entry]) {
    for Promise { invariant, engine, knobs, .. } in kept {
        let judgement = verdict(entries).on(invariant).expect("it is judged");
        let last = entries.iter().rev().nth(1);
        let place = format!("{} {knobs:?} seed {seed} on {engine}", card.name);
        assert_eq!(judgement.ruling, Ruling::Holds, "{place}: {judgement:?}\n{last:?}");
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
                // Where promises differ by a knob, there is one for each of its values.
                let differ = |knob: &&Knob| made.clone().any(|cell| cell.knobs.contains_key(&knob.name));
                let named = scenario.knobs.iter().filter(differ);
                let settings: u64 = named.map(|knob| knob.max - knob.min + 1).product();
                let made: std::collections::BTreeSet<_> = made.map(|cell| &cell.knobs).collect();
                assert_eq!(made.len() as u64, settings, "{} on {store}: {invariant}", card.name);
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
            let at_most = match scenario.name.as_str() {
                "stock" => 14,
                "shop" => 30,
                _ => 24,
            };
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
