//! What the run cost.

use lab::price::Price;
use leptos::prelude::*;

use crate::live::piece;
use crate::replay::Replay;
use crate::testids;
use crate::words::units::duration;

/// The price's panel.
#[component]
pub fn PricePanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let price = move || replay.verdict.with(|verdict| verdict.as_ref().map(|verdict| verdict.price.clone()));
    let is_scheduled = move || replay.run.with(|run| run.as_ref().is_some_and(|run| run.spec.is_scheduled()));
    let body = piece(move || match price() {
        None => view! { <p class="quiet">"Counted when the run is over."</p> }.into_any(),
        Some(price) => figures(&price, is_scheduled()),
    });
    view! {
        <section class="price panel" aria-labelledby="price-title" data-testid=testids::PRICE>
            <h2 id="price-title">"Price"</h2>
            {body}
        </section>
    }
}

fn figures(price: &Price, is_scheduled: bool) -> AnyView {
    let rows = [
        ("operations", "Operations", price.operations.to_string()),
        ("done", "Sold", price.done.to_string()),
        ("sold_out", "Sold out", price.sold_out.to_string()),
        ("gave_up", "Gave up", price.gave_up.to_string()),
        ("conflicts", "Conflicts", price.conflicts.to_string()),
        ("refusals", "Refusals by the engine", price.refusals.to_string()),
        ("retries", "Retries", price.retries.to_string()),
        ("waits", "Waits for a lock", price.waits.to_string()),
        ("operations_per_second", "Throughput", format!("{:.1} operations/s", price.operations_per_second)),
        ("p50_us", "Answered within, p50", duration(price.p50_us)),
        ("p95_us", "p95", duration(price.p95_us)),
        ("p99_us", "p99", duration(price.p99_us)),
        ("elapsed_us", "From first to last", duration(price.elapsed_us)),
    ];
    let rows = rows.map(|(field, label, value)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd data-testid=format!("price-{field}")>{value}</dd>
            </div>
        }
    });
    let time = if is_scheduled {
        "Durations are in virtual time: the schedule let one actor move at a time."
    } else {
        "Durations are real time, stretched by the pace: at any pace but instant, waits are made longer so that they can be seen."
    };
    view! {
        <dl class="figures">{rows.collect_view()}</dl>
        <p class="quiet">{time}</p>
    }
    .into_any()
}
