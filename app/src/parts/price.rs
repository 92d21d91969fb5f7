//! What the run cost.

use lab::price::Price;
use leptos::prelude::*;

use crate::live::{Each, piece};
use crate::replay::Replay;
use crate::testids;
use crate::words::units::{count, duration};

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
    let throughput = if is_scheduled { "Throughput, virtual" } else { "Throughput" };
    let drain = if is_scheduled { "Drain rate, virtual" } else { "Drain rate" };
    let sells = price.done + price.sold_out + price.gave_up > 0;
    let has_outbox = price.outbox_peak > 0;
    let has_messages = price.published > 0 || price.crashes > 0 && price.operations == 0;
    let is_asked = price.operations > 0;
    let rows = [
        ("operations", "Operations", price.operations.to_string(), is_asked),
        ("done", "Done", price.done.to_string(), is_asked && (!has_messages || sells)),
        (
            "sold_out",
            "Too little left",
            price.sold_out.to_string(),
            is_asked && (!has_messages || price.sold_out > 0),
        ),
        ("gave_up", "Gave up", price.gave_up.to_string(), is_asked && (!has_messages || sells)),
        ("published", "Messages published", price.published.to_string(), has_messages),
        ("deliveries", "Deliveries", price.deliveries.to_string(), has_messages),
        ("redeliveries", "Of these, again", price.redeliveries.to_string(), has_messages),
        ("outbox_peak", "Outbox, deepest", count(price.outbox_peak, "row", "rows"), has_outbox),
        ("outbox_wait_us", "Oldest unsent row", duration(price.outbox_wait_us), has_outbox),
        (
            "outbox_drain_per_second",
            drain,
            format!("{:.1} rows/s", price.outbox_drain_per_second),
            has_outbox,
        ),
        ("calls", "Calls to the provider", price.calls.to_string(), price.calls > 0),
        ("remembered", "Ids remembered, at most", price.remembered.to_string(), price.remembered > 0),
        ("forgotten", "Ids removed for their age", price.forgotten.to_string(), price.forgotten > 0),
        ("crashes", "Crashes", price.crashes.to_string(), has_messages || price.crashes > 0),
        ("conflicts", "Conflicts", price.conflicts.to_string(), !has_messages),
        ("refusals", "Refusals by the engine", price.refusals.to_string(), true),
        ("retries", "Retries", price.retries.to_string(), true),
        ("waits", "Waits for a lock", price.waits.to_string(), true),
        ("operations_per_second", throughput, rate(price), is_asked),
        ("p50_us", "Answered within, p50", duration(price.p50_us), is_asked),
        ("p95_us", "p95", duration(price.p95_us), is_asked),
        ("p99_us", "p99", duration(price.p99_us), is_asked),
        ("elapsed_us", "From first to last", duration(price.elapsed_us), true),
    ];
    let rows = rows.into_iter().filter(|(.., is_shown)| *is_shown);
    let rows = rows.map(|(field, label, value, _)| {
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
        <dl class="figures">{rows.each()}</dl>
        <p class="quiet">{time}</p>
    }
    .into_any()
}

/// A rate in virtual time compares strategies on one schedule; it is no speed of the engine.
fn rate(price: &Price) -> String {
    format!("{:.1} operations/s", price.operations_per_second)
}
