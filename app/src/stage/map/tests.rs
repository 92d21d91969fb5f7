//! The map: boxes that do not overlap, in the order of the flow, and the latest step between the right two.

use lab::event::{Entry, Event};
use lab::fold::Stage;

use super::*;
use crate::stage::axis::{Axis, Zoom};
use crate::stage::picture::View;

fn look(width: f64) -> Look {
    Look {
        view: View::Map,
        width,
        large: false,
        axis: Axis::Entries,
        zoom: Zoom::Whole,
        focus: None,
        selected: None,
        lit: Vec::new(),
    }
}

/// The first `count` entries of a golden journal.
fn golden(name: &str, count: usize) -> Vec<Entry> {
    let path = format!("{}/lab/tests/golden/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the golden journal");
    text.lines().take(count).map(|line| serde_json::from_str(line).expect("an entry")).collect()
}

#[test]
fn boxes_do_not_overlap_however_narrow_the_page_is() {
    let stage = Stage::of(&golden("row-lock-postgres", 30));
    for width in [360.0, 700.0, 1_400.0] {
        let Plan { frames, height, .. } = laid_out(&stage, &look(width));
        for (place, one) in frames.iter().enumerate() {
            assert!(one.x >= 0.0 && one.x + one.w <= width && one.y + one.h <= height, "{width}: {one:?}");
            for other in &frames[place + 1..] {
                let apart = one.x + one.w <= other.x || other.x + other.w <= one.x;
                assert!(apart || one.y + one.h <= other.y || other.y + other.h <= one.y, "{one:?} {other:?}");
            }
        }
    }
}

#[test]
fn who_asks_stands_left_of_what_is_kept() {
    let stage = Stage::of(&golden("row-lock-postgres", 30));
    let frames = laid_out(&stage, &look(1_000.0)).frames;
    let (buyer, row) = (stage.lane("buyer-1").expect("a buyer"), stage.lane("stock sku-001").expect("a row"));
    assert!(frames[buyer].x + frames[buyer].w < frames[row].x);
}

#[test]
fn the_latest_step_is_an_arrow_from_the_row_that_was_read() {
    let entries = golden("row-lock-postgres", 8);
    assert!(matches!(entries.last().map(|entry| &entry.event), Some(Event::Read { .. })));
    let stage = Stage::of(&entries);
    let picture = draw(&stage, &look(1_000.0));
    let arrow = picture.shapes.iter().find_map(|shape| match shape {
        Shape::Arrow { from, to, ink, .. } => Some((*from, *to, *ink)),
        _ => None,
    });
    let ((from_x, _), (to_x, _), ink) = arrow.expect("an arrow");
    assert!(from_x > to_x && ink == Ink::Read);
}

#[test]
fn who_waits_is_said_to_wait_and_for_whom() {
    let stage = Stage::of(&golden("row-lock-postgres", 9));
    let picture = draw(&stage, &look(1_400.0));
    let said = picture
        .shapes
        .iter()
        .any(|shape| matches!(shape, Shape::Text { words, .. } if words.starts_with("waits for") ));
    assert!(said, "{:?}", picture.shapes);
}

#[test]
fn a_press_anywhere_in_a_box_picks_the_latest_entry_that_it_took_part_in() {
    let stage = Stage::of(&golden("row-lock-postgres", 8));
    let picture = draw(&stage, &look(1_000.0));
    let frames = laid_out(&stage, &look(1_000.0)).frames;
    let buyer = frames[stage.lane("buyer-2").expect("a buyer")];
    assert_eq!(picture.hit((buyer.x + 2.0, buyer.y + 2.0)), Some(8));
    assert_eq!(picture.hit((buyer.x + buyer.w + 20.0, buyer.y)), None);
}
