//! What the lock port promises of every service behind it, asked of ZooKeeper and of Raft.

use std::time::Duration;

use engine::locks::{Asked, GivenBack, LockClient, LockService};

/// Long enough that a busy machine answers in time: a client gives up after a part of its session.
pub const LEASE: Duration = Duration::from_secs(1);

/// A client of the first actor, and one of the second.
pub async fn two_clients(place: &dyn LockService) -> [Box<dyn LockClient>; 2] {
    let first = place.client(0, "first").await.expect("a client");
    [first, place.client(1, "second").await.expect("a client")]
}

pub async fn a_name_is_granted_in_the_order_of_asking_with_rising_tokens(place: &dyn LockService) {
    let [mut first, mut second] = two_clients(place).await;
    assert_eq!(first.ask("a row").await, Ok(Asked::Granted(1)));
    assert_eq!(second.ask("a row").await, Ok(Asked::InLine));
    assert_eq!(first.ask("a row").await, Ok(Asked::Granted(1)), "whoever has it keeps it, and its token");
    assert_eq!(second.ask("a row").await, Ok(Asked::InLine), "asking again keeps the place in line");
    assert_eq!(first.give_back().await, Ok(GivenBack::Held));
    assert_eq!(second.ask("a row").await, Ok(Asked::Granted(2)));
    assert_eq!(first.ask("another row").await, Ok(Asked::Granted(1)), "each name has a line of its own");
    assert_eq!(first.give_back().await, Ok(GivenBack::Held));
    assert_eq!(second.give_back().await, Ok(GivenBack::Held));
    assert_eq!(second.give_back().await, Ok(GivenBack::Gone), "there is nothing left to give back");
    place.tear_down().await.expect("it is removed");
}

pub async fn whoever_stands_still_loses_what_it_has_and_learns_it_when_it_goes_on(place: &dyn LockService) {
    let [mut holder, mut other] = two_clients(place).await;
    assert_eq!(holder.ask("a row").await, Ok(Asked::Granted(1)));
    holder.stand_still().await.expect("its lease ends");
    assert_eq!(other.ask("a row").await, Ok(Asked::Granted(2)));
    holder.go_on();
    assert_eq!(holder.give_back().await, Ok(GivenBack::Gone), "it was taken away");
    assert_eq!(holder.ask("a row").await, Ok(Asked::InLine), "at the end of the line");
    place.tear_down().await.expect("it is removed");
}

pub async fn whoever_leaves_the_line_is_passed_over(place: &dyn LockService) {
    let [mut first, mut second] = two_clients(place).await;
    let mut third = place.client(2, "third").await.expect("a client");
    assert_eq!(first.ask("a row").await, Ok(Asked::Granted(1)));
    assert_eq!(second.ask("a row").await, Ok(Asked::InLine));
    assert_eq!(third.ask("a row").await, Ok(Asked::InLine));
    assert_eq!(second.give_back().await, Ok(GivenBack::Held), "its place in line was its own");
    assert_eq!(first.give_back().await, Ok(GivenBack::Held));
    let granted = third.ask("a row").await;
    assert!(matches!(granted, Ok(Asked::Granted(token)) if token > 1), "{granted:?}");
    place.tear_down().await.expect("it is removed");
}
