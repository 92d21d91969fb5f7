//! What the run cost.

use lab::price::Price;
use lab::spec::Pace;
use leptos::prelude::*;

use crate::live::{Each, piece};
use crate::replay::Replay;
use crate::testids;
use crate::words::units::duration;
use crate::words::{CONFLICTS, CRASHES, FIRST_TO_LAST, LOCK_WAITS, RETRIES, price as words};

/// The price's panel.
#[component]
pub fn PricePanel(
    /// The run.
    replay: Replay,
) -> impl IntoView {
    let price = move || replay.verdict.with(|verdict| verdict.as_ref().map(|verdict| verdict.price.clone()));
    let played = move || {
        replay
            .run
            .with(|run| run.as_ref().map(|run| (run.spec.is_scheduled(), run.spec.pace)).unwrap_or_default())
    };
    let body = piece(move || match price() {
        None => view! { <p class="quiet">{words::EMPTY}</p> }.into_any(),
        Some(price) => figures(&price, played()),
    });
    view! {
        <section class="price panel" aria-labelledby="price-title" data-testid=testids::PRICE>
            <h2 id="price-title">{words::TITLE}</h2>
            {body}
        </section>
    }
}

fn figures(price: &Price, (is_scheduled, pace): (bool, Pace)) -> AnyView {
    let sells = price.done + price.sold_out + price.gave_up > 0;
    let has_outbox = price.outbox_peak > 0;
    let has_messages = price.published > 0 || price.crashes > 0 && price.operations == 0;
    let is_asked = price.operations > 0;
    // Who was told nothing was not answered, and there may be nobody else.
    let is_answered = is_asked && (price.operations_per_second > 0.0 || price.p99_us > 0);
    let rows = [
        ("operations", words::OPERATIONS, price.operations.to_string(), is_asked),
        ("done", words::DONE, price.done.to_string(), is_asked && (!has_messages || sells)),
        (
            "sold_out",
            words::SOLD_OUT,
            price.sold_out.to_string(),
            is_asked && (!has_messages || price.sold_out > 0),
        ),
        ("gave_up", words::GAVE_UP, price.gave_up.to_string(), is_asked && (!has_messages || sells)),
        ("published", words::PUBLISHED, price.published.to_string(), has_messages),
        ("deliveries", words::DELIVERIES, price.deliveries.to_string(), has_messages),
        ("redeliveries", words::REDELIVERIES, price.redeliveries.to_string(), has_messages),
        ("outbox_peak", words::OUTBOX_PEAK, words::rows(price.outbox_peak), has_outbox),
        ("outbox_wait_us", words::OUTBOX_WAIT, duration(price.outbox_wait_us), has_outbox),
        (
            "outbox_drain_per_second",
            words::drain(is_scheduled),
            words::rows_per_second(price.outbox_drain_per_second),
            has_outbox,
        ),
        ("calls", words::CALLS, price.calls.to_string(), price.calls > 0),
        ("remembered", words::REMEMBERED, price.remembered.to_string(), price.remembered > 0),
        ("forgotten", words::FORGOTTEN, price.forgotten.to_string(), price.forgotten > 0),
        ("crashes", CRASHES, price.crashes.to_string(), has_messages || price.crashes > 0),
        ("conflicts", CONFLICTS, price.conflicts.to_string(), !has_messages),
        ("refusals", words::REFUSALS, price.refusals.to_string(), true),
        ("retries", RETRIES, price.retries.to_string(), true),
        ("waits", LOCK_WAITS, price.waits.to_string(), true),
        (
            "operations_per_second",
            words::throughput(is_scheduled),
            words::operations_per_second(price.operations_per_second),
            is_answered,
        ),
        ("p50_us", words::P50, duration(price.p50_us), is_answered),
        ("p95_us", words::P95, duration(price.p95_us), is_answered),
        ("p99_us", words::P99, duration(price.p99_us), is_answered),
        ("elapsed_us", FIRST_TO_LAST, duration(price.elapsed_us), true),
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
    view! {
        <dl class="figures">{rows.each()}</dl>
        <p class="quiet">{words::time(is_scheduled, pace)}</p>
    }
    .into_any()
}
