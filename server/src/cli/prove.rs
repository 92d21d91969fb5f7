//! `interleave prove`: the promise tables, cell by cell, at length, and what came out as a file.
//!
//! A cell that `breaks` is proved by its witness, one that `holds` or is `refused` by its trial under many seeds. One
//! run judges all cells of a strategy that rest on the same trial. Where the smallest run of a strategy has few enough orders
//! of steps, all of them are tried, too.

use std::collections::BTreeSet;
use std::path::Path;

use futures::{StreamExt, stream};
use lab::catalog::{Catalog, Promise, PromiseValue, StrategyCard};
use lab::event::{Entry, Event};
use lab::explore;
use lab::proof::{self, Proof, Proofs};
use lab::spec::{Pace, Spec};
use lab::verdict::{Ruling, Verdict};

use super::arguments::ProveArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::{say, warn};

/// No more orders of one run are tried.
const ORDERS_MAX: usize = 500;
/// Runs at the same time: most of a run is waiting for its engine.
const AT_ONCE: usize = 6;

/// Proves the cells that were named, or all.
pub(super) async fn prove(arguments: ProveArguments) -> Result<Exit, Failure> {
    let on_file = read(&arguments.out)?;
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
    let proofs = Proofs {
        catalog: catalog.version.clone(),
        program: env!("CARGO_PKG_VERSION").into(),
        cells: merged(&catalog, cells, on_file.brought_up_to(&catalog.scenarios).cells),
    };
    write(&arguments.out, &proofs)?;
    Ok(if contradicted == 0 { Exit::Fine } else { Exit::Not })
}

async fn prove_all(
    headless: &Headless,
    catalog: &Catalog,
    arguments: &ProveArguments,
) -> Result<Vec<Proof>, Failure> {
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
        let mut proved = Vec::new();
        for (trial, kept) in trials {
            proved.extend(judge(headless, &card.name, &kept, trial, arguments.seeds).await?);
        }
        try_orders(headless, catalog, card, &mut proved).await?;
        cells.extend(proved);
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
) -> Result<Vec<Proof>, Failure> {
    let mut proved: Vec<Proof> = cells.iter().map(|cell| unproved(strategy, cell)).collect();
    let runs = (0..seeds).map(|number| {
        let seed = if seeds == 1 { spec.seed } else { number };
        let spec = Spec { seed, pace: Pace::Instant, ..spec.clone() };
        async move { (seed, headless.run(spec, |_| ()).await) }
    });
    let mut runs = stream::iter(runs).buffered(AT_ONCE);
    while let Some((seed, entries)) = runs.next().await {
        let Some(entries) = entries? else {
            return Err(Failure { exit: Exit::Undecided, sentence: "The proof was broken off.".into() });
        };
        let verdict = lab::checks::judge(&entries);
        for (proof, cell) in proved.iter_mut().zip(cells) {
            proof.seeds += 1;
            proof.engine_version = engine(&entries);
            if !is_as_promised(cell, &verdict) && proof.proved {
                (proof.proved, proof.contradicted_by) = (false, Some(seed));
            }
        }
    }
    for cell in &proved {
        let word = if cell.proved { "proved" } else { "CONTRADICTED" };
        let Proof { invariant, engine, value, knobs, .. } = cell;
        let knobs: String = knobs.iter().map(|(knob, value)| format!("  {knob}={value}")).collect();
        say(&format!(
            "  {word:<12}  {strategy}/{invariant}/{engine}{knobs}  {value:?}  {} runs\n",
            cell.seeds
        ));
    }
    Ok(proved)
}

/// Tries every order of a strategy's smallest run, engine by engine, and judges what it promises to hold in each.
async fn try_orders(
    headless: &Headless,
    catalog: &Catalog,
    card: &StrategyCard,
    proved: &mut [Proof],
) -> Result<(), Failure> {
    let engines: BTreeSet<String> = proved.iter().map(|proof| proof.engine.clone()).collect();
    for (scenario, engine) in
        catalog.scenarios.iter().flat_map(|scenario| engines.iter().map(move |engine| (scenario, engine)))
    {
        let is_meant = |proof: &&mut Proof| {
            (&proof.scenario, &proof.engine) == (&scenario.name, engine)
                && proof.value == PromiseValue::Holds
                && proof.knobs.is_empty()
        };
        let mut meant: Vec<&mut Proof> = proved.iter_mut().filter(is_meant).collect();
        let Some(spec) = explore::smallest(scenario, card, engine).filter(|_| !meant.is_empty()) else {
            continue;
        };
        let explored = headless.explore(&spec, ORDERS_MAX).await?;
        let count = explored.orders.len();
        say(&format!(
            "  {}/{engine}  {count} orders{}\n",
            card.name,
            if explored.is_all { "" } else { ", not all" }
        ));
        for proof in &mut meant {
            proof.orders = explored.is_all.then_some(count as u64);
            if !explored.orders.iter().all(|order| order.keeps(&proof.invariant)) {
                proof.proved = false;
                say(&format!("  CONTRADICTED  {}/{}/{engine} by an order\n", card.name, proof.invariant));
            }
        }
    }
    Ok(())
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

/// What is known of a cell before its first run.
fn unproved(strategy: &str, cell: &Promise) -> Proof {
    let Promise { scenario, invariant, knobs, engine, value, premises, witness, .. } = cell.clone();
    Proof {
        scenario,
        strategy: strategy.to_owned(),
        invariant,
        knobs,
        engine,
        value,
        premises,
        proved: true,
        contradicted_by: None,
        seeds: 0,
        orders: None,
        engine_version: String::new(),
        date: proof::day(now_ms()),
        witness,
    }
}

/// The cells in the order of the catalog, the new ones in place of the old; what the catalog does not say any more goes.
fn merged(catalog: &Catalog, new: Vec<Proof>, old: Vec<Proof>) -> Vec<Proof> {
    let all = [new, old].concat();
    let proof_of =
        |strategy: &str, cell: &Promise| all.iter().find(|proof| proof.is_about(strategy, cell)).cloned();
    let cells = catalog.strategies.iter().flat_map(|card| card.promises.iter().map(move |cell| (card, cell)));
    cells.filter_map(|(card, cell)| proof_of(&card.name, cell)).collect()
}

/// What is on file already; nothing where there is no file.
fn read(path: &Path) -> Result<Proofs, Failure> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Proofs::default()),
        text => text.map_err(|error| error.to_string()),
    };
    text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())).map_err(|error| {
        Failure::usage(format!(
            "{} is no file of proofs ({error}); name another with --out, or remove it.",
            path.display()
        ))
    })
}

/// Each cell on a line of its own, so that what changes from one proof to the next can be read in a comparison.
fn text(proofs: &Proofs) -> Result<String, serde_json::Error> {
    let cells: Result<Vec<String>, _> = proofs.cells.iter().map(serde_json::to_string).collect();
    let head = |field: &str, value: &str| -> Result<String, serde_json::Error> {
        Ok(format!("\"{field}\": {}", serde_json::to_string(value)?))
    };
    let (catalog, program) = (head("catalog", &proofs.catalog)?, head("program", &proofs.program)?);
    Ok(format!("{{\n{catalog},\n{program},\n\"cells\": [\n{}\n]\n}}\n", cells?.join(",\n")))
}

fn write(path: &Path, proofs: &Proofs) -> Result<(), Failure> {
    let text = text(proofs)
        .map_err(|error| Failure::machine(format!("The promises cannot be written as JSON: {error}.")))?;
    std::fs::write(path, text).map_err(|error| {
        let sentence = format!("The promises cannot be written to {}: {error}.", path.display());
        Failure { exit: Exit::Unwritten, sentence }
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
