//! The story of a run, over many real journals: every name and figure in a sentence occurs in the entries that it cites,
//! every figure that was counted can be counted again, and whatever broke has its cause.

use std::collections::{BTreeSet, HashSet};

use futures::future::join_all;
use lab::catalog::{Catalog, PromiseValue};
use lab::event::{Entry, Event};
use lab::spec::{Pace, Spec};
use lab::story::{Kind, SENTENCES_MAX, STEPS_MAX, Sentence, Story, tell};
use lab::verdict::Ruling;
use serde_json::json;

use crate::harness::{STORES, open_lab, run, spec, verdict};
use crate::recount::recount;

/// Seeds of each strategy's trial whose stories are checked.
const SEEDS: u64 = 3;
/// Runs at the same time: most of a run is waiting for its engine.
const AT_ONCE: usize = 6;

/// The words and numbers of a text, without what belongs to the sentence around them.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let is_edge = |letter: char| !letter.is_alphanumeric();
    text.split(|letter: char| !letter.is_alphanumeric() && !['-', '.', '~', '_', '\''].contains(&letter))
        .map(move |word| word.strip_suffix("'s").unwrap_or(word))
        .map(move |word| {
            word.trim_end_matches(is_edge).trim_start_matches(|letter| is_edge(letter) && letter != '-')
        })
        .filter(|word| !word.is_empty())
}

/// What a sentence says beside its entries' marks, the titles of invariants and what was counted.
fn said(sentence: &Sentence, catalog: &Catalog) -> String {
    let mut text = sentence.text.clone();
    for seq in &sentence.entries {
        text = text.replace(&format!("[{seq}]"), "");
    }
    for card in &catalog.invariants {
        text = text.replace(&format!("\u{201c}{}\u{201d}", card.title), "");
    }
    for count in &sentence.counts {
        text = text.replacen(&format!("{} times", count.times), "", 1);
    }
    text
}

fn check_sentence(place: &str, sentence: &Sentence, entries: &[Entry], catalog: &Catalog) {
    assert!(!sentence.text.trim().is_empty() && !sentence.entries.is_empty(), "{place}: {sentence:?}");
    let cited: Vec<&Entry> = entries.iter().filter(|entry| sentence.entries.contains(&entry.seq)).collect();
    assert_eq!(cited.len(), sentence.entries.len(), "{place}: {sentence:?}");
    let json: Vec<String> = cited.iter().map(|entry| serde_json::to_string(entry).expect("JSON")).collect();
    let known: HashSet<&str> = json.iter().flat_map(|text| tokens(text)).collect();
    let Event::Header(header) = &entries[0].event else { panic!("{place}: no header") };
    let actors: BTreeSet<&str> = header.actors.iter().map(String::as_str).collect();
    let said = said(sentence, catalog);
    for word in tokens(&said) {
        let is_name = word.contains('-')
            || word.contains(|letter: char| letter.is_ascii_digit())
            || actors.contains(word);
        assert!(!is_name || known.contains(word), "{place}: {word:?} is not cited: {}", sentence.text);
    }
    for count in &sentence.counts {
        assert_eq!(count.times, recount(count.of, entries), "{place}: {:?}: {}", count.of, sentence.text);
    }
}

fn check(place: &str, entries: &[Entry], catalog: &Catalog) -> Story {
    let story = tell(entries, catalog).expect("a journal with a header");
    for sentence in &story.why {
        check_sentence(place, sentence, entries, catalog);
    }
    let verdict = verdict(entries);
    let broken = verdict.judgements.iter().filter(|judgement| judgement.ruling == Ruling::Broken);
    for judgement in broken {
        let is_told = |sentence: &&Sentence| {
            sentence.kind == Kind::Cause && sentence.about.contains(&judgement.invariant)
        };
        assert!(
            story.why.iter().any(|sentence| is_told(&sentence)),
            "{place}: {} has no cause",
            judgement.invariant
        );
    }
    assert!(!story.why.is_empty() && story.why.len() <= SENTENCES_MAX, "{place}: {:#?}", story.why);
    assert_eq!(story.promise.len(), verdict.judgements.len(), "{place}");
    assert!((1..=STEPS_MAX).contains(&story.next.len()), "{place}: {:?}", story.next);
    for step in &story.next {
        check_address(place, &step.address, catalog);
    }
    story
}

/// Whatever is offered can be run: the address of a workbench holds a spec that is accepted.
fn check_address(place: &str, address: &str, catalog: &Catalog) {
    let Some((lab, query)) = address.strip_prefix("/labs/").and_then(|rest| rest.split_once('?')) else {
        assert!(address.starts_with("/compare?"), "{place}: {address}");
        return;
    };
    let decoded = |text: &str| text.replace("%23", "#").replace("%20", " ");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(String, String)> = pairs.map(|(key, value)| (decoded(key), decoded(value))).collect();
    let read = lab::query::read(lab, &pairs, &[], catalog);
    assert!(read.is_ok(), "{place}: {address}: {read:?}");
}

async fn check_witnesses(engine: &str) {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for card in &catalog.strategies {
        let breaks =
            |cell: &&lab::catalog::Promise| cell.engine == engine && cell.value == PromiseValue::Breaks;
        for cell in card.promises.iter().filter(breaks) {
            let witness =
                Spec { pace: Pace::Instant, ..cell.witness.clone().expect("whatever breaks has a witness") };
            let entries = run(&lab, witness).await;
            let place =
                format!("witness of {} {} {} {:?}", card.scenarios[0], card.name, cell.invariant, cell.knobs);
            let story = check(&place, &entries, &catalog);
            assert!(story.why.iter().all(|sentence| sentence.kind != Kind::Untested), "{place}");
            let pledge =
                story.promise.iter().find(|pledge| pledge.invariant == cell.invariant).expect("a pledge");
            assert_eq!(pledge.outcome, lab::story::Kept::Broke, "{place}: {}", pledge.text);
        }
    }
}

async fn check_trials(engine: &str) {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let mut trials: Vec<Spec> = Vec::new();
    for cell in catalog.strategies.iter().flat_map(|card| &card.promises).filter(|cell| cell.engine == engine)
    {
        trials.extend(cell.trial.clone().filter(|trial| !trials.contains(trial)));
    }
    let specs: Vec<Spec> =
        trials.iter().flat_map(|trial| (0..SEEDS).map(|seed| Spec { seed, ..trial.clone() })).collect();
    for together in specs.chunks(AT_ONCE) {
        let runs = join_all(together.iter().map(|spec| run(&lab, spec.clone()))).await;
        for (spec, entries) in together.iter().zip(&runs) {
            check(
                &format!("trial of {} {} seed {}", spec.scenario, spec.strategy, spec.seed),
                entries,
                &catalog,
            );
        }
    }
}

#[tokio::test]
async fn every_witness_on_sqlite_has_a_story_that_its_entries_bear_out() {
    check_witnesses("sqlite").await;
}

#[tokio::test]
async fn every_witness_on_postgres_has_a_story_that_its_entries_bear_out() {
    check_witnesses("postgres").await;
}

#[tokio::test]
async fn every_trial_on_sqlite_has_a_story_that_its_entries_bear_out() {
    check_trials("sqlite").await;
}

#[tokio::test]
async fn every_trial_on_postgres_has_a_story_that_its_entries_bear_out() {
    check_trials("postgres").await;
}

#[tokio::test]
async fn whoever_is_alone_puts_nothing_to_the_test_and_the_classic_bad_luck_does() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for store in STORES {
        for card in catalog.strategies_of("stock").filter(|card| !card.is_missing_on(store)) {
            let fields = json!({
                "strategy": card.name, "schedule": { "kind": "seeded" }, "workload": { "buyers": 1, "quantity": 3 },
            });
            let entries = run(&lab, spec(&lab, store, fields)).await;
            let story = check(&format!("{} alone on {store}", card.name), &entries, &catalog);
            assert!(
                story.why.iter().any(|sentence| sentence.kind == Kind::Untested),
                "{}: {:#?}",
                card.name,
                story.why
            );
        }
        for scenario in &catalog.scenarios {
            let mut cured = Spec { pace: Pace::Instant, ..scenario.classic.clone() };
            cured.strategy.clone_from(&scenario.cure);
            cured.engine.store = store.into();
            let entries = run(&lab, cured).await;
            let place = format!("the cure {} on {store}", scenario.cure);
            let story = check(&place, &entries, &catalog);
            // An outbox has no step between commit and publication at which the classic crash could strike.
            let met = story.why.iter().any(|told| told.kind != Kind::Untested);
            assert!(met || scenario.name == "order-placed", "{place}: {:#?}", story.why);
        }
    }
}

#[tokio::test]
async fn live_and_crashing_runs_have_stories_that_their_entries_bear_out() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    for store in STORES {
        for scenario in &catalog.scenarios {
            let has = |name: &str| scenario.knobs.iter().any(|knob| knob.name == name);
            for card in catalog.strategies_of(&scenario.name).filter(|card| !card.is_missing_on(store)) {
                let mut fields =
                    json!({ "lab": scenario.lab, "scenario": scenario.name, "strategy": card.name });
                let kinds =
                    if has("crashes") { ["seeded", "seeded", "live"] } else { ["seeded", "live", "live"] };
                for (seed, kind) in kinds.into_iter().enumerate() {
                    fields["seed"] = json!(seed);
                    fields["schedule"] = json!({ "kind": kind });
                    for (knob, value) in [
                        ("crashes", 20),
                        ("outsider", 1),
                        ("duplicates", 40),
                        ("held_back", 40),
                        ("think_ms", 2),
                    ] {
                        if has(knob) && seed != 1 {
                            fields["workload"][knob] = json!(value);
                        }
                    }
                    let spec = spec(&lab, store, fields.clone());
                    let missing = |cell: &lab::catalog::Promise| cell.value == PromiseValue::NotOnThisEngine;
                    if card.promises.iter().any(|cell| cell.is_about(&spec) && missing(cell)) {
                        continue;
                    }
                    let entries = run(&lab, spec).await;
                    check(
                        &format!("{kind} {} {} seed {seed} on {store}", scenario.name, card.name),
                        &entries,
                        &catalog,
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn an_outsider_is_outside_the_premises_and_never_a_bug() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let mut broken = 0;
    for seed in 0..20 {
        let fields = json!({
            "strategy": "optimistic", "seed": seed, "schedule": { "kind": "seeded" },
            "workload": { "buyers": 2, "purchases": 2, "quantity": 6, "outsider": 1, "think_ms": 3 },
        });
        let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
        let story = check(&format!("outsider, seed {seed}"), &entries, &catalog);
        for pledge in &story.promise {
            assert_ne!(pledge.outcome, lab::story::Kept::Contradicted, "{}", pledge.text);
            broken += usize::from(pledge.outcome == lab::story::Kept::OutsideItsPremises);
        }
    }
    assert!(broken > 0, "the outsider never broke anything");
}

#[tokio::test]
async fn a_hardship_that_nobody_came_to_is_told_as_such() {
    let (lab, _folder) = open_lab().await;
    let fields = json!({
        "lab": "duplicates", "schedule": { "kind": "seeded" },
        "hardships": [{ "kind": "crash", "at": "nobody/read#1" }, { "kind": "crash", "at": "consumer-1/ack#1" }],
    });
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    let story = lab::story::tell(&entries, &lab.catalog()).expect("a journal with a header");
    let told: Vec<&str> = story.why.iter().map(|sentence| sentence.text.as_str()).collect();
    let sentence = "Asked for was [1] crash at nobody/read#1, and nobody came to such a step: it never struck, and put nothing to the test.";
    assert!(told.contains(&sentence), "{told:#?}");
}

/// A run that breaks, with what its story says of this invariant's promise.
async fn pledge(fields: serde_json::Value, invariant: &str) -> (lab::story::Kept, String) {
    let (lab, _folder) = open_lab().await;
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    let story = check(invariant, &entries, &lab.catalog());
    let pledge =
        story.promise.into_iter().find(|pledge| pledge.invariant == invariant).expect("it was judged");
    (pledge.outcome, pledge.text)
}

#[tokio::test]
async fn trouble_that_did_not_come_is_not_named_as_the_cause() {
    let fields = json!({
        "lab": "duplicates", "strategy": "none", "schedule": { "kind": "seeded" }, "workload": { "lost_acks": 100 },
    });
    let (outcome, text) = pledge(fields, "no-double-charge").await;
    assert_eq!(outcome, lab::story::Kept::Broke);
    assert!(text.starts_with("Nothing promises that this holds"), "{text}");
}

#[tokio::test]
async fn a_row_or_an_event_that_nobody_can_read_is_outside_the_premises_and_never_a_bug() {
    let unreadable = json!({
        "lab": "outbox", "scenario": "order-placed", "strategy": "outbox-last-id",
        "schedule": { "kind": "seeded" }, "workload": { "services": 1, "orders": 1, "poison": 1 },
    });
    let poisoned = json!({
        "lab": "messages", "strategy": "version-requeue", "schedule": { "kind": "seeded" },
        "workload": { "poisoned": 100, "deliveries_max": 0 },
    });
    for (fields, invariant) in [(unreadable, "no-event-lost"), (poisoned, "no-event-lost")] {
        let (outcome, text) = pledge(fields, invariant).await;
        assert_eq!(outcome, lab::story::Kept::OutsideItsPremises, "{text}");
    }
}

#[tokio::test]
async fn an_event_that_comes_once_more_is_not_told_as_overtaken() {
    let fields = json!({
        "lab": "outbox", "scenario": "order-placed", "strategy": "outbox-polling", "schedule": { "kind": "seeded" },
        "workload": { "orders": 1, "changes": 2, "keeps_inbox": 0, "relay_batch": 10, "mark_together": 1 },
        "hardships": [{ "kind": "crash", "at": "relay/mark#1" }],
    });
    let (lab, _folder) = open_lab().await;
    let entries = run(&lab, spec(&lab, "sqlite", fields)).await;
    let story = check("once more", &entries, &lab.catalog());
    let told: Vec<&str> = story.why.iter().map(|sentence| sentence.text.as_str()).collect();
    assert!(
        told.iter().any(|text| text.contains("came once more, nothing remembered the first time")),
        "{told:#?}"
    );
    assert!(!told.iter().any(|text| text.contains("overtook")), "{told:#?}");
}
