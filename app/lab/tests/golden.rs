//! Recorded journals of real runs, and the verdicts that they must get.

use lab::canon;
use lab::checks;
use lab::event::{CounterRow, Entry, Event, RowRef, Sale};
use lab::fold::{MarkKind, SpanKind, Stage};
use lab::schedule;
use lab::verdict::Ruling;

fn journal(name: &str) -> Vec<Entry> {
    let path = format!("{}/tests/golden/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect()
}

/// The rulings in the scenario's order: lost update, oversell, wrong refusal, answered.
fn rulings(entries: &[Entry]) -> Vec<Ruling> {
    checks::judge(entries).judgements.iter().map(|judgement| judgement.ruling).collect()
}

const HOLDS: Ruling = Ruling::Holds;
const BROKEN: Ruling = Ruling::Broken;

/// Somebody may have edited a journal: the judge must come to a verdict on any number, not to grief.
#[test]
fn a_journal_with_the_largest_and_the_least_numbers_is_judged() {
    let folder = format!("{}/tests/golden", env!("CARGO_MANIFEST_DIR"));
    for file in std::fs::read_dir(folder).expect("golden journals") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a journal");
        for extreme in [i64::MAX, i64::MIN] {
            let edited = ["quantity", "amount", "units"].iter().fold(text.clone(), |text, field| {
                let numbers = (0..200).rev().flat_map(|number| [number, -number]);
                numbers.fold(text, |text, number| {
                    let was = format!("\"{field}\":{number}");
                    [",", "}"].iter().fold(text, |text, end| {
                        text.replace(&format!("{was}{end}"), &format!("\"{field}\":{extreme}{end}"))
                    })
                })
            });
            // The header's own numbers are a spec's, and are read with their ranges.
            let lines = text.lines().take(1).chain(edited.lines().skip(1));
            let read = lines.map(|line| serde_json::from_str(line).expect("an entry"));
            let entries: Vec<Entry> = read.collect();
            assert!(!checks::judge(&entries).judgements.is_empty());
            Stage::of(&entries);
        }
    }
}

#[test]
fn each_recorded_journal_gets_its_verdict() {
    for (name, expected) in [
        ("unprotected-sqlite", [BROKEN, BROKEN, HOLDS, HOLDS]),
        ("optimistic-sqlite", [HOLDS; 4]),
        ("row-lock-postgres", [HOLDS; 4]),
        ("transaction-only-postgres", [BROKEN, BROKEN, HOLDS, HOLDS]),
    ] {
        let entries = journal(name);
        assert_eq!(rulings(&entries), expected, "{name}");
        match entries.last().map(|entry| &entry.event) {
            Some(Event::Verdict(written)) => assert_eq!(**written, checks::judge(&entries), "{name}"),
            other => panic!("{name} ends with {other:?}"),
        }
    }
}

#[test]
fn the_evidence_of_a_journal_without_its_end_cites_entries_that_it_has() {
    let mut entries = journal("unprotected-sqlite");
    entries.retain(|entry| !matches!(entry.event, Event::FinalRead { .. } | Event::Verdict(_)));
    let verdict = checks::judge(&entries);
    let evidence = &verdict.on("no-oversell").expect("it is judged").evidence;
    assert!(evidence.iter().all(|piece| entries.iter().any(|entry| entry.seq == piece.seq)), "{evidence:?}");
}

#[test]
fn fields_are_an_object_even_where_there_are_none() {
    let stored = Event::Stored {
        row: RowRef { table: "inbox".into(), key: "a".into() },
        effect: lab::event::Effect::Unchanged,
        now: lab::event::Fields::new(),
        committed: true,
    };
    let json = serde_json::to_value(&stored).expect("JSON");
    assert_eq!(json["now"], serde_json::json!({}));
    assert_eq!(serde_json::from_value::<Event>(json).expect("an event"), stored);
}

#[test]
fn every_figure_and_name_in_the_evidence_occurs_in_the_entry_it_cites() {
    for name in ["unprotected-sqlite", "transaction-only-postgres"] {
        let entries = journal(name);
        for judgement in checks::judge(&entries).judgements {
            assert!(judgement.ruling == HOLDS || (3..=6).contains(&judgement.evidence.len()));
            for piece in &judgement.evidence {
                let cited = entries.iter().find(|entry| entry.seq == piece.seq).expect("the entry is there");
                let text = serde_json::to_string(cited).expect("JSON");
                let names = piece.sentence.split([' ', ':', ',', '.']).filter(|word| word.contains('-'));
                for name in names {
                    assert!(
                        text.contains(name),
                        "{name:?} of {:?} is not in entry {}",
                        piece.sentence,
                        piece.seq
                    );
                }
            }
        }
    }
}

#[test]
fn a_journal_without_its_final_read_proves_breaches_but_never_that_something_holds() {
    let mut broken = journal("unprotected-sqlite");
    broken.truncate(12);
    let undecided = Ruling::Undecided;
    assert_eq!(rulings(&broken), [BROKEN, BROKEN, undecided, undecided]);
    let mut held = journal("optimistic-sqlite");
    held.truncate(10);
    assert_eq!(rulings(&held), [undecided; 4]);
}

#[test]
fn a_claimed_sale_that_is_not_on_record_is_found() {
    let mut entries = journal("optimistic-sqlite");
    for entry in &mut entries {
        if let Event::FinalRead { sales, .. } = &mut entry.event {
            sales.clear();
        }
    }
    assert_eq!(rulings(&entries)[3], BROKEN);
}

#[test]
fn a_sale_that_nobody_was_told_of_is_found() {
    let mut entries = journal("optimistic-sqlite");
    for entry in &mut entries {
        if let Event::FinalRead { sales, .. } = &mut entry.event {
            sales.push(Sale { operation: "buyer-2.1".into(), key: "sku-001".into(), quantity: 1 });
        }
    }
    assert_eq!(rulings(&entries), [HOLDS, BROKEN, HOLDS, BROKEN]);
}

#[test]
fn a_refusal_while_units_are_left_is_found() {
    let mut entries = journal("row-lock-postgres");
    for entry in &mut entries {
        if let Event::Setup { rows } = &mut entry.event {
            rows[0].counter.amount += 1;
        }
    }
    assert_eq!(rulings(&entries)[2], BROKEN);
}

/// The recorded journal as if its product were kept as units: one that was sold, and this many that nobody touched.
fn as_units(name: &str, untouched: usize) -> Vec<Entry> {
    let text: String =
        journal(name).iter().map(|entry| serde_json::to_string(entry).expect("JSON") + "\n").collect();
    let text = text.replace("\"sku-001\"", "\"sku-001.1\"");
    let mut entries: Vec<Entry> =
        text.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect();
    let product = RowRef { table: "stock".into(), key: "sku-001".into() };
    for entry in &mut entries {
        match &mut entry.event {
            Event::OperationBegan { row, .. } => *row = product.clone(),
            Event::Setup { rows } => {
                rows[0].unit_of = Some(product.clone());
                let unit = rows[0].clone();
                rows.extend((0..untouched).map(|number| CounterRow {
                    row: RowRef { key: format!("sku-001.{}", number + 2), ..product.clone() },
                    ..unit.clone()
                }));
            }
            _ => {}
        }
    }
    entries
}

#[test]
fn a_refusal_is_judged_by_all_units_of_the_product_that_was_asked_for() {
    assert_eq!(rulings(&as_units("optimistic-sqlite", 0)), [HOLDS; 4]);
    assert_eq!(rulings(&as_units("optimistic-sqlite", 1)), [HOLDS, HOLDS, BROKEN, HOLDS]);
}

#[test]
fn a_unit_that_is_sold_twice_is_an_oversell_whatever_else_is_left() {
    assert_eq!(rulings(&as_units("unprotected-sqlite", 5)), [BROKEN, BROKEN, HOLDS, HOLDS]);
}

#[test]
fn a_journal_gives_its_schedule_back_and_a_wait_is_one_choice() {
    let choices: Vec<String> =
        schedule::of_journal(&journal("transaction-only-postgres")).iter().map(ToString::to_string).collect();
    let expected = [
        "buyer-1/begin#1",
        "buyer-2/begin#1",
        "buyer-1/read#1",
        "buyer-2/read#1",
        "buyer-1/write#1",
        "buyer-2/write#1",
        "buyer-1/commit#1",
        "buyer-2/commit#1",
    ];
    assert_eq!(choices, expected);
}

#[test]
fn the_canonical_form_minds_everything_but_real_time_and_raw() {
    let entries = journal("unprotected-sqlite");
    let mut other = entries.clone();
    other[4].wall_us += 1;
    other[4].raw.insert("pid".into(), "7".into());
    assert_eq!(canon::first_difference(&entries, &other), None);
    other[4].at_us += 1;
    assert_eq!(canon::first_difference(&entries, &other), Some(5));
    assert_eq!(canon::first_difference(&entries, &entries[..10]), Some(11));
}

#[test]
fn the_picture_shows_the_lost_update_as_an_arc_to_the_write_it_destroyed() {
    let entries = journal("unprotected-sqlite");
    let stage = Stage::of(&entries);
    let names: Vec<&str> = stage.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["buyer-1", "buyer-2", "stock sku-001"]);
    assert_eq!(stage.arcs.len(), 1);
    let arc = stage.arcs[0];
    assert_eq!(stage.marks[arc.from].kind, MarkKind::BlindWrite);
    assert_eq!((stage.marks[arc.from].seq, stage.marks[arc.to].seq), (11, 9));
}

#[test]
fn a_write_that_was_seen_is_not_shown_as_lost_though_its_entry_came_after_the_read() {
    let mut entries = journal("unprotected-sqlite");
    // As in a live run: buyer-2 read what buyer-1 had written, and the entry of that write came later.
    let stamp = entries[8].operation.clone().expect("a write");
    let read = entries.iter_mut().filter(|entry| entry.seq < 9 && entry.actor.as_deref() == Some("buyer-2"));
    for entry in read {
        if let Event::Read { found: Some(counter), .. } = &mut entry.event {
            counter.last_op.clone_from(&stamp);
        }
    }
    let stage = Stage::of(&entries);
    assert!(stage.arcs.is_empty() && stage.marks.iter().all(|mark| mark.kind != MarkKind::BlindWrite));
}

#[test]
fn the_picture_shows_a_wait_from_its_begin_to_its_answer() {
    let stage = Stage::of(&journal("transaction-only-postgres"));
    let waits = stage.lanes[1].spans.iter().filter(|span| span.kind == SpanKind::Wait).collect::<Vec<_>>();
    assert_eq!(waits.len(), 1);
    assert!(waits[0].label.contains("buyer-1") && waits[0].to_us.is_some());
}

#[test]
fn folding_entry_by_entry_gives_the_same_picture_as_folding_all() {
    for name in ["unprotected-sqlite", "row-lock-postgres"] {
        let entries = journal(name);
        let mut stage = Stage::default();
        entries.iter().for_each(|entry| stage.see(entry));
        assert_eq!(stage, Stage::of(&entries), "{name}");
    }
}
