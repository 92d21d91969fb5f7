//! The proofs on file: what `interleave prove` wrote, compiled in, so that what the page says of a promise is what was
//! really run.

use lab::catalog::{PromiseValue, ScenarioCard, StrategyCard};
use lab::proof::{NOT_PROVEN, Proofs};

/// The file at the repository's top.
const FILE: &str = include_str!("../../../promises.json");

/// The proofs on file, for these scenarios; none if the file cannot be read, which a test forbids.
pub fn on_file(scenarios: &[ScenarioCard]) -> Proofs {
    serde_json::from_str::<Proofs>(FILE).unwrap_or_default().brought_up_to(scenarios)
}

/// Puts beside every promise what is on file of its proof.
pub(crate) fn attach(strategies: &mut [StrategyCard], scenarios: &[ScenarioCard]) {
    let proofs = on_file(scenarios);
    for card in strategies {
        for cell in &mut card.promises {
            let proof = proofs.cells.iter().find(|proof| proof.is_about(&card.name, cell));
            cell.proof = match (proof, cell.value) {
                (Some(proof), _) => proof.words(),
                // There is nothing to run.
                (None, PromiseValue::NotOnThisEngine) => String::new(),
                (None, _) => NOT_PROVEN.to_owned(),
            };
        }
    }
}
