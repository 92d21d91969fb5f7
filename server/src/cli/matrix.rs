//! `interleave matrix`: a crash at every point of a run, one run for each, and what came of it.

use lab::catalog::{Catalog, PromiseValue};
use lab::matrix::Point;
use lab::spec::Spec;

use super::arguments::MatrixArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::{run, say, warn};

/// One strategy's column: its name, and what came of a crash at each point.
type Column = (String, Vec<Point>);

/// Tries every crash point of the spec, or of every strategy of its scenario.
pub(super) async fn matrix(arguments: MatrixArguments) -> Result<Exit, Failure> {
    let text = run::read(&arguments.spec)?;
    let headless = Headless::open(&arguments.engines).await?;
    let catalog = headless.lab.catalog();
    let spec = Spec::parse(&text, &catalog)?;
    let tried = try_all(&headless, &specs(&spec, &catalog, arguments.strategies), &arguments).await;
    headless.close().await;
    let columns = tried?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&columns);
        say(&(json.map_err(|error| Failure::machine(error.to_string()))? + "\n"));
    } else {
        columns.iter().for_each(|(strategy, points)| say(&table(strategy, points)));
    }
    let is_fine = columns.iter().all(|(_, points)| points.iter().all(Point::is_fine));
    Ok(if is_fine { Exit::Fine } else { Exit::Not })
}

/// The spec under its own strategy, or under each that makes sense there.
pub(super) fn specs(spec: &Spec, catalog: &Catalog, all: bool) -> Vec<Spec> {
    if !all {
        return vec![spec.clone()];
    }
    let strategies = catalog.strategies_of(&spec.scenario);
    let specs = strategies.map(|card| (card, Spec { strategy: card.name.clone(), ..spec.clone() }));
    let makes_sense = specs.filter(|(card, spec)| {
        !card.promises.iter().any(|cell| cell.value == PromiseValue::NotOnThisEngine && cell.is_about(spec))
    });
    makes_sense.map(|(_, spec)| spec).collect()
}

async fn try_all(
    headless: &Headless,
    specs: &[Spec],
    arguments: &MatrixArguments,
) -> Result<Vec<Column>, Failure> {
    let mut columns = Vec::new();
    for spec in specs {
        let points = headless.matrix(spec, arguments.actor.as_deref()).await?;
        warn(&format!("{}: {} runs.", spec.strategy, points.len()));
        columns.push((spec.strategy.clone(), points));
    }
    Ok(columns)
}

fn table(strategy: &str, points: &[Point]) -> String {
    let width = points.iter().map(|point| point.at.len()).max().unwrap_or_default();
    let mut text = format!("{strategy}: a crash before ...\n");
    for point in points {
        text += &format!("  {:<width$}  {}\n", point.at, told(&point.broken, &point.undecided));
    }
    text + "\n"
}

/// What is not fine in a run, on one line.
pub(super) fn told(broken: &[(String, String)], undecided: &[String]) -> String {
    let broken = broken.iter().map(|(invariant, found)| format!("{invariant} BROKEN: {found}"));
    let undecided = undecided.iter().map(|invariant| format!("{invariant} undecided"));
    let told: Vec<String> = broken.chain(undecided).collect();
    if told.is_empty() { "fine".to_owned() } else { told.join("; ") }
}
