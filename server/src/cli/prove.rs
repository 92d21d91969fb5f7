//! `interleave prove`: the promise tables, cell by cell, at length, and what came out as a file.
//!
//! A cell that `breaks` is proved by its witness, one that `holds` or is `refused` by its trial under many seeds. One
//! run judges all cells of a strategy that rest on the same trial.

use std::path::Path;

use lab::catalog::{Catalog, Promise, PromiseValue};
use lab::event::{Entry, Event};
use lab::spec::{Pace, Spec};
use lab::verdict::{Ruling, Verdict};
use serde::Serialize;

use super::arguments::ProveArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::{say, warn};

/// What was proved of one cell.
#[derive(Debug, Serialize)]
struct Proved {
    strategy: String,
    #[serde(flatten)]
    cell: Promise,
    /// The engine and its version.
    engine_version: String,
    /// How many runs were judged.
    runs: u64,
    /// Whether all of them came out as promised.
    proved: bool,
    /// The first seed that did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    contradicted_by: Option<u64>,
}

/// The file.
#[derive(Debug, Serialize)]
struct Promises {
    catalog: String,
    program: &'static str,
    /// Milliseconds since 1970, UTC.
    proved_ms: u64,
    cells: Vec<Proved>,
}

/// Proves the cells that were named, or all.
pub(super) async fn prove(arguments: ProveArguments) -> Result<Exit, Failure> {
    let headless = Headless::open(&arguments.engines).await?;
    let catalog = headless.lab.catalog();
    let proved = prove_all(&headless, &catalog, &arguments).await;
    headless.close().await;
    let cells = proved?;
    if cells.is_empty() {
        let named = arguments.cells.join(", ");
        return Err(Failure::usage(format!(
            "No cell of an engine that is here is called {named:?}; a cell is STRATEGY/INVARIANT/ENGINE, and parts \
             may be left out, as in outbox-polling or //postgres."
        )));
    }
    let contradicted = cells.iter().filter(|cell| !cell.proved).count();
    say(&format!("{} cells, {contradicted} contradicted\n", cells.len()));
    let promises = Promises {
        catalog: catalog.version.clone(),
        program: env!("CARGO_PKG_VERSION"),
        proved_ms: now_ms(),
        cells,
    };
    write(&arguments.out, &promises)?;
    Ok(if contradicted == 0 { Exit::Fine } else { Exit::Not })
}

async fn prove_all(
    headless: &Headless,
    catalog: &Catalog,
    arguments: &ProveArguments,
) -> Result<Vec<Proved>, Failure> {
    let mut cells = Vec::new();
    for card in &catalog.strategies {
        let mut trials: Vec<(&Spec, Vec<&Promise>)> = Vec::new();
        let is_here = |cell: &&Promise| {
            let engine = catalog.engines_of("store").find(|engine| engine.name == cell.engine);
            let name = format!("{}/{}/{}", card.name, cell.invariant, cell.engine);
            engine.is_some_and(|engine| engine.available) && is_named(&name, &arguments.cells)
        };
        for cell in card.promises.iter().filter(is_here) {
            match (&cell.witness, &cell.trial) {
                (Some(witness), _) if cell.value == PromiseValue::Breaks => {
                    let proved = judge(headless, &card.name, &[cell], witness, 1).await?;
                    cells.extend(proved);
                }
                (_, Some(trial)) => match trials.iter_mut().find(|(other, _)| *other == trial) {
                    Some((_, kept)) => kept.push(cell),
                    None => trials.push((trial, vec![cell])),
                },
                // Not on this engine: there is nothing to run.
                _ => {}
            }
        }
        for (trial, kept) in trials {
            cells.extend(judge(headless, &card.name, &kept, trial, arguments.seeds).await?);
        }
    }
    Ok(cells)
}

/// Runs a spec with this many seeds, and judges the cells in each run.
async fn judge(
    headless: &Headless,
    strategy: &str,
    cells: &[&Promise],
    spec: &Spec,
    seeds: u64,
) -> Result<Vec<Proved>, Failure> {
    let mut proved: Vec<Proved> = cells
        .iter()
        .map(|cell| Proved {
            strategy: strategy.to_owned(),
            cell: (*cell).clone(),
            engine_version: String::new(),
            runs: 0,
            proved: true,
            contradicted_by: None,
        })
        .collect();
    for number in 0..seeds {
        let seed = if seeds == 1 { spec.seed } else { number };
        let spec = Spec { seed, pace: Pace::Instant, ..spec.clone() };
        let Some(entries) = headless.run(spec, |_| ()).await? else {
            return Err(Failure { exit: Exit::Undecided, sentence: "The proof was broken off.".into() });
        };
        let verdict = lab::checks::judge(&entries);
        for cell in &mut proved {
            cell.runs += 1;
            cell.engine_version = engine(&entries);
            if !is_as_promised(&cell.cell, &verdict) && cell.proved {
                (cell.proved, cell.contradicted_by) = (false, Some(seed));
            }
        }
    }
    for cell in &proved {
        let word = if cell.proved { "proved" } else { "CONTRADICTED" };
        let Promise { invariant, engine, value, knobs, .. } = &cell.cell;
        let knobs: String = knobs.iter().map(|(knob, value)| format!("  {knob}={value}")).collect();
        say(&format!(
            "  {word:<12}  {strategy}/{invariant}/{engine}{knobs}  {value:?}  {} runs\n",
            cell.runs
        ));
    }
    Ok(proved)
}

fn is_as_promised(cell: &Promise, verdict: &Verdict) -> bool {
    let wanted = if cell.value == PromiseValue::Breaks { Ruling::Broken } else { Ruling::Holds };
    verdict.on(&cell.invariant).is_some_and(|judgement| judgement.ruling == wanted)
}

fn engine(entries: &[Entry]) -> String {
    match entries.first().map(|entry| &entry.event) {
        Some(Event::Header(header)) => header.engines.get("store").cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// Whether a cell is meant: each pattern has up to three parts, and an empty one fits everything.
fn is_named(name: &str, patterns: &[String]) -> bool {
    let fits = |pattern: &String| {
        let parts = name.split('/').zip(pattern.split('/').chain(std::iter::repeat("")));
        parts.into_iter().all(|(part, wanted)| wanted.is_empty() || part == wanted)
    };
    patterns.is_empty() || patterns.iter().any(fits)
}

fn write(path: &Path, promises: &Promises) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(promises)
        .map_err(|error| Failure::machine(format!("The promises cannot be written as JSON: {error}.")))?;
    std::fs::write(path, text + "\n").map_err(|error| {
        Failure::machine(format!("The promises cannot be written to {}: {error}.", path.display()))
    })?;
    warn(&format!("{} says what was proved.", path.display()));
    Ok(())
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_cell_is_named_by_its_parts_and_empty_parts_fit_all() {
        let named = |pattern: &str| is_named("inbox/no-double-charge/sqlite", &[pattern.to_owned()]);
        for pattern in ["inbox", "inbox/no-double-charge", "//sqlite", "/no-double-charge", "inbox//sqlite"] {
            assert!(named(pattern), "{pattern}");
        }
        for pattern in ["outbox", "inbox//postgres", "/no-missing-charge", "in"] {
            assert!(!named(pattern), "{pattern}");
        }
        assert!(is_named("anything/at/all", &[]));
    }
}
