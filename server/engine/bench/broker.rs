//! How many messages a second go from publish to deliver to apply to acknowledge, live, every step written down with its
//! SQL and judged; and, through NATS, beside a bare loop of its client that does nothing else. `through-brokers.sh` runs it.
//!
//! broker STORE BROKER MESSAGES [PARTITIONS]   a run of the lab: STORE sqlite or postgres, BROKER embedded or nats; as many
//!                                             consumers as partitions
//! broker bare MESSAGES                        publish, consume and acknowledge with async-nats alone

use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use engine::{Config, Lab};
use futures::StreamExt;
use lab::event::{Entry, Event};
use lab::spec::Spec;

/// Each order has so many events.
const STEPS: u64 = 5;
/// Partitions, and consumers, where nobody says how many.
const PARTITIONS: u64 = 2;
/// How long the bare client may wait for one message.
const WAIT_MAX: Duration = Duration::from_secs(10);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["bare", messages] => bare(messages.parse()?).await,
        [store, broker, messages] => ours(store, broker, messages.parse()?, PARTITIONS).await,
        [store, broker, messages, partitions] => {
            ours(store, broker, messages.parse()?, partitions.parse()?).await
        }
        // Whoever runs every benchmark means those that need nothing beside them.
        [] => {
            println!("nothing to do: see server/engine/bench/through-brokers.sh");
            Ok(())
        }
        _ => Err("usage: broker STORE BROKER MESSAGES [PARTITIONS] | broker bare MESSAGES".into()),
    }
}

async fn ours(store: &str, broker: &str, messages: u64, partitions: u64) -> Result<(), Failure> {
    let data = std::env::temp_dir().join(format!("interleave-broker-{}", std::process::id()));
    let config = Config {
        data: data.clone(),
        postgres: std::env::var("INTERLEAVE_TEST_POSTGRES").ok().filter(|_| store == "postgres"),
        nats: std::env::var("INTERLEAVE_TEST_NATS").ok().filter(|_| broker == "nats"),
        ..Config::default()
    };
    let lab = Lab::open(config).await?;
    let asked = serde_json::json!({
        "lab": "messages", "scenario": "order-status", "strategy": "partitioned-versioned", "pace": "instant",
        "engine": { "store": store, "broker": broker }, "schedule": { "kind": "live" },
        "workload": { "steps": STEPS, "consumers": partitions, "partitions": partitions },
    });
    let mut spec = Spec::read(&asked, &lab.catalog())?;
    // More than a run that people look at may have.
    spec.workload.insert("orders".into(), messages / STEPS);
    let entries = lab.run_headless(spec, |_| ()).await?;
    let acked = entries.iter().filter(|entry| matches!(entry.event, Event::Acked { .. })).count();
    let moments: Vec<u64> =
        entries.iter().filter(|entry| is_of_a_message(entry)).map(|entry| entry.at_us).collect();
    let (Some(first), Some(last)) = (moments.iter().min(), moments.iter().max()) else {
        return Err("no message was published".into());
    };
    println!("{:.0}", acked as f64 / (last - first).max(1) as f64 * 1e6);
    lab.close().await;
    Ok(std::fs::remove_dir_all(data)?)
}

fn is_of_a_message(entry: &Entry) -> bool {
    matches!(entry.event, Event::Published { .. } | Event::Acked { .. })
}

/// One task publishes and waits for each confirmation, another one takes each message and acknowledges it.
async fn bare(messages: u64) -> Result<(), Failure> {
    let url = std::env::var("INTERLEAVE_TEST_NATS")?;
    let context = jetstream::new(async_nats::connect(&url).await?);
    let name = format!("bare-{}", std::process::id());
    let config =
        jetstream::stream::Config { name: name.clone(), subjects: vec![name.clone()], ..Default::default() };
    let stream = context.create_stream(config).await?;
    let config = pull::Config {
        durable_name: Some(name.clone()),
        ack_policy: AckPolicy::Explicit,
        ..pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await?;
    let (publisher, subject) = (context.clone(), name.clone());
    let began = Instant::now();
    let published = tokio::spawn(async move {
        for number in 0..messages {
            let payload = format!(
                "{{\"id\":\"order-{number}.placed\",\"version\":1,\"body\":{{\"status\":\"placed\"}}}}"
            );
            publisher.publish(subject.clone(), payload.into()).await?.await?;
        }
        Ok::<(), Failure>(())
    });
    let mut taken = consumer.messages().await?;
    for _ in 0..messages {
        let message = tokio::time::timeout(WAIT_MAX, taken.next()).await?.ok_or("the stream ended")??;
        message.ack().await?;
    }
    published.await??;
    println!("{:.0}", messages as f64 / began.elapsed().as_secs_f64());
    context.delete_stream(&name).await?;
    Ok(())
}
