//! What came out, as a table: a row for each strategy, a column for each invariant, then the price.

use lab::verdict::{Ruling, Verdict};
use leptos::prelude::*;

use super::board::{Board, Contender};
use crate::live::{Each, piece};
use crate::parts::Shelf;
use crate::parts::icon::{Icon, Sign};
use crate::testids;
use crate::words::units::duration;
use crate::words::{compare as words, ruling};

/// The table, once the clock has come to the verdicts.
#[component]
pub fn Outcomes(
    /// The page.
    board: Board,
    /// The catalog.
    shelf: Shelf,
) -> impl IntoView {
    let table = piece(move || {
        let judged: Vec<(String, Verdict)> = board.contenders.with(|contenders| {
            let judged = |Contender { strategy, replay }: &Contender| {
                replay.verdict.get().map(|verdict| (strategy.clone(), verdict))
            };
            contenders.iter().filter_map(judged).collect()
        });
        let scenario = board.form.value("scenario");
        // Before the clock has come to the end, the table would give it away.
        let is_told = board.clock.get().is_none();
        (is_told && !judged.is_empty()).then(|| view! { <OutcomeTable judged scenario shelf /> })
    });
    view! { <div aria-live="polite">{table}</div> }
}

#[component]
fn OutcomeTable(judged: Vec<(String, Verdict)>, scenario: String, shelf: Shelf) -> impl IntoView {
    let invariants: Vec<String> = judged.first().map_or_else(Vec::new, |(_, verdict)| {
        verdict.judgements.iter().map(|judgement| judgement.invariant.clone()).collect()
    });
    let heads = invariants.iter().map(|name| {
        let title = shelf.with_value(|catalog| catalog.invariant(name).map(|card| card.title.clone()));
        view! { <th scope="col">{title.unwrap_or_else(|| name.clone())}</th> }
    });
    let heads = heads.each();
    let figures = words::FIGURES.map(|figure| view! { <th scope="col" class="figure">{figure}</th> });
    let figures = figures.each();
    let rows = judged.into_iter().map(|(strategy, verdict)| {
        let title = shelf.with_value(|catalog| {
            catalog.strategy(&scenario, &strategy).map_or_else(|| strategy.clone(), |card| card.title.clone())
        });
        view! { <OutcomeRow strategy title verdict invariants=invariants.clone() /> }
    });
    let rows = rows.each();
    view! {
        <section class="panel outcomes" aria-labelledby="outcomes-title">
            <h2 id="outcomes-title">{words::CAME_OUT}</h2>
            <div class="table-scroll" tabindex="0" role="group" aria-label=words::CAME_OUT_TABLE>
                <table data-testid=testids::OUTCOMES>
                    <thead>
                        <tr>
                            <th scope="col">{crate::words::STRATEGY}</th>
                            {heads}
                            {figures}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="quiet">{words::PRICE}</p>
        </section>
    }
}

#[component]
fn OutcomeRow(strategy: String, title: String, verdict: Verdict, invariants: Vec<String>) -> impl IntoView {
    let rulings = invariants.iter().map(|name| {
        let (icon, word) = match verdict.on(name).map(|judgement| judgement.ruling) {
            Some(judged @ Ruling::Holds) => (Icon::Tick, ruling(judged)),
            Some(judged @ Ruling::Broken) => (Icon::Cross, ruling(judged)),
            Some(judged @ Ruling::Undecided) => (Icon::Question, ruling(judged)),
            None => (Icon::Dash, words::NOT_JUDGED),
        };
        view! {
            <td data-testid=format!("outcome-{strategy}-{name}") data-ruling=word>
                <span><Sign icon=icon />{word}</span>
            </td>
        }
    });
    let rulings = rulings.each();
    let price = &verdict.price;
    let figures = [
        words::answered(price.done + price.sold_out, price.operations),
        price.conflicts.to_string(),
        price.refusals.to_string(),
        price.retries.to_string(),
        price.waits.to_string(),
        duration(price.elapsed_us),
    ];
    let figures = figures.map(|figure| view! { <td class="figure">{figure}</td> }).each();
    view! {
        <tr>
            <th scope="row">{title}</th>
            {rulings}
            {figures}
        </tr>
    }
}
