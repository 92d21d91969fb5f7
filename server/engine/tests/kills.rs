//! The relay killed every second for a minute under load, on a real PostgreSQL and in real time: nothing is lost, and
//! every double is caught by the inbox. It lasts as long as it says:
//! `server/engine/throwaway-postgres.sh cargo test -p engine --test kills`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use engine::{Config, Lab};
use lab::checks;
use lab::event::{Entry, Event};
use lab::spec::Spec;
use serde_json::json;

/// For so long runs are made, one after the other.
const MINUTE: Duration = Duration::from_secs(60);

/// How often something happened.
fn count(entries: &[Entry], is_it: impl Fn(&Event) -> bool) -> usize {
    entries.iter().filter(|entry| is_it(&entry.event)).count()
}

#[tokio::test]
async fn a_minute_of_kills_loses_nothing_and_ships_nothing_twice() {
    let url = std::env::var("INTERLEAVE_TEST_POSTGRES")
        .expect("INTERLEAVE_TEST_POSTGRES is not set; run this under server/engine/throwaway-postgres.sh");
    let folder = std::env::temp_dir().join(format!("interleave-kills-{}", std::process::id()));
    let config = Config { data: folder.clone(), postgres: Some(url), nats: None, zookeeper: None };
    let lab = Lab::open(config).await.expect("the lab opens");
    let (began, mut seed, mut kills, mut published, mut events) = (Instant::now(), 0, 0, 0, 0);
    while began.elapsed() < MINUTE {
        seed += 1;
        let text = json!({
            "lab": "outbox", "scenario": "order-placed", "strategy": "outbox-polling", "seed": seed,
            "engine": { "store": "postgres" }, "pace": "instant",
            "workload": { "services": 4, "orders": 200, "changes": 4, "relay_batch": 1, "relay_killed_ms": 1_000 },
        });
        let spec = Spec::parse(&text.to_string(), &lab.catalog()).expect("a spec");
        let entries = lab.run_headless(spec, |_| ()).await.expect("a run");
        let verdict = checks::judge(&entries);
        assert!(verdict.holds(), "seed {seed}: {verdict:?}");
        kills += count(&entries, |event| matches!(event, Event::Crashed));
        published += count(&entries, |event| matches!(event, Event::Published { .. }));
        let ids = entries.iter().filter_map(|entry| match &entry.event {
            Event::Published { message, .. } => Some(message.id.as_str()),
            _ => None,
        });
        events += ids.collect::<HashSet<_>>().len();
    }
    let doubles = published - events;
    println!(
        "{seed} runs, {events} events, {kills} kills of the relay, {doubles} events sent twice and shipped once"
    );
    assert!(kills >= 20, "{kills} kills in {:?}", began.elapsed());
    lab.close().await;
    let _ = std::fs::remove_dir_all(folder);
}
