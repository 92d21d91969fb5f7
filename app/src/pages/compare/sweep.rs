//! Throughput against contention: the strategies that are chosen, live, with more and more who ask at the same time.

use lab::spec::Spec;
use lab::sweep::{self, Swept, VALUES};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::board::Board;
use crate::client;
use crate::live::{piece, piece_when, press, text};
use crate::parts::Shelf;
use crate::stage::plot::{Line, plot};
use crate::stage::svg::PictureSvg;
use crate::testids;
use crate::words::compare as words;

/// What was measured, strategy by strategy.
type Measured = Vec<(String, Vec<Swept>)>;

/// The panel; nothing where no knob says how many ask at the same time.
#[component]
pub fn SweepPanel(
    /// The page.
    board: Board,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let measured = RwSignal::new(Measured::new());
    let going = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<String>);
    let label = Memo::new(move |_| {
        let scenario = board.form.value("scenario");
        shelf.with_value(|catalog| {
            let card = catalog.scenarios.iter().find(|card| card.name == scenario)?;
            sweep::knob(card).map(|knob| knob.label.clone())
        })
    });
    let measure = move || {
        if going.with_untracked(Option::is_some) {
            return;
        }
        match untrack(|| board.specs()) {
            Ok(specs) => spawn_local(measure_all(specs, shelf, measured, going, problem)),
            Err(sentence) => problem.set(Some(sentence)),
        }
    };
    piece_when(
        move || label.get().is_some(),
        move || {
            let picture = piece(move || drawn(&measured.get(), &label.get().unwrap_or_default()));
            view! {
                <section class="panel sweep" aria-labelledby="sweep-title">
                    <h2 id="sweep-title">{words::SWEEP}</h2>
                    <p class="quiet">{words::SWEEP_ABOUT}</p>
                    <button
                        type="button"
                        class="button"
                        data-testid=testids::SWEEP
                        aria-disabled=text(move || if going.with(Option::is_some) { "true" } else { "false" })
                        on:click=press(measure)
                    >
                        {words::MEASURE}
                    </button>
                    <span class="quiet" role="status">{text(move || going.get().map(|title| format!(" {title}")).unwrap_or_default())}</span>
                    <p class="fault" role="alert">{piece(move || problem.get())}</p>
                    {picture}
                </section>
            }
        },
    )
}

async fn measure_all(
    specs: Vec<Spec>,
    shelf: Shelf,
    measured: RwSignal<Measured>,
    going: RwSignal<Option<String>>,
    problem: RwSignal<Option<String>>,
) {
    problem.set(None);
    measured.set(Measured::new());
    for spec in specs {
        let title = shelf.with_value(|catalog| {
            let card = catalog.strategy(&spec.scenario, &spec.strategy);
            card.map_or_else(|| spec.strategy.clone(), |card| card.title.clone())
        });
        going.set(Some(title.clone()));
        match client::sweep(&spec).await {
            Ok(sweep) => measured.update(|measured| measured.push((title, sweep.points))),
            // The others may well be measured.
            Err(refused) => problem.set(Some(format!("{title}: {}", refused.detail))),
        }
    }
    going.set(None);
}

fn drawn(measured: &Measured, label: &str) -> Option<AnyView> {
    let lines = lines(measured);
    let picture = plot(&VALUES, &lines, &words::sweep_along(label), words::SWEEP_UP);
    let figure = || view! { <figure data-testid=testids::SWEEP_PLOT><PictureSvg picture label=said(&lines) /></figure> };
    (!lines.is_empty()).then(|| figure().into_any())
}

fn lines(measured: &Measured) -> Vec<Line> {
    let line = |(title, points): &(String, Vec<Swept>)| {
        let held = points.iter().all(|point| point.holds);
        Line {
            name: if held { title.clone() } else { words::broke(title) },
            heights: points.iter().map(|point| point.per_second).collect(),
        }
    };
    measured.iter().map(line).collect()
}

/// The plot in words.
fn said(lines: &[Line]) -> String {
    let line = |line: &Line| {
        let heights: Vec<String> = line.heights.iter().map(|height| format!("{height:.0}")).collect();
        format!("{}: {}", line.name, heights.join(", "))
    };
    lines.iter().map(line).collect::<Vec<_>>().join("; ")
}
