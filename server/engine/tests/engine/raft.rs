//! Locks from three Raft nodes in this process: the contract of the port, and what a node that is cut off can do.

use engine::locks::raft::RaftRun;
use engine::locks::{Asked, GivenBack, Links, LockClient, LockService};

use crate::lock_contract::{self, LEASE};

async fn nodes() -> RaftRun {
    RaftRun::open(LEASE).await.expect("they choose a leader")
}

fn links(place: &RaftRun) -> &dyn Links {
    place.links().expect("they can be cut")
}

/// A client of each node, in order.
async fn clients(place: &RaftRun) -> Vec<Box<dyn LockClient>> {
    let mut clients = Vec::new();
    for (number, actor) in ["a", "b", "c"].into_iter().enumerate() {
        clients.push(place.client(number, actor).await.expect("a client"));
    }
    clients
}

#[tokio::test]
async fn a_name_is_granted_in_the_order_of_asking_with_rising_tokens() {
    lock_contract::a_name_is_granted_in_the_order_of_asking_with_rising_tokens(&nodes().await).await;
}

#[tokio::test]
async fn whoever_stands_still_loses_its_lease_and_learns_it_when_it_goes_on() {
    let place = nodes().await;
    lock_contract::whoever_stands_still_loses_what_it_has_and_learns_it_when_it_goes_on(&place).await;
}

#[tokio::test]
async fn whoever_leaves_the_line_is_passed_over() {
    lock_contract::whoever_leaves_the_line_is_passed_over(&nodes().await).await;
}

#[tokio::test]
async fn a_node_that_is_cut_off_grants_nothing_and_the_others_go_on_with_a_higher_token() {
    let place = nodes().await;
    let mut clients = clients(&place).await;
    // One of the three leads, so a leader is among those that are cut off.
    for cut in 0..3 {
        let (node, name) = (cut as u64 + 1, format!("row {cut}"));
        assert_eq!(clients[cut].ask(&name).await, Ok(Asked::Granted(1)));
        links(&place).cut(node);
        let settled = links(&place).settle().await.expect("the others choose a leader");
        assert_ne!(settled["leader"], node.to_string());
        let other = (cut + 1) % 3;
        assert_eq!(clients[other].ask(&name).await, Ok(Asked::Granted(2)), "node {node} is cut off");
        assert_eq!(clients[cut].ask(&name).await, Ok(Asked::NoMajority(node)));
        assert_eq!(clients[cut].give_back().await, Ok(GivenBack::NoMajority(node)));
        links(&place).heal(node);
        links(&place).settle().await.expect("the old side follows");
        assert_eq!(clients[cut].ask(&name).await, Ok(Asked::InLine), "at the end of the line");
        assert_eq!(clients[other].give_back().await, Ok(GivenBack::Held));
        assert_eq!(clients[cut].ask(&name).await, Ok(Asked::Granted(3)));
        assert_eq!(clients[cut].give_back().await, Ok(GivenBack::Held));
    }
    place.tear_down().await.expect("they end");
}

#[tokio::test]
async fn where_nobody_has_a_majority_nothing_is_granted_and_nothing_is_taken_away() {
    let place = nodes().await;
    let mut clients = clients(&place).await;
    assert_eq!(clients[0].ask("a row").await, Ok(Asked::Granted(1)));
    links(&place).cut(1);
    links(&place).cut(2);
    links(&place).settle().await.expect("there is nothing to wait for");
    for (client, node) in clients.iter_mut().zip(1..) {
        assert_eq!(client.ask("a row").await, Ok(Asked::NoMajority(node)));
    }
    links(&place).heal(1);
    links(&place).heal(2);
    links(&place).settle().await.expect("they choose a leader");
    assert_eq!(clients[1].ask("a row").await, Ok(Asked::InLine));
    assert_eq!(clients[0].ask("a row").await, Ok(Asked::Granted(1)), "its lease began anew with the leader");
    place.tear_down().await.expect("they end");
}

#[tokio::test]
async fn a_node_that_was_away_for_longer_than_the_log_is_kept_gets_a_snapshot() {
    /// More than two snapshots, and more than the log keeps.
    const COMMANDS: u32 = 2_500;
    let place = nodes().await;
    let mut clients = clients(&place).await;
    links(&place).cut(3);
    links(&place).settle().await.expect("two are a majority");
    for _ in 0..COMMANDS {
        assert_eq!(clients[0].ask("a row").await, Ok(Asked::Granted(1)));
    }
    links(&place).heal(3);
    links(&place).settle().await.expect("it follows");
    // From here on nothing is decided without what node 3 has got.
    links(&place).cut(2);
    links(&place).settle().await.expect("nodes 1 and 3 are a majority");
    assert_eq!(clients[2].ask("a row").await, Ok(Asked::InLine));
    assert_eq!(clients[0].give_back().await, Ok(GivenBack::Held));
    assert_eq!(clients[2].ask("a row").await, Ok(Asked::Granted(2)));
    place.tear_down().await.expect("they end");
}

/// Waits until no more tasks are alive than before.
async fn until_ended(tasks_before: usize) {
    let metrics = tokio::runtime::Handle::current().metrics();
    let ending = async {
        while metrics.num_alive_tasks() > tasks_before {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(LEASE * 10, ending).await;
    assert!(ended.is_ok(), "{} tasks are alive, {tasks_before} were before", metrics.num_alive_tasks());
}

#[tokio::test]
async fn nothing_of_a_run_is_left_when_it_has_ended() {
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let place = nodes().await;
    let mut clients = clients(&place).await;
    clients[0].ask("a row").await.expect("it answers");
    links(&place).cut(1);
    place.tear_down().await.expect("they end");
    drop(clients);
    until_ended(before).await;
    // A run that was stopped while it was set up is dropped without having been taken down.
    drop(nodes().await);
    until_ended(before).await;
}
