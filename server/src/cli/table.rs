//! How a verdict looks to people and to programs.

use lab::event::Header;
use lab::price::Price;
use lab::story::Story;
use lab::verdict::{Judgement, Ruling, Verdict};
use serde_json::json;

use super::arguments::VerdictArguments;
use super::exit::{Exit, Failure};
use super::expectation::{Expectation, Outcome};
use super::{say, warn};

/// Shows a verdict on stdout, and measures it. `cut` is why the run did not come to its end, if it did not; `story` is
/// told where there is a catalog to tell it with.
pub(super) fn report(
    header: &Header,
    verdict: &Verdict,
    cut: Option<&str>,
    story: Option<&Story>,
    arguments: &VerdictArguments,
) -> Result<Exit, Failure> {
    let is_cut = cut.is_some();
    let expectation = Expectation::read(&arguments.expect)?;
    expectation.check(&header.invariants)?;
    let exit = expectation.exit(verdict, is_cut);
    let outcome = Outcome::of(verdict, is_cut).name();
    if arguments.json {
        let is_expected = exit == Exit::Fine;
        let mut json =
            json!({ "outcome": outcome, "as_expected": is_expected, "interrupted": cut, "verdict": verdict });
        if let Some(story) = story {
            json["story"] = json!(story);
        }
        say(&format!("{json:#}\n"));
    } else {
        if let Some(reason) = cut {
            warn(&format!("The run was interrupted: {reason}."));
        }
        let told = story.map(told).unwrap_or_default();
        say(&(table(header, verdict, outcome) + &told));
    }
    Ok(exit)
}

fn table(header: &Header, verdict: &Verdict, outcome: &str) -> String {
    let spec = &header.spec;
    let engine = header.engines.get("store").map_or(spec.engine.store.as_str(), String::as_str);
    let mut text = format!(
        "{} / {} on {engine}, {}, seed {}\n\n",
        spec.scenario,
        spec.strategy,
        spec.schedule.kind(),
        spec.seed
    );
    let width =
        verdict.judgements.iter().map(|judgement| judgement.invariant.len()).max().unwrap_or_default();
    for judgement in &verdict.judgements {
        text += &row(judgement, width);
    }
    text + "\n" + &price(&verdict.price) + &format!("\nverdict: {outcome}\n")
}

/// The story below the table: `[7]` stands for entry 7.
fn told(story: &Story) -> String {
    let mut text = "\nWhat happened here\n".to_owned();
    for sentence in &story.why {
        text += &format!("  - {}\n", sentence.text);
    }
    text += "\nWhat it promised\n";
    for pledge in &story.promise {
        text += &format!("  {}: {}\n", pledge.title, pledge.text);
    }
    text += "\nTry next, in the lab that `interleave serve` opens\n";
    for step in &story.next {
        text += &format!("  {}: {}\n    {}\n", step.title, step.text, step.address);
    }
    text
}

fn row(judgement: &Judgement, width: usize) -> String {
    let ruling = match judgement.ruling {
        Ruling::Holds => "holds",
        Ruling::Broken => "BROKEN",
        Ruling::Undecided => "undecided",
    };
    let mut text = format!("  {ruling:<9}  {:<width$}  {}\n", judgement.invariant, judgement.found);
    if judgement.ruling != Ruling::Holds {
        text += &format!("  {:<9}  {:<width$}  expected: {}\n", "", "", judgement.expected);
    }
    for piece in &judgement.evidence {
        text += &format!("  {:<9}  {:<width$}  entry {}: {}\n", "", "", piece.seq, piece.sentence);
    }
    text
}

fn price(price: &Price) -> String {
    let mut text = String::new();
    if price.operations > 0 {
        text += &format!(
            "  {} operations: {} done, {} sold out, {} gave up\n",
            price.operations, price.done, price.sold_out, price.gave_up
        );
    }
    if price.published > 0 {
        text += &format!(
            "  {} messages published, {} deliveries, {} of them again, {} crashes\n",
            price.published, price.deliveries, price.redeliveries, price.crashes
        );
    }
    text + &format!(
        "  {} conflicts, {} refusals, {} retries, {} waits\n  \
         {} ms in all, {} operations a second; half within {} ms, 95 of 100 within {} ms, 99 within {} ms\n",
        price.conflicts,
        price.refusals,
        price.retries,
        price.waits,
        ms(price.elapsed_us),
        price.operations_per_second,
        ms(price.p50_us),
        ms(price.p95_us),
        ms(price.p99_us),
    )
}

fn ms(us: u64) -> String {
    format!("{:.1}", us as f64 / 1_000.0)
}
