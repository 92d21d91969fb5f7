//! What is left to openraft, asked of openraft: a leader without a majority commits nothing.

use std::time::Duration;

use openraft::StorageError;
use openraft::testing::{StoreBuilder, Suite};

use super::cluster::Cluster;
use super::log::{Log, Machine};
use super::table::{Answer, Command, Deed};
use super::{LEASE_MIN, NODES, Types, VERSION};

#[test]
fn the_version_that_a_journal_names_is_the_one_that_is_built() {
    let lock = include_str!("../../../../../Cargo.lock");
    assert!(lock.contains(&format!("name = \"openraft\"\nversion = \"{VERSION}\"")));
}

/// What a node keeps, empty.
struct Stores;

impl StoreBuilder<Types, Log, Machine> for Stores {
    async fn build(&self) -> Result<((), Log, Machine), StorageError<u64>> {
        Ok(((), Log::default(), Machine::default()))
    }
}

#[test]
fn log_and_table_pass_the_suite_that_openraft_has_for_them() {
    let passed = Suite::<Types, Log, Machine, Stores, ()>::test_all(Stores);
    assert!(passed.is_ok(), "{passed:?}");
}

#[tokio::test]
async fn a_leader_that_is_cut_off_commits_nothing_and_what_it_wrote_down_is_never_carried_out() {
    let cluster = Cluster::start(LEASE_MIN).await.expect("they start");
    let settled = cluster.settle().await.expect("they choose a leader");
    let old: u64 = settled["leader"].parse().expect("a number");
    let leader = cluster.wires.node(old).expect("it is there");
    cluster.wires.cut(old);
    let ask = Deed::Ask { name: "a row".into(), client: "somebody".into() };
    let command = Command { now_ms: 0, lease_ms: 3_600_000, deed: ask };
    // It does not know yet that it is alone, and takes the command.
    let (written, settled) = tokio::join!(
        tokio::time::timeout(Duration::from_secs(1), leader.client_write(command)),
        cluster.settle()
    );
    assert!(!matches!(written, Ok(Ok(_))), "it was committed: {written:?}");
    assert_ne!(settled.expect("the others choose a leader")["leader"], old.to_string());
    cluster.wires.heal(old);
    cluster.settle().await.expect("the old leader follows");
    for node in NODES {
        let looked = cluster.propose(node, &Deed::Look).await.expect("there is a majority");
        assert_eq!(looked.0, Answer::Askers(Vec::new()), "by way of node {node}");
    }
    cluster.shut_down().await.expect("they end");
}
