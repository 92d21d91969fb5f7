//! The contract of the broker port, asked of every adapter.

use std::sync::Arc;
use std::time::Duration;

use engine::broker::embedded::Embedded;
use engine::broker::nats::Nats;
use engine::broker::{Broker, Delivery, LEASE_US, Place, Prospect, Refused, Taken, Terms, Topology};
use lab::event::{Fields, Message};

use crate::harness::{nats_url, unused_name};

/// So many attempts, where a limit is asked for.
const ATTEMPTS: u64 = 2;

/// How long a broker with a clock of its own waits for an acknowledgement.
const ACK_WAIT: Duration = Duration::from_millis(100);

fn terms(topology: Topology, attempts_max: u64, window_us: Option<u64>) -> Terms {
    Terms { topology, lease_us: LEASE_US, rebalances: false, attempts_max, window_us }
}

/// The adapters, each with a new broker.
async fn brokers(topology: Topology, attempts_max: u64) -> Vec<Arc<dyn Broker>> {
    brokers_on(terms(topology, attempts_max, None)).await
}

/// The same on these terms.
async fn brokers_on(terms: Terms) -> Vec<Arc<dyn Broker>> {
    let nats = Nats::reach(&nats_url()).await.expect("it answers");
    let run = nats.open(&unused_name(), terms, ACK_WAIT).await.expect("it opens");
    vec![Arc::new(Embedded::new(terms)), Arc::new(run)]
}

fn message(id: &str, version: u64) -> Message {
    Message { id: id.into(), key: "a key".into(), version, body: Fields::new() }
}

async fn publish(broker: &dyn Broker, id: &str) -> Place {
    let version = id.bytes().next().map_or(1, |first| u64::from(first - b'a') + 1);
    broker.publish(&message(id, version), 0, 0, 0).await.expect("it takes the message")
}

async fn take(broker: &dyn Broker, consumer: u64, now_us: u64) -> Option<Taken> {
    broker.take(consumer, now_us).await.expect("it answers")
}

async fn delivery(broker: &dyn Broker, consumer: u64, now_us: u64) -> Delivery {
    match take(broker, consumer, now_us).await {
        Some(Taken::Delivery(delivery)) => delivery,
        other => panic!("{}: {other:?}", broker.version()),
    }
}

async fn ids(broker: &dyn Broker) -> Vec<String> {
    let letters = broker.dead_letters().await.expect("it answers");
    letters.into_iter().map(|letter| letter.message.id).collect()
}

#[tokio::test]
async fn a_partition_hands_out_one_message_at_a_time_in_order_to_its_own_consumer() {
    for broker in brokers(Topology::Partitioned { partitions: 1, consumers: 2, second_hop: false }, 0).await {
        for id in ["a", "b"] {
            publish(&*broker, id).await;
        }
        assert_eq!(broker.prospect(1, 0), Prospect::Nothing);
        let first = delivery(&*broker, 0, 0).await;
        assert_eq!((first.message.id.as_str(), take(&*broker, 0, 1).await), ("a", None));
        broker.ack(&first).await.expect("it answers");
        assert_eq!(delivery(&*broker, 0, 2).await.message, message("b", 2));
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn shared_consumers_hold_two_messages_of_one_key_at_once() {
    for broker in brokers(Topology::Shared, 0).await {
        for id in ["a", "b"] {
            publish(&*broker, id).await;
        }
        assert_eq!(delivery(&*broker, 0, 0).await.message.id, "a");
        assert_eq!(delivery(&*broker, 1, 0).await.message.id, "b");
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn what_is_held_back_is_overtaken_and_comes_in_its_time() {
    for broker in brokers(Topology::Shared, 0).await {
        broker.publish(&message("a", 1), 0, 0, 50).await.expect("it takes the message");
        publish(&*broker, "b").await;
        assert_eq!(delivery(&*broker, 0, 0).await.message.id, "b");
        assert_eq!((take(&*broker, 0, 49).await, broker.prospect(0, 49)), (None, Prospect::At(50)));
        assert_eq!(delivery(&*broker, 0, 50).await.message.id, "a");
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn an_unacknowledged_message_is_handed_out_again_when_its_lease_is_over() {
    for broker in brokers(Topology::Shared, 0).await {
        publish(&*broker, "a").await;
        assert_eq!(delivery(&*broker, 0, 0).await.number, 1);
        assert_eq!((take(&*broker, 1, 10).await, broker.prospect(1, 10)), (None, Prospect::At(LEASE_US)));
        let second = delivery(&*broker, 1, LEASE_US).await;
        assert_eq!((second.number, second.message.id.as_str()), (2, "a"));
        broker.ack(&second).await.expect("it answers");
        assert_eq!(broker.prospect(0, 9 * LEASE_US), Prospect::Nothing);
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn what_is_given_back_comes_again_in_its_time() {
    for broker in brokers(Topology::Shared, 0).await {
        publish(&*broker, "a").await;
        let first = delivery(&*broker, 0, 0).await;
        assert_eq!(broker.nack(&first, 100, "too early").await, Ok(None));
        assert_eq!(broker.prospect(0, 99), Prospect::At(100));
        let second = delivery(&*broker, 0, 100).await;
        assert_eq!((second.number, second.attempt), (2, 2));
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn past_the_attempt_limit_a_message_is_a_dead_letter_and_the_next_one_is_handed_out() {
    for broker in
        brokers(Topology::Partitioned { partitions: 1, consumers: 1, second_hop: false }, ATTEMPTS).await
    {
        for id in ["a", "b"] {
            publish(&*broker, id).await;
        }
        let first = delivery(&*broker, 0, 0).await;
        broker.nack(&first, 100, "cannot be read").await.expect("it answers");
        let second = delivery(&*broker, 0, 100).await;
        let dead = broker.nack(&second, 200, "cannot be read").await.expect("it answers").expect("dead");
        assert_eq!((dead.deliveries, dead.reason.as_str()), (ATTEMPTS, "cannot be read"));
        assert_eq!(delivery(&*broker, 0, 100).await.message.id, "b");
        assert_eq!(ids(&*broker).await, ["a"]);
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn what_nobody_ever_acknowledges_is_a_dead_letter_too() {
    for broker in brokers(Topology::Shared, ATTEMPTS).await {
        publish(&*broker, "a").await;
        for lease in 0..ATTEMPTS {
            delivery(&*broker, 0, lease * LEASE_US).await;
        }
        let dead = take(&*broker, 0, ATTEMPTS * LEASE_US).await;
        assert!(matches!(dead, Some(Taken::Dead(_))), "{dead:?}");
        assert_eq!(broker.prospect(0, 9 * LEASE_US), Prospect::Nothing);
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn without_a_limit_a_message_that_is_always_given_back_blocks_its_partition_in_the_end() {
    for broker in brokers(Topology::Partitioned { partitions: 1, consumers: 1, second_hop: false }, 0).await {
        for id in ["a", "b"] {
            publish(&*broker, id).await;
        }
        let behind = loop {
            match take(&*broker, 0, 0).await {
                Some(Taken::Delivery(delivery)) => {
                    assert_eq!(delivery.message.id, "a");
                    assert_eq!(broker.nack(&delivery, 0, "cannot be read").await, Ok(None));
                }
                Some(Taken::Stuck { behind, .. }) => break behind,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((behind, broker.prospect(0, 9 * LEASE_US)), (1, Prospect::Nothing));
        assert!(ids(&*broker).await.is_empty());
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn dead_letters_lie_in_the_order_of_their_source_and_come_back_behind_everything() {
    for broker in brokers(Topology::Shared, 1).await {
        for id in ["b", "a", "c"] {
            publish(&*broker, id).await;
        }
        for _ in 0..2 {
            let given_back = delivery(&*broker, 0, 0).await;
            broker.nack(&given_back, 0, "too early").await.expect("it answers").expect("dead");
        }
        assert_eq!(ids(&*broker).await, ["a", "b"]);
        let letters = broker.dead_letters().await.expect("it answers");
        broker.redrive(&letters[0], 0).await.expect("it answers");
        assert_eq!(delivery(&*broker, 0, 0).await.message.id, "c");
        let again = delivery(&*broker, 0, 0).await;
        assert_eq!(
            (again.message.id.as_str(), again.number, again.attempt, again.redriven),
            ("a", 2, 1, true)
        );
        assert_eq!(ids(&*broker).await, ["b"]);
        broker.tear_down().await.expect("it is removed");
    }
}

#[tokio::test]
async fn within_its_window_an_id_is_taken_once() {
    for broker in brokers_on(terms(Topology::Shared, 0, Some(100))).await {
        broker.publish(&message("a", 1), 0, 0, 0).await.expect("it takes the message");
        assert_eq!(broker.publish(&message("a", 1), 0, 100, 100).await, Err(Refused::Known));
        broker.publish(&message("a", 1), 0, 101, 101).await.expect("the window is over");
        broker.tear_down().await.expect("it is removed");
    }
}
