//! Where marks and spans land, and what a click hits.

use std::collections::BTreeMap;

use lab::event::{Counter, CounterRow, Entry, Event, Header, RowRef};
use lab::fold::Stage;
use lab::spec::{Engines, Pace, Spec};

use super::*;

fn entry(seq: u64, actor: Option<&str>, event: Event) -> Entry {
    Entry {
        seq,
        at_us: seq * 1_000,
        wall_us: seq * 1_000,
        actor: actor.map(str::to_owned),
        step: None,
        began_us: None,
        operation: actor.map(|actor| format!("{actor}/1")),
        attempt: None,
        causes: Vec::new(),
        event,
        sql: Vec::new(),
        raw: BTreeMap::new(),
    }
}

fn row() -> RowRef {
    RowRef { table: "stock".into(), key: "sku-1".into() }
}

fn counter(amount: i64, last_op: &str) -> Counter {
    Counter { amount, version: 0, last_op: last_op.into() }
}

fn header(actors: usize) -> Event {
    let spec = Spec {
        version: 1,
        lab: String::new(),
        scenario: String::new(),
        strategy: String::new(),
        workload: BTreeMap::new(),
        retry: lab::retry::Retry::default(),
        hardships: Vec::new(),
        engine: Engines::default(),
        schedule: lab::schedule::Schedule::Live,
        pace: Pace::Watch,
        seed: 1,
    };
    Event::Header(Box::new(Header {
        spec,
        catalog: String::new(),
        program: String::new(),
        engines: BTreeMap::new(),
        actors: (1..=actors).map(|n| format!("buyer-{n}")).collect(),
        invariants: Vec::new(),
        remarks: Vec::new(),
    }))
}

/// Two buyers read the same amount, and the second write destroys the first.
fn lost_update() -> Stage {
    let read = || Event::Read { row: row(), found: Some(counter(1, "setup")), locking: false };
    let wrote = |overwrote: &str, now: &str| Event::Wrote {
        row: row(),
        overwrote: overwrote.into(),
        now: counter(0, now),
        basis: lab::event::Basis::EarlierRead,
        committed: true,
    };
    let setup =
        Event::Setup { rows: vec![CounterRow { row: row(), counter: counter(1, "setup"), unit_of: None }] };
    let mut last = entry(6, Some("buyer-2"), wrote("buyer-1/1", "buyer-2/1"));
    last.causes = vec![4];
    Stage::of(&[
        entry(1, None, header(2)),
        entry(2, None, setup),
        entry(3, Some("buyer-1"), read()),
        entry(4, Some("buyer-2"), read()),
        entry(5, Some("buyer-1"), wrote("setup", "buyer-1/1")),
        last,
    ])
}

fn look(width: f64) -> Look {
    Look {
        view: View::Lanes,
        width,
        large: false,
        axis: Axis::Entries,
        zoom: Zoom::Auto,
        focus: None,
        selected: None,
        lit: Vec::new(),
    }
}

#[test]
fn every_mark_can_be_picked_where_it_is_drawn() {
    for width in [340.0, 900.0, 1_800.0] {
        let picture = Picture::of(&lost_update(), &look(width));
        assert_eq!(picture.spots.len(), 4, "{width}");
        for &(seq, (x, y)) in &picture.spots {
            assert!(x > 0.0 && x < width && y > 0.0 && y < picture.height, "{seq} at {x}, {y}");
            assert_eq!(picture.hit((x + 3.0, y - 3.0)), Some(seq));
        }
        assert_eq!(picture.hit((-100.0, -100.0)), None);
    }
}

#[test]
fn a_lost_update_points_at_the_write_it_destroyed() {
    let picture = Picture::of(&lost_update(), &look(900.0));
    let arrows: Vec<_> = picture.shapes.iter().filter(|shape| matches!(shape, Shape::Arrow { .. })).collect();
    assert_eq!(arrows.len(), 1);
    let Shape::Arrow { from, to, .. } = arrows[0] else { unreachable!("filtered above") };
    assert!(to.0 < from.0, "it points back in time");
}

#[test]
fn evidence_is_ringed_and_numbered_also_where_no_mark_is() {
    let mut look = look(900.0);
    look.lit = vec![2, 3, 6];
    let picture = Picture::of(&lost_update(), &look);
    let numbers = picture.shapes.iter().filter(|shape| matches!(shape, Shape::Text { ink: Ink::Paper, .. }));
    assert_eq!(numbers.count(), 3);
}

#[test]
fn a_crowd_of_marks_is_thinned_to_what_the_eye_can_tell_apart() {
    let mut entries = vec![entry(1, None, header(64))];
    for seq in 2..=50_000 {
        let actor = format!("buyer-{}", seq % 64 + 1);
        entries.push(entry(seq, Some(&actor), Event::Committed));
    }
    let whole = Look { zoom: Zoom::Whole, ..look(900.0) };
    let picture = Picture::of(&Stage::of(&entries), &whole);
    assert!(picture.shapes.len() < 12_000, "{} shapes", picture.shapes.len());
}

#[test]
fn an_empty_run_is_a_picture_too() {
    let picture = Picture::of(&Stage::default(), &look(300.0));
    assert!(picture.height > 0.0 && picture.spots.is_empty());
}

#[test]
fn an_outage_is_a_band_from_its_beginning_to_its_end_or_to_where_the_run_stands() {
    use lab::event::{Manner, OutageBegan, OutageEnded, Port};

    let began =
        |port, manner| Event::OutageBegan(OutageBegan { port, manner, by_hand: true, simulated: true });
    let entries = [
        entry(1, None, header(1)),
        entry(2, None, began(Port::Node1, Manner::Cut)),
        entry(3, None, began(Port::Database, Manner::Stall)),
        entry(4, None, Event::OutageEnded(OutageEnded { port: Port::Node1, by_hand: true })),
        entry(5, Some("buyer-1"), Event::NothingThere),
    ];
    let stage = Stage::of(&entries);
    let untils: Vec<Option<u64>> =
        stage.outages.iter().map(|outage| outage.until.map(|(seq, _)| seq)).collect();
    assert_eq!(untils, [Some(4), None]);
    let picture = Picture::of(&stage, &look(900.0));
    let bands: Vec<f64> = picture
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Bar { w, h, ink: Ink::Outage, .. } if *h == picture.height => Some(*w),
            _ => None,
        })
        .collect();
    assert_eq!(bands.len(), 2);
    let says = |wanted: &str| {
        picture.shapes.iter().any(|shape| matches!(shape, Shape::Text { words, .. } if words == wanted))
    };
    assert!(says("node 1 cut off") && says("the database stalled"));
    // Both last for two entries: the second goes on, and the run stands at the fifth.
    assert!((bands[0] - bands[1]).abs() < 0.01, "{bands:?}");
}
