//! Excerpts of recorded runs, and the sentences that they must be told in: one for each form.

use lab::catalog::Catalog;
use lab::checks;
use lab::event::{Entry, Event};
use lab::story::{Kind, Sentence, Story, tell};
use serde::Deserialize;

/// Anomalies that neither SQLite nor PostgreSQL lets happen at any level.
const NEVER_BROKEN: [&str; 5] = [
    "no-dirty-write",
    "no-aborted-read",
    "no-intermediate-read",
    "no-circular-flow",
    "no-vanishing-transaction",
];

/// The entries that a sentence cites, between the header and the verdict of their run.
#[derive(Deserialize)]
struct Excerpt {
    text: String,
    entries: Vec<Entry>,
}

/// A catalog that knows the invariants and nothing else.
fn catalog() -> Catalog {
    Catalog {
        version: String::new(),
        labs: Vec::new(),
        scenarios: Vec::new(),
        strategies: Vec::new(),
        invariants: checks::cards(),
        engines: Vec::new(),
        challenges: Vec::new(),
        lessons: Vec::new(),
    }
}

fn excerpts() -> Vec<Excerpt> {
    let path = format!("{}/tests/excerpts/stories.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).expect("an excerpt")).collect()
}

fn journal(name: &str) -> Vec<Entry> {
    let path = format!("{}/tests/golden/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect()
}

fn story(name: &str) -> Story {
    tell(&journal(name), &catalog()).expect("a journal with a header")
}

fn texts(kind: Kind, story: &Story) -> Vec<&str> {
    let of_kind = |sentence: &&Sentence| sentence.kind == kind;
    story.why.iter().filter(of_kind).map(|sentence| sentence.text.as_str()).collect()
}

#[test]
fn each_excerpt_is_told_in_its_sentence() {
    let catalog = catalog();
    for Excerpt { text, entries } in excerpts() {
        let story = tell(&entries, &catalog).expect("a journal with a header");
        let told: Vec<&str> = story.why.iter().map(|sentence| sentence.text.as_str()).collect();
        assert!(told.contains(&text.as_str()), "{text}\nis told as\n{told:#?}");
    }
}

#[test]
fn every_invariant_has_an_excerpt_of_its_breach() {
    let catalog = catalog();
    let told: Vec<String> = excerpts()
        .iter()
        .filter_map(|excerpt| tell(&excerpt.entries, &catalog))
        .flat_map(|story| story.why)
        .filter(|sentence| sentence.kind == Kind::Cause)
        .flat_map(|sentence| sentence.about)
        .collect();
    for check in checks::ALL.iter().filter(|check| !NEVER_BROKEN.contains(&check.name)) {
        assert!(told.iter().any(|name| name == check.name), "{} was never broken", check.name);
    }
}

#[test]
fn a_lost_update_is_told_from_the_read_to_the_write_that_replaced_another_one() {
    let story = story("unprotected-sqlite");
    assert_eq!(
        texts(Kind::Cause, &story),
        [
            "buyer-2 read 1 from stock sku-001 [6] before buyer-1 wrote 0 there [9]. Its own write of 0 [11] replaced that write, which it had never seen: one of the two is lost.",
            "At the start there was 1 of sku-001 [2]. buyer-1 [9] and buyer-2 [11] each set stock sku-001 to 0, from what they had read before: they sold the same goods. The row looks healthy, and all the sales are on record [13].",
        ]
    );
    assert_eq!(story.why[0].entries, [6, 9, 11]);
    assert!(texts(Kind::Untested, &story).is_empty());
}

#[test]
fn a_cure_says_which_conflict_protected_it() {
    let story = story("optimistic-sqlite");
    let told = texts(Kind::Protection, &story);
    assert!(told[0].contains("It found version 2 where it expected 1, and wrote nothing"), "{told:?}");
}

#[test]
fn a_lock_says_who_waited_for_whom() {
    let story = story("row-lock-postgres");
    let told = texts(Kind::Protection, &story);
    assert!(
        told[0].contains("had to wait for the row lock of stock sku-001, which buyer-2 held"),
        "{told:?}"
    );
}

#[test]
fn a_journal_that_breaks_off_says_that_nobody_can_say() {
    let mut entries = journal("optimistic-sqlite");
    entries.truncate(10);
    let story = tell(&entries, &catalog()).expect("a journal with a header");
    let told = texts(Kind::Undecided, &story);
    assert!(
        told[0].starts_with("The journal ends before anybody looked what was left in the end [10]."),
        "{told:?}"
    );
    assert_eq!(texts(Kind::Untested, &story).len(), 0);
}

#[test]
fn a_buyer_who_is_alone_puts_nothing_to_the_test() {
    let mut entries = journal("unprotected-sqlite");
    entries.retain(|entry| {
        entry.actor.as_deref() != Some("buyer-2") && !matches!(entry.event, Event::Verdict(_))
    });
    for entry in &mut entries {
        if let Event::FinalRead { rows, sales, .. } = &mut entry.event {
            sales.retain(|sale| sale.operation == "buyer-1.1");
            rows[0].counter.last_op = "buyer-1.1".into();
        }
    }
    let story = tell(&entries, &catalog()).expect("a journal with a header");
    assert_eq!(
        texts(Kind::Untested, &story),
        [
            "Nobody else wrote stock sku-001 between the read of buyer-1 [5] and its write [9]. So this run never put to the test: \u{201c}No lost update\u{201d} and \u{201c}No oversell\u{201d}."
        ]
    );
}
