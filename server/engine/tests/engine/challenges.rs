//! Every challenge can be solved, what it begins with does not solve it, and what counts as solved deserves to.

use engine::{Lab, challenges};
use lab::catalog::{Promise, PromiseValue};
use lab::challenge::{Challenge, Goal, Means, Outcome, struck};
use lab::schedule::Schedule;
use lab::spec::{Hardship, Pace, Selector, Spec};

use crate::harness::{open_lab, run, verdict};

/// Orders in which a strategy that solved a challenge is tried again.
const SEEDS: u64 = 10;

async fn outcome(lab: &Lab, challenge: &Challenge, spec: Spec) -> Outcome {
    let spec = Spec { pace: Pace::Instant, ..spec };
    let entries = run(lab, spec.clone()).await;
    challenge.outcome(&spec, verdict(&entries), struck(&entries), &lab.catalog())
}

/// What was given, and what is to be found in it.
fn solution(lab: &Lab, challenge: &Challenge) -> Spec {
    let witness = challenges::witness(challenge, &lab.catalog().strategies).expect("it has a cell");
    match challenge.means {
        Means::Order => Spec { schedule: witness.schedule, ..challenge.spec.clone() },
        _ => Spec { hardships: witness.hardships, ..challenge.spec.clone() },
    }
}

#[tokio::test]
async fn every_challenge_is_about_a_cell_and_has_a_name_of_its_own() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let challenges = &catalog.challenges;
    assert_eq!(challenges.len(), challenges::count());
    for challenge in challenges {
        let same = challenges.iter().filter(|other| other.name == challenge.name);
        assert_eq!(same.count(), 1, "{}", challenge.name);
    }
}

#[tokio::test]
async fn what_is_to_be_broken_is_broken_by_the_witness_and_holds_in_some_other_order_without_a_crash() {
    let (lab, _folder) = open_lab().await;
    for challenge in lab.catalog().challenges.iter().filter(|challenge| challenge.goal == Goal::Break) {
        let solved = outcome(&lab, challenge, solution(&lab, challenge)).await;
        assert_eq!(solved, Outcome::Solved, "{}", challenge.name);
        assert_eq!(somewhere_else(&lab, challenge).await, Some(Outcome::Held), "{}", challenge.name);
    }
}

/// What comes of the given spec in the first of a few orders in which it is not broken.
async fn somewhere_else(lab: &Lab, challenge: &Challenge) -> Option<Outcome> {
    for seed in 1..=SEEDS {
        let seeded = Spec { seed, schedule: Schedule::Seeded, ..challenge.spec.clone() };
        let outcome = outcome(lab, challenge, seeded).await;
        if !matches!(outcome, Outcome::Solved | Outcome::Broke(_)) {
            return Some(outcome);
        }
    }
    None
}

#[tokio::test]
async fn what_is_to_be_kept_is_kept_by_some_strategy_with_every_order_and_not_by_the_given_one() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for challenge in catalog.challenges.iter().filter(|challenge| challenge.goal == Goal::Keep) {
        let given = outcome(&lab, challenge, challenge.spec.clone()).await;
        assert!(matches!(given, Outcome::Broke(_)), "{}: {given:?}", challenge.name);
        let mut solved = Vec::new();
        for card in catalog.strategies_of(&challenge.spec.scenario) {
            let spec = Spec { strategy: card.name.clone(), ..challenge.spec.clone() };
            let is_missing =
                |cell: &Promise| cell.value == PromiseValue::NotOnThisEngine && cell.is_about(&spec);
            if card.promises.iter().any(is_missing) {
                continue;
            }
            if outcome(&lab, challenge, spec.clone()).await != Outcome::Solved {
                continue;
            }
            for seed in 1..=SEEDS {
                let seeded = Spec { seed, schedule: Schedule::Seeded, pace: Pace::Instant, ..spec.clone() };
                let entries = run(&lab, seeded).await;
                assert!(!verdict(&entries).is_broken(), "{} by {}, seed {seed}", challenge.name, card.name);
            }
            solved.push(card.name.clone());
        }
        println!("{}: {solved:?}", challenge.name);
        assert!(!solved.is_empty(), "{}", challenge.name);
    }
}

#[tokio::test]
async fn what_is_given_must_stay_as_it_is() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let challenge = catalog.challenge("two-buyers").expect("it is there");
    let mut spec = solution(&lab, challenge);
    spec.workload.insert("buyers".into(), 3);
    let entries = run(&lab, Spec { pace: Pace::Instant, ..spec.clone() }).await;
    let changed = Outcome::Changed(vec!["buyers".into()]);
    assert_eq!(challenge.outcome(&spec, verdict(&entries), struck(&entries), &catalog), changed);
}

#[tokio::test]
async fn a_strategy_that_only_happened_to_hold_is_called_lucky() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let challenge = catalog.challenge("two-buyers-safe").expect("it is there");
    let lucky = Outcome::Lucky("two buyers of one product at the same time".into());
    assert_eq!(somewhere_else(&lab, challenge).await, Some(lucky));
}

#[tokio::test]
async fn a_crash_that_never_comes_puts_nothing_to_the_test() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let challenge = catalog.challenge("charged-twice").expect("it is there");
    let crash = challenges::witness(challenge, &catalog.strategies).expect("it has a cell").hardships;
    let nowhere = crash.iter().map(|crash| {
        let at = Selector { step: "sing".into(), ..crash.at().clone() };
        Hardship::new(crash.kind(), at).expect("there is such a hardship")
    });
    let spec = Spec { hardships: nowhere.collect(), ..challenge.spec.clone() };
    assert_eq!(outcome(&lab, challenge, spec).await, Outcome::NotStruck);
}
