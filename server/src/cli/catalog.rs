//! `interleave catalog`: what a spec may name.

use lab::catalog::{Catalog, ScenarioCard};

use super::arguments::CatalogArguments;
use super::exit::{Exit, Failure};
use super::headless::Headless;
use super::say;

/// Lists the catalog.
pub(super) async fn catalog(arguments: CatalogArguments) -> Result<Exit, Failure> {
    let headless = Headless::open(&arguments.engines).await?;
    let catalog = headless.lab.catalog();
    headless.close().await;
    if arguments.json {
        let json = serde_json::to_string_pretty(&*catalog);
        say(&(json.map_err(|error| Failure::machine(error.to_string()))? + "\n"));
    } else {
        say(&list(&catalog));
    }
    Ok(Exit::Fine)
}

fn list(catalog: &Catalog) -> String {
    let mut text = format!("catalog {}\n", catalog.version);
    for lab in &catalog.labs {
        text += &format!("\nlab {}: {}\n", lab.name, lab.title);
        for card in catalog.scenarios.iter().filter(|card| card.lab == lab.name) {
            text += &scenario(catalog, card);
        }
    }
    text += "\ninvariants\n";
    for invariant in &catalog.invariants {
        text += &format!("  {}: {}\n", invariant.name, invariant.rule);
    }
    text += "\nengines\n";
    for engine in &catalog.engines {
        let state = if engine.available { "here" } else { engine.remedy.as_str() };
        text += &format!("  {} {}: {} ({state})\n", engine.port, engine.name, engine.title);
    }
    text
}

fn scenario(catalog: &Catalog, card: &ScenarioCard) -> String {
    let mut text = format!("  scenario {}: {}\n", card.name, card.title);
    for knob in &card.knobs {
        let unit = if knob.unit.is_empty() { String::new() } else { format!(" {}", knob.unit) };
        text += &format!(
            "    knob {}: {} to {}{unit}, default {}\n",
            knob.name, knob.min, knob.max, knob.default
        );
    }
    for strategy in catalog.strategies_of(&card.name) {
        text += &format!("    strategy {}: {}\n", strategy.name, strategy.idea);
    }
    text + &format!("    judged by {}\n", card.invariants.join(", "))
}
