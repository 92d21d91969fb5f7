//! The wait-for graph: who waits for whom at the moment that is shown, as arrows and as sentences.

use std::f64::consts::TAU;

use lab::fold::{Wait, Waits};
use leptos::prelude::*;

use crate::live::{Each, piece};
use crate::replay::Replay;
use crate::testids;
use crate::words::waits as words;

/// More actors than this are told in sentences only.
const NODES_MAX: usize = 10;
/// The size of the drawing, in its own units.
const WIDTH: f64 = 360.0;
const HEIGHT_OF_TWO: f64 = 90.0;
const HEIGHT: f64 = 240.0;
/// Half the size of an actor's box.
const NODE: (f64, f64) = (44.0, 16.0);

/// The graph of the moment that is shown.
#[component]
pub fn WaitGraph(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let waits = Memo::new(move |_| replay.with_stage(|stage| stage.waits.clone()).unwrap_or_default());
    let drawn = piece(move || waits.with(graph));
    view! {
        <section class="wait-graph" aria-labelledby="waits-title" data-testid=testids::WAIT_GRAPH>
            <h3 id="waits-title">{words::TITLE}</h3>
            {drawn}
        </section>
    }
}

fn graph(waits: &Waits) -> AnyView {
    let arrows = waits.arrows();
    if arrows.is_empty() {
        return view! { <p class="quiet">{words::NOBODY}</p> }.into_any();
    }
    let circle = waits.circle();
    let told = (!circle.is_empty()).then(|| {
        let sentence = words::deadlock(&circle.join(", "), waits.victim().is_some());
        view! { <p class="deadlock" role="alert">{sentence}</p> }
    });
    let names = names(&arrows);
    let drawing = (names.len() <= NODES_MAX).then(|| drawing(&arrows, &names, &circle));
    let sentences = arrows.iter().map(|arrow| {
        let testid = format!("wait-{}-{}", arrow.waiter, arrow.holder);
        view! { <li data-testid=testid>{words::wait(arrow)}</li> }
    });
    view! {
        {told}
        {drawing}
        <ul class="waits">{sentences.each()}</ul>
    }
    .into_any()
}

/// Everybody in the graph, holders of many first, so that arrows of two actors point to the right.
fn names(arrows: &[Wait]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for arrow in arrows {
        for name in [&arrow.waiter, &arrow.holder] {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

fn drawing(arrows: &[Wait], names: &[String], circle: &[String]) -> AnyView {
    let places = places(names.len());
    let place = |name: &String| names.iter().position(|other| other == name).map(|at| places[at]);
    let lines = arrows.iter().filter_map(|arrow| {
        let in_circle = circle.contains(&arrow.waiter) && circle.contains(&arrow.holder);
        // Two who wait for each other: their arrows run side by side.
        let is_mutual =
            arrows.iter().any(|other| other.waiter == arrow.holder && other.holder == arrow.waiter);
        Some(line(arrow, place(&arrow.waiter)?, place(&arrow.holder)?, in_circle, is_mutual))
    });
    let nodes = names.iter().zip(&places).map(|(name, at)| node(name, *at, circle.contains(name)));
    let height = if names.len() == 2 { HEIGHT_OF_TWO } else { HEIGHT };
    let label = arrows.iter().map(words::wait).collect::<Vec<_>>().join(" ");
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-label=label>
            {lines.each()}
            {nodes.each()}
        </svg>
    }
    .into_any()
}

/// Two side by side, more on an ellipse.
fn places(count: usize) -> Vec<(f64, f64)> {
    if count == 2 {
        let y = HEIGHT_OF_TWO / 2.0;
        return vec![(NODE.0 + 2.0, y), (WIDTH - NODE.0 - 2.0, y)];
    }
    let (rx, ry) = (WIDTH / 2.0 - NODE.0 - 2.0, HEIGHT / 2.0 - NODE.1 - 2.0);
    let angle = |number: usize| TAU * (number as f64 / count as f64) - TAU / 2.0;
    (0..count)
        .map(|number| (WIDTH / 2.0 + rx * angle(number).cos(), HEIGHT / 2.0 + ry * angle(number).sin()))
        .collect()
}

fn node(name: &str, (x, y): (f64, f64), in_circle: bool) -> AnyView {
    let class = if in_circle { "node in-circle" } else { "node" };
    view! {
        <g class=class>
            <rect
                x=px(x - NODE.0)
                y=px(y - NODE.1)
                width=px(2.0 * NODE.0)
                height=px(2.0 * NODE.1)
                rx="6"
            ></rect>
            <text x=px(x) y=px(y + 4.5) text-anchor="middle">{name.to_owned()}</text>
        </g>
    }
    .into_any()
}

fn line(arrow: &Wait, from: (f64, f64), to: (f64, f64), in_circle: bool, is_mutual: bool) -> AnyView {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let aside = if is_mutual { 10.0 } else { 0.0 };
    let shift = |(x, y): (f64, f64)| (x - uy * aside, y + ux * aside);
    let (gap_from, gap_to) = (edge(ux, uy), edge(ux, uy) + 4.0);
    let start = shift((from.0 + ux * gap_from, from.1 + uy * gap_from));
    let end = shift((to.0 - ux * gap_to, to.1 - uy * gap_to));
    let (bx, by) = (end.0 - ux * 10.0, end.1 - uy * 10.0);
    let (wx, wy) = (-uy * 5.0, ux * 5.0);
    let head =
        format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}", bx + wx, by + wy, end.0, end.1, bx - wx, by - wy);
    let path = format!("M{:.1} {:.1}L{:.1} {:.1}{head}", start.0, start.1, end.0, end.1);
    let words = arrow.lock.as_ref().map(words::lock).unwrap_or_default();
    let middle =
        ((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0 + if aside > 0.0 { 12.0 * ux - 2.0 } else { -7.0 });
    let class = match (in_circle, arrow.is_queued) {
        (true, _) => "arrow in-circle",
        (false, true) => "arrow is-queued",
        (false, false) => "arrow",
    };
    view! {
        <g class=class>
            <path d=path></path>
            <text x=px(middle.0) y=px(middle.1) text-anchor="middle">{words}</text>
        </g>
    }
    .into_any()
}

/// How far an actor's box reaches from its middle in this direction.
fn edge(ux: f64, uy: f64) -> f64 {
    let (across, down) = (NODE.0 / ux.abs().max(1e-6), NODE.1 / uy.abs().max(1e-6));
    across.min(down)
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}
