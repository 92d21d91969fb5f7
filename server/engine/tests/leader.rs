//! Three ZooKeeper servers whose leader is killed: what was granted before and what is granted after. Each test kills for
//! good, so there is one, and it runs beside servers of its own:
//! `server/engine/throwaway-zookeeper-ensemble.sh cargo test -p engine --test leader`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use engine::locks::LockService;
use engine::locks::zookeeper::ZooKeeper;
use engine::{Config, Lab};
use lab::checks;
use lab::event::{Entry, Event};
use lab::spec::Spec;
use serde_json::json;

/// Longer than the servers take to agree on a new leader, so that a session outlives the old one.
const LONG: Duration = Duration::from_secs(15);
/// Seeds that the fenced lock must survive after the leader's death.
const SEEDS: u64 = 10;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set; run server/engine/throwaway-zookeeper-ensemble.sh cargo test -p engine --test leader")
    })
}

/// The servers that lead, by their place among the addresses.
fn leaders(cluster: &str) -> Vec<usize> {
    let mode = |address: &str| {
        let mut answer = String::new();
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(b"srvr").ok()?;
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    };
    let leads = |address: &str| mode(address).is_some_and(|answer| answer.contains("Mode: leader"));
    cluster.split(',').enumerate().filter(|(_, address)| leads(address)).map(|(place, _)| place).collect()
}

/// Kills the leader, and says which server that was.
fn kill_the_leader(cluster: &str) -> usize {
    let leaders = leaders(cluster);
    assert_eq!(leaders.len(), 1, "three servers have one leader");
    let pids = variable("INTERLEAVE_TEST_ZOOKEEPER_PIDS");
    let pid = pids.split(',').nth(leaders[0]).expect("a pid for each server");
    assert!(Command::new("kill").args(["-9", pid]).status().expect("kill runs").success());
    leaders[0]
}

fn fenced(lab: &Lab, seed: u64, lease_ms: u64, pauses: u64) -> Spec {
    let fields = json!({
        "scenario": "stock", "strategy": "distributed-lock-fenced", "seed": seed, "pace": "instant",
        "schedule": { "kind": "seeded" }, "engine": { "store": "sqlite", "locks": "zookeeper" },
        "workload": {
            "buyers": 3, "purchases": 3, "quantity": 7, "think_ms": 3, "lease_ms": lease_ms, "pauses": pauses,
        },
    });
    Spec::read(&fields, &lab.catalog()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn is_granted(entry: &Entry) -> bool {
    matches!(entry.event, Event::LeaseGranted { .. })
}

/// Grants of a row's lease: nobody is granted it while somebody else has it, and its tokens rise.
fn grants_exclude_each_other(entries: &[Entry]) -> usize {
    let (mut holder, mut last, mut grants) = (None, 0, 0);
    for entry in entries {
        match &entry.event {
            Event::LeaseGranted { token, .. } => {
                assert_eq!(holder, None, "granted at {} while somebody has it", entry.seq);
                assert!(*token > last, "token {token} after {last}");
                (holder, last, grants) = (entry.actor.clone(), *token, grants + 1);
            }
            Event::LeaseReleased { .. } => holder = None,
            _ => {}
        }
    }
    grants
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_stays_granted_through_the_leaders_death_and_what_comes_after_excludes_and_rises() {
    let cluster = variable("INTERLEAVE_TEST_ZOOKEEPER_ENSEMBLE");
    let service = ZooKeeper::reach(&cluster).await.expect("it answers");
    let place = service.open("leader-contract", LONG).await.expect("it opens");
    let mut holder = place.client("holder").await.expect("a client");
    let mut other = place.client("other").await.expect("a client");
    assert_eq!(holder.ask("a row").await.expect("it answers"), Some(1));
    assert_eq!(other.ask("a row").await.expect("it answers"), None);

    let folder = std::env::temp_dir().join(format!("interleave-leader-{}", std::process::id()));
    let config =
        Config { data: folder.clone(), postgres: None, nats: None, zookeeper: Some(cluster.clone()) };
    let lab = Lab::open(config).await.expect("the lab opens");

    // In the middle of a run, between a grant and the write that it is for.
    let mut killed = None;
    let kill = |entry: &Entry| {
        if killed.is_none() && is_granted(entry) {
            killed = Some(kill_the_leader(&cluster));
        }
    };
    let entries =
        lab.run_headless(fenced(&lab, 1, LONG.as_millis() as u64 / 2, 0), kill).await.expect("it runs");
    let killed = killed.expect("a lease was granted");
    let verdict = checks::judge(&entries);
    assert!(verdict.holds(), "{verdict:?}");
    assert_eq!(verdict.price.done, 7, "everything was sold");
    assert!(grants_exclude_each_other(&entries) >= 9, "every purchase had a lease");

    // Asked after the death: another server leads, and the lease of before stands.
    assert_eq!(
        other.ask("a row").await.expect("it answers"),
        None,
        "the holder's session outlived the leader"
    );
    let leaders = leaders(&cluster);
    assert!(leaders.len() == 1 && leaders[0] != killed, "{leaders:?} lead after {killed} died");
    assert!(holder.give_back().await.expect("it answers"), "it was held until now");
    let next = other.ask("a row").await.expect("it answers").expect("it is free");
    assert!(next > 1, "tokens rise across leaders: {next}");
    place.tear_down().await.expect("it is removed");

    // Two servers go on, and sessions end under them as under three.
    for seed in 0..SEEDS {
        let entries = lab.run_headless(fenced(&lab, seed, 400, 15), |_| ()).await.expect("it runs");
        let verdict = checks::judge(&entries);
        assert!(verdict.holds(), "seed {seed}: {verdict:?}");
    }
    lab.close().await;
    std::fs::remove_dir_all(folder).expect("it is removed");
}
