//! The proofs on file and the catalog: neither says what the other does not.

use lab::catalog::PromiseValue;
use lab::proof::NOT_PROVEN;

use crate::harness::open_lab;

#[tokio::test]
async fn every_proof_on_file_is_of_a_cell_that_the_catalog_has_and_came_out_as_promised() {
    let (lab, _folder) = open_lab().await;
    let catalog = lab.catalog();
    let proofs = engine::proofs::on_file(&lab.catalog().scenarios);
    assert!(!proofs.cells.is_empty(), "the file is read");
    for proof in &proofs.cells {
        let place = format!("{}/{}/{}", proof.strategy, proof.invariant, proof.engine);
        let card = catalog.strategy(&proof.scenario, &proof.strategy).expect(&place);
        assert!(card.promises.iter().any(|cell| proof.is_about(&card.name, cell)), "{place}: {proof:?}");
        assert!(proof.proved && proof.contradicted_by.is_none() && proof.seeds > 0, "{place}");
        assert!(!proof.engine_version.is_empty() && proof.date.len() == 10, "{place}");
    }
}

#[tokio::test]
async fn a_promise_says_what_is_on_file_of_it_and_nothing_more() {
    let (lab, _folder) = open_lab().await;
    let proofs = engine::proofs::on_file(&lab.catalog().scenarios);
    for card in &lab.catalog().strategies {
        for cell in &card.promises {
            let place = format!("{}/{}/{}", card.name, cell.invariant, cell.engine);
            let on_file = proofs.cells.iter().find(|proof| proof.is_about(&card.name, cell));
            let expected = match (on_file, cell.value) {
                (Some(proof), PromiseValue::Breaks) => {
                    format!("shown by its witness on {}, {}", proof.engine_version, proof.date)
                }
                (Some(proof), _) => {
                    let orders = proof
                        .orders
                        .map(|orders| format!(", and in all {orders} orders of the smallest run,"));
                    let (seeds, orders) = (proof.seeds, orders.unwrap_or_default());
                    format!("tested with {seeds} seeds{orders} on {}, {}", proof.engine_version, proof.date)
                }
                (None, PromiseValue::NotOnThisEngine) => String::new(),
                (None, _) => NOT_PROVEN.to_owned(),
            };
            assert_eq!(cell.proof, expected, "{place}");
        }
    }
}
