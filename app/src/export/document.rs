//! A run as one document: what was asked, the verdict, the picture and every entry with its SQL. It needs no server, no
//! script and no network, and prints.

use crate::live::Each;
use lab::catalog::Catalog;
use lab::event::Entry;
use lab::fold::Stage;
use lab::story::Story;
use lab::verdict::{Judgement, Ruling, Verdict};
use lab::wire::RunSummary;
use leptos::prelude::*;

use super::filled;
use crate::parts::story::told::pieces;
use crate::stage::axis::{Axis, Zoom};
use crate::stage::picture::{Look, Picture, View};
use crate::stage::svg::PictureSvg;
use crate::words::{self, document as own, sentence, stage, summary, units};

/// The most entries that are listed.
pub const ENTRIES_MAX: usize = 5_000;
/// Up to so many entries each has room in the picture.
const PICTURE_WIDE: usize = 60;
/// The picture's width for a short run and for a longer one, in the units of its own drawing.
const PICTURE_WIDTHS: [f64; 2] = [1_040.0, 1_800.0];
/// Everything that the document looks like.
const STYLE: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/inks.css"),
    include_str!("../../../style/parts/picture.css"),
    include_str!("../../../style/export.css"),
);
/// Nothing may be fetched and nothing may run, wherever the document is opened.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The document. `entries` are the journal, or its first [`ENTRIES_MAX`].
pub fn document(run: &RunSummary, entries: &[Entry], story: Option<&Story>, catalog: &Catalog) -> String {
    // Views may ask for the owner of what they make, even where nothing changes.
    Owner::new().with(|| format!("<!DOCTYPE html>\n{}", page(run, entries, story, catalog).to_html()))
}

fn page(
    run: &RunSummary,
    entries: &[Entry],
    story: Option<&Story>,
    catalog: &Catalog,
) -> impl IntoView + use<> {
    let facts = summary::spec(&run.spec, catalog);
    let title = facts.iter().take(2).map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(": ");
    let facts = facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
    let facts = facts.each();
    let verdict = run.verdict.as_ref().map(|verdict| judged(verdict, catalog));
    let story = story.map(|story| told(story, entries.len()));
    let left_out = usize::try_from(run.entries).unwrap_or(usize::MAX).saturating_sub(entries.len());
    let left_out = (left_out > 0).then(|| own::left_out(entries.len(), left_out));
    let items = entries.iter().map(item).each();
    let time = if run.spec.is_scheduled() { stage::TIME_VIRTUAL } else { stage::TIME_REAL };
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta http-equiv="Content-Security-Policy" content=POLICY />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{words::titled(&title)}</title>
                <style inner_html=STYLE></style>
            </head>
            <body>
                <h1>{title.clone()}</h1>
                <p class="quiet">
                    {own::run(&run.id, &units::moment(run.created_ms), summary::state(run.state))}
                </p>
                {verdict}
                {story}
                <h2>{own::PICTURE}</h2>
                <p class="quiet">{time}</p>
                <figure>{drawn(entries)}</figure>
                <h2>{words::ASKED}</h2>
                <dl class="facts">{facts}</dl>
                <h2>{own::HAPPENED}</h2>
                <p class="quiet">{left_out}</p>
                <ol class="entries">{items}</ol>
            </body>
        </html>
    }
}

fn drawn(entries: &[Entry]) -> AnyView {
    let stage = Stage::of(entries);
    let look = Look {
        view: View::Lanes,
        width: PICTURE_WIDTHS[usize::from(entries.len() > PICTURE_WIDE)],
        large: false,
        axis: Axis::best_for(entries.len()),
        zoom: Zoom::Whole,
        focus: None,
        selected: None,
        lit: Vec::new(),
    };
    let label = summary::stage(&stage);
    view! { <PictureSvg picture=Picture::of(&stage, &look) label /> }.into_any()
}

fn judged(verdict: &Verdict, catalog: &Catalog) -> AnyView {
    let head = summary::verdict(verdict, catalog);
    let items = verdict.judgements.iter().map(|judgement| judgement_item(judgement, catalog)).each();
    view! {
        <h2>{own::VERDICT}{head}</h2>
        <ul class="judgements">{items}</ul>
    }
    .into_any()
}

/// The story; what it says to try next needs a server, and is left out. `held` entries are in the document.
fn told(story: &Story, held: usize) -> AnyView {
    let cited = |seq: u64| match usize::try_from(seq) {
        Ok(place) if place <= held => view! { <a href=format!("#entry-{seq}")>{seq}</a> }.into_any(),
        _ => seq.to_string().into_any(),
    };
    let why = story.why.iter().map(|sentence| {
        let parts =
            pieces(&sentence.text).map(|part| part.map_or_else(|text| text.to_owned().into_any(), cited));
        view! { <li>{parts.each()}</li> }
    });
    let why = why.each();
    let promise = story.promise.iter().map(|pledge| {
        view! { <li><b>{pledge.title.clone()}</b>" "{pledge.text.clone()}</li> }
    });
    let promise = promise.each();
    view! {
        <h2>{words::STORY}</h2>
        <p class="quiet">{own::CITED}</p>
        <ol>{why}</ol>
        <h3>{words::PROMISED}</h3>
        <ul>{promise}</ul>
    }
    .into_any()
}

fn judgement_item(judgement: &Judgement, catalog: &Catalog) -> AnyView {
    let card = catalog.invariant(&judgement.invariant);
    let title = card.map_or_else(|| judgement.invariant.clone(), |card| card.title.clone());
    let rule = card.map(|card| card.rule.clone());
    let class = match judgement.ruling {
        Ruling::Holds => "is-good",
        Ruling::Broken => "is-bad",
        Ruling::Undecided => "",
    };
    let evidence = judgement.evidence.iter().map(|evidence| {
        let link = format!("#entry-{}", evidence.seq);
        view! { <li><a href=link>{evidence.seq}</a>" "{evidence.sentence.clone()}</li> }
    });
    let evidence = evidence.each();
    view! {
        <li class=class>
            <h3>{title}": "{words::ruling(judgement.ruling)}</h3>
            <p class="quiet">{rule}</p>
            <p>{own::found(&judgement.expected, &judgement.found)}</p>
            <ol>{evidence}</ol>
        </li>
    }
    .into_any()
}

fn item(entry: &Entry) -> AnyView {
    let sql: Vec<String> = entry.sql.iter().map(|sql| filled(sql) + ";").collect();
    let sql = (!sql.is_empty()).then(|| view! { <pre>{sql.join("\n")}</pre> });
    view! {
        <li id=format!("entry-{}", entry.seq)>
            <span class="seq">{entry.seq}</span>
            <time>{units::duration(entry.at_us)}</time>
            <div>
                {sentence::of(entry)}
                {sql}
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_every_entry_and_fetches_nothing() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/lab/tests/golden/unprotected-sqlite.jsonl");
        let text = std::fs::read_to_string(path).expect("the golden journal");
        let mut entries: Vec<Entry> =
            text.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect();
        let lab::event::Event::Header(header) = &entries[0].event else { panic!("a header first") };
        let spec = header.spec.clone();
        entries[2].actor = Some("<script>alert(1)</script>".into());
        let run: RunSummary = serde_json::from_value(serde_json::json!({
            "id": "7", "state": "finished", "spec": spec, "created_ms": 0, "entries": entries.len(), "verdict": null
        }))
        .expect("a run");
        let catalog: Catalog = serde_json::from_value(serde_json::json!({
            "version": "1", "labs": [], "scenarios": [], "strategies": [], "invariants": [], "engines": []
        }))
        .expect("a catalog");
        let html = document(&run, &entries, lab::story::tell(&entries, &catalog).as_ref(), &catalog);
        assert!(html.starts_with("<!DOCTYPE html>\n<html"), "{}", &html[..60]);
        for entry in &entries {
            assert!(html.contains(&format!("id=\"entry-{}\"", entry.seq)), "{}", entry.seq);
        }
        assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("url("), "{html}");
    }
}
