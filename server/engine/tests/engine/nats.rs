//! Messages through a real NATS: the same decisions and verdicts as through the embedded broker, and what happens when
//! the server is not there, goes away, and comes back.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::Duration;

use engine::broker::nats::Nats;
use engine::broker::{Terms, Topology};
use engine::{Config, Lab, OpenError};
use lab::canon;
use lab::catalog::PromiseValue;
use lab::event::{Entry, Event};
use lab::spec::{Pace, Spec};
use lab::verdict::Ruling;
use serde_json::json;

use crate::harness::{Folder, nats_url, run, spec, unused_name, verdict};

/// Seeds under which a trial is compared; each lost acknowledgement waits for NATS' own clock.
const SEEDS: u64 = 2;

async fn open_at(url: String) -> (Lab, Folder) {
    let folder = Folder::new();
    let config = Config { data: folder.0.clone(), postgres: None, nats: Some(url), zookeeper: None };
    (Lab::open(config).await.expect("the lab opens"), folder)
}

/// The same through NATS, as fast as it answers.
fn through_nats(spec: &Spec) -> Spec {
    let mut spec = Spec { pace: Pace::Instant, ..spec.clone() };
    spec.engine.broker = "nats".into();
    spec
}

/// What happened, without the header, which names the broker.
fn deeds(entries: &[Entry]) -> Vec<String> {
    entries.iter().skip(1).map(canon::line).collect()
}

#[tokio::test]
async fn every_witness_with_messages_breaks_through_nats_too() {
    let (lab, _folder) = open_at(nats_url()).await;
    let catalog = lab.catalog();
    for scenario in catalog.scenarios.iter().filter(|scenario| scenario.messages) {
        let cells = catalog.strategies_of(&scenario.name).flat_map(|card| &card.promises);
        for cell in cells.filter(|cell| cell.engine == "sqlite" && cell.value == PromiseValue::Breaks) {
            let witness = cell.witness.as_ref().expect("whatever breaks has a witness");
            let entries = run(&lab, through_nats(witness)).await;
            let judgement = verdict(&entries).on(&cell.invariant).expect("it is judged");
            assert_eq!(judgement.ruling, Ruling::Broken, "{} {}", witness.strategy, cell.invariant);
        }
    }
}

#[tokio::test]
async fn a_trial_through_nats_is_entry_for_entry_what_it_is_through_the_embedded_broker() {
    let (lab, _folder) = open_at(nats_url()).await;
    let catalog = lab.catalog();
    for scenario in catalog.scenarios.iter().filter(|scenario| scenario.messages) {
        for card in catalog.strategies_of(&scenario.name) {
            let on_sqlite = |cell: &&lab::catalog::Promise| cell.engine == "sqlite";
            let trial = card.promises.iter().filter(on_sqlite).find_map(|cell| cell.trial.as_ref());
            let Some(trial) = trial else { continue };
            for seed in 0..SEEDS {
                let trial = Spec { seed, ..trial.clone() };
                let embedded = run(&lab, trial.clone()).await;
                let mut through = run(&lab, through_nats(&trial)).await.to_vec();
                let Event::Header(header) = &through[0].event else { panic!("no header") };
                assert!(header.engines["broker"].starts_with("NATS 2."), "{:?}", header.engines);
                through[0] = embedded[0].clone();
                let last = through.iter().rev().find(|entry| !matches!(entry.event, Event::Verdict(_)));
                assert_eq!(deeds(&embedded), deeds(&through), "{} seed {seed}: {last:?}", card.name);
            }
        }
    }
}

#[tokio::test]
async fn a_live_run_through_nats_redelivers_what_was_not_acknowledged() {
    let (lab, _folder) = open_at(nats_url()).await;
    let fields = json!({
        "lab": "messages", "strategy": "partitioned-versioned",
        "workload": { "orders": 3, "steps": 4, "deltas": 1, "lost_acks": 30 },
    });
    let entries = run(&lab, through_nats(&spec(&lab, "sqlite", fields))).await;
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
    assert!(entries.iter().any(|entry| matches!(entry.event, Event::Delivered { delivery: 2, .. })));
}

#[tokio::test]
async fn what_a_dead_server_left_behind_is_removed_and_what_a_living_one_uses_is_not() {
    let terms = Terms {
        topology: Topology::Shared,
        lease_us: 1,
        rebalances: false,
        attempts_max: 0,
        window_us: None,
    };
    let (dying, living) = (unused_name(), unused_name());
    let dead = Nats::reach(&nats_url()).await.expect("it answers");
    dead.open(&dying, terms, Duration::from_secs(1)).await.expect("it opens");
    drop(dead);
    let alive = Nats::reach(&nats_url()).await.expect("it answers");
    let used = alive.open(&living, terms, Duration::from_secs(1)).await.expect("it opens");
    let client = async_nats::connect(nats_url()).await.expect("it connects");
    let context = async_nats::jetstream::new(client);
    // The server learns of a closed connection a moment later.
    while context.get_stream(format!("INTERLEAVE-{dying}")).await.is_ok() {
        Nats::reach(&nats_url()).await.expect("it answers");
    }
    assert!(context.get_stream(format!("INTERLEAVE-{living}")).await.is_ok());
    engine::broker::Broker::tear_down(&used).await.expect("it is removed");
    assert!(context.get_stream(format!("INTERLEAVE-{living}")).await.is_err());
    engine::broker::Broker::tear_down(&used).await.expect("that somebody else removed it is as good");
}

#[tokio::test]
async fn a_nats_that_is_not_there_is_named_with_the_remedy_and_without_its_password() {
    let folder = Folder::new();
    let url = Some("nats://u:secret@127.0.0.1:1".into());
    match Lab::open(Config { data: folder.0.clone(), postgres: None, nats: url, zookeeper: None }).await {
        Err(OpenError::Engine(sentence)) => {
            assert!(sentence.contains("127.0.0.1:1") && sentence.contains("--engine nats="), "{sentence}");
            assert!(!sentence.contains("secret"), "{sentence}");
        }
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test]
async fn a_server_that_was_started_without_nats_says_so() {
    let folder = Folder::new();
    let config = Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: None };
    let lab = Lab::open(config).await.expect("the lab opens");
    let asked = through_nats(&spec(&lab, "sqlite", json!({ "lab": "messages" })));
    let refused = lab.start(asked).await.expect_err("there is none").to_string();
    assert!(refused.contains("--engine nats="), "{refused}");
}

/// A NATS of the test's own, which it may stop.
struct Own {
    child: Child,
    port: u16,
    folder: Folder,
}

impl Own {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let folder = Folder::new();
        let mut own = Self { child: Self::spawn(port, &folder), port, folder };
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(own.child.try_wait().expect("it is a child").is_none(), "it ended at once");
            tokio::task::yield_now().await;
        }
        own
    }

    fn spawn(port: u16, folder: &Folder) -> Child {
        let program = std::env::var("INTERLEAVE_TEST_NATS_SERVER").expect("the test command names it");
        let mut command = Command::new(program);
        command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"]).arg(&folder.0);
        command.stderr(std::process::Stdio::null()).spawn().expect("it starts")
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    fn start_again(&mut self) {
        self.child = Self::spawn(self.port, &self.folder);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run in which something happens to the server as soon as the first message is handed out.
async fn run_with(own: &mut Own, mut incident: impl FnMut(&mut Own) + Send) -> Vec<Entry> {
    let (lab, _folder) = open_at(own.url()).await;
    let fields = json!({
        "lab": "messages", "strategy": "partitioned-versioned", "schedule": { "kind": "seeded" },
        "workload": { "orders": 2, "steps": 3, "deltas": 1 },
    });
    let mut happened = false;
    let each = |entry: &Entry| {
        if !happened && matches!(entry.event, Event::Delivered { .. }) {
            happened = true;
            incident(own);
        }
    };
    lab.run_headless(through_nats(&spec(&lab, "sqlite", fields)), each).await.expect("the run starts")
}

#[tokio::test]
async fn a_run_whose_nats_goes_away_ends_as_interrupted_and_says_why() {
    let mut own = Own::start().await;
    let entries = run_with(&mut own, Own::stop).await;
    let reason = entries.iter().find_map(|entry| match &entry.event {
        Event::Interrupted { reason } => Some(reason.clone()),
        _ => None,
    });
    let reason = reason.expect("it was cut off");
    assert!(reason.contains("NATS at 127.0.0.1"), "{reason}");
    assert!(!verdict(&entries).is_broken(), "an outage of the lab's own server proves nothing");
}

#[tokio::test]
async fn a_run_goes_on_when_its_nats_comes_back() {
    let mut own = Own::start().await;
    let restart = |own: &mut Own| {
        own.stop();
        own.start_again();
    };
    let entries = run_with(&mut own, restart).await;
    assert!(verdict(&entries).holds(), "{:?}", verdict(&entries));
}
