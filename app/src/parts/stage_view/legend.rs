//! The legend: what the marks of this run mean, drawn by the same code that draws them on the stage.

use lab::fold::{Mark, MarkKind};
use leptos::prelude::*;

use crate::live::{Each, piece};
use crate::replay::Replay;
use crate::stage::marks::{self, Room};
use crate::stage::picture::Picture;
use crate::stage::svg::PictureSvg;
use crate::words::stage as words;

/// The size of one drawn mark, in CSS pixels.
const WIDTH: f64 = 30.0;
const HEIGHT: f64 = 30.0;
/// Enough room for the whole mark, too little for words beside it.
const ROOM: Room = Room { entry_px: 8.0, half: 8.0 };

/// The marks that occur in the run so far, each with what it means.
#[component]
pub fn Legend(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let kinds = Memo::new(move |_| {
        let kinds = replay.with_stage(|stage| {
            let mut kinds: Vec<MarkKind> = Vec::new();
            let mut seen = [false; MarkKind::COUNT];
            for mark in &stage.marks {
                if !std::mem::replace(&mut seen[mark.kind as usize], true) {
                    kinds.push(mark.kind);
                }
            }
            let has_messages = seen[MarkKind::Publish as usize] || seen[MarkKind::Call as usize];
            (kinds, has_messages)
        });
        kinds.unwrap_or_default()
    });
    let items = piece(move || {
        let (kinds, has_messages) = kinds.get();
        let is_empty = kinds.is_empty();
        let told = kinds.into_iter().filter_map(|kind| Some((kind, words::mark(kind, has_messages)?)));
        let items = told.map(|(kind, meaning)| {
            view! {
                <li>
                    <span aria-hidden="true">
                        <PictureSvg picture=picture(kind) label=String::new() />
                    </span>
                    {meaning}
                </li>
            }
        });
        let lanes = (!is_empty).then(|| view! { <li>{words::lanes(has_messages)}</li> });
        (items.each(), lanes)
    });
    view! { <ul class="legend" aria-label=words::LEGEND>{items}</ul> }
}

fn picture(kind: MarkKind) -> Picture {
    let mark = Mark { seq: 0, lane: 0, row_lane: None, at_us: 0, kind, label: "2".into(), attempt: 1 };
    let mut shapes = Vec::new();
    marks::draw(&mark, (WIDTH / 2.0, HEIGHT / 2.0 + 3.0), ROOM, None, &mut shapes);
    Picture { width: WIDTH, height: HEIGHT, times: 1.0, shapes, spots: Vec::new(), areas: Vec::new() }
}
