//! `interleave explore`: a run in every order of its steps, and what came of each.

use lab::explore::{Explored, Order};
use lab::spec::Spec;

use super::arguments::ExploreArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::{matrix, run, say, warn};

/// Tries every order of the spec's steps, or of those of every strategy of its scenario.
pub(super) async fn explore(arguments: ExploreArguments) -> Result<Exit, Failure> {
    let text = run::read(&arguments.spec)?;
    let headless = Headless::open(&arguments.engines).await?;
    let catalog = headless.lab.catalog();
    let spec = Spec::parse(&text, &catalog)?;
    let tried = try_all(&headless, &matrix::specs(&spec, &catalog, arguments.strategies), &arguments).await;
    headless.close().await;
    let explored = tried?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&explored);
        say(&(json.map_err(|error| Failure::machine(error.to_string()))? + "\n"));
    } else {
        explored.iter().for_each(|(strategy, explored)| say(&table(strategy, explored)));
    }
    let mut all = explored.iter().map(|(_, explored)| explored);
    if !all.clone().all(|explored| explored.orders.iter().all(Order::is_fine)) {
        return Ok(Exit::Not);
    }
    // What was not tried may break.
    Ok(if all.all(|explored| explored.is_all) { Exit::Fine } else { Exit::Undecided })
}

async fn try_all(
    headless: &Headless,
    specs: &[Spec],
    arguments: &ExploreArguments,
) -> Result<Vec<(String, Explored)>, Failure> {
    let mut all = Vec::new();
    for spec in specs {
        let explored =
            headless.explore(spec, usize::try_from(arguments.orders).unwrap_or(usize::MAX)).await?;
        warn(&format!("{}: {} runs.", spec.strategy, explored.orders.len()));
        all.push((spec.strategy.clone(), explored));
    }
    Ok(all)
}

fn table(strategy: &str, explored: &Explored) -> String {
    let fine = explored.orders.iter().filter(|order| order.is_fine()).count();
    let count = explored.orders.len();
    let rest = if explored.is_all { "" } else { "; there are more, which were not tried" };
    let orders = if count == 1 { "order" } else { "orders" };
    let mut text = format!("{strategy}: fine in {fine} of {count} {orders}{rest}\n");
    for order in &explored.orders {
        let turns = order.turns("; ");
        text += &format!("  {turns}: {}\n", matrix::told(&order.broken, &order.undecided));
    }
    text + "\n"
}
