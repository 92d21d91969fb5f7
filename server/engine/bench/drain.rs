//! How fast our relays empty an outbox on PostgreSQL, and how soon after a commit they publish; live, every step written
//! down with its SQL and judged. `against-queues.sh` runs it beside its rivals.
//!
//! drain STRATEGY ROWS [SENT]   empties so many rows, behind so many that were sent long ago: rows per second; relays that
//!                              compete are two
//! drain STRATEGY soon RATE     commits so many a second: p50 and p99 from commit to publication, in milliseconds

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::bench::{Bench, Replies, Requests, Seat, Writes};
use engine::broker::embedded::Embedded;
use engine::broker::network::{Network, Troubles};
use engine::broker::{LEASE_US, Terms, Topology};
use engine::outages::Outages;
use engine::quiet::Quiet;
use engine::recorder::{QUEUE_MAX, Recorder};
use engine::scenarios;
use engine::store::postgres::{Database, PostgresGround, Reserved};
use engine::store::{Ground, Layout, Logged};
use engine::strategies::{self, Beside, Play, Relay};
use engine::turn::Turn;
use lab::dice::Dice;
use lab::event::{Entry, Event};
use lab::spec::Spec;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::mpsc;

/// How many rows the relays take at once, and mark together.
const BATCH: u64 = 500;
/// The strategy whose relays do not get in each other's way: there are two of them.
const COMPETING: &str = "outbox-competing";
/// How long the entries gather before they are taken.
const GATHER: Duration = Duration::from_millis(1);
/// For how long commits go on where it is asked how soon they are published.
const SOON: Duration = Duration::from_secs(10);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let url = std::env::var("INTERLEAVE_TEST_POSTGRES")?;
    match words[..] {
        [strategy, "soon", rate] => soon(&url, strategy, rate.parse()?).await,
        [strategy, rows] => drain(&url, strategy, rows.parse()?, 0).await,
        [strategy, rows, sent] => drain(&url, strategy, rows.parse()?, sent.parse()?).await,
        // Whoever runs every benchmark means those that need nothing beside them.
        [] => {
            println!("nothing to do: see server/engine/bench/against-queues.sh");
            Ok(())
        }
        _ => Err("usage: drain STRATEGY ROWS [SENT] | drain STRATEGY soon RATE".into()),
    }
}

/// A run with an outbox and one relay, and nobody else.
struct Alone {
    ground: Arc<PostgresGround>,
    /// On the run's tables.
    connection: PgConnection,
    relay: Relay,
    /// How many of them.
    relays: usize,
    network: Arc<Network>,
    outages: Arc<Outages>,
    spec: Arc<Spec>,
}

impl Alone {
    async fn open(url: &str, strategy: &str, batch: u64) -> Result<Self, Failure> {
        let scenario = scenarios::find("order-placed").ok_or("no such scenario")?;
        let played = strategies::find("order-placed", strategy).ok_or("no such strategy")?;
        let Play::Place { relay: Some(relay), beside, .. } = &played.play else {
            return Err(format!("{strategy} has no relay").into());
        };
        let asked = serde_json::json!({
            "lab": "outbox", "scenario": "order-placed", "strategy": strategy, "pace": "instant",
            "engine": { "store": "postgres" }, "schedule": { "kind": "live" },
            "workload": { "relay_batch": batch, "mark_together": 1 },
        });
        let spec = Spec::read(&asked, &engine::catalog::catalog(Default::default()))?;
        let database = Database::reach(url).await?;
        let connections = database.reserve(4).await.ok_or("too few connections")?;
        let reads_log = *beside == Beside::Slot;
        let slot = if reads_log { database.reserve_slot().await } else { None };
        let id = format!("drain{}", std::process::id());
        let ground = PostgresGround::open(&database, &id, Reserved { connections, slot }, false).await?;
        let logged = reads_log.then_some(Logged { table: outbox(scenario)?, has_slot: true });
        ground.set_up(&Layout { tables: scenario.tables.to_vec(), logged, ..Layout::default() }).await?;
        let name = format!("interleave_run_{id}");
        let place = match url.rsplit_once('/') {
            Some((server, _)) if reads_log => format!("{server}/{name}"),
            _ => url.to_owned(),
        };
        let mut connection = PgConnection::connect(&place).await?;
        tell(&mut connection, &format!("set search_path to {name}")).await?;
        let outages = Arc::new(Outages::new(&spec, None, None));
        Ok(Self {
            ground: Arc::new(ground),
            connection,
            relay: *relay,
            relays: if strategy == COMPETING { 2 } else { 1 },
            network: network(&outages),
            outages,
            spec: Arc::new(spec),
        })
    }

    /// The bench of a relay. Whoever is numbered after the relays in `quiet` may still add to the outbox.
    async fn bench(&self, number: usize, recorder: &Recorder, quiet: &Quiet) -> Result<Bench, Failure> {
        let seat = Seat {
            number,
            spec: self.spec.clone(),
            ground: self.ground.clone(),
            network: self.network.clone(),
            outages: self.outages.clone(),
            locks: None,
            account: None,
            writes: Writes::default(),
            replies: Replies::default(),
            requests: Requests::default(),
            takes_messages: false,
        };
        let turn = Turn::Live {
            actor: number,
            recorder: recorder.clone(),
            flights: engine::live::Flights::new(self.relays),
            pace: self.spec.pace,
            quiet: quiet.clone(),
        };
        let name = format!("relay-{}", number + 1);
        Ok(Bench::new(&name, self.ground.session(number, &name).await?, turn, seat))
    }

    /// Lets the relays run until nobody can add to the outbox any more.
    async fn empty(&self, recorder: &Recorder, quiet: &Quiet) -> Result<(), Failure> {
        let mut relaying = Vec::new();
        for number in 0..self.relays {
            let (mut bench, relay, quiet) =
                (self.bench(number, recorder, quiet).await?, self.relay, quiet.clone());
            relaying.push(tokio::spawn(async move {
                relay(&mut bench).await.map_err(|halt| format!("{halt:?}"))?;
                quiet.finish(number);
                quiet.changed();
                Ok::<(), String>(())
            }));
        }
        for relay in relaying {
            relay.await??;
        }
        Ok(())
    }

    async fn close(self) -> Result<(), Failure> {
        self.connection.close().await?;
        Ok(self.ground.tear_down().await?)
    }
}

fn network(outages: &Arc<Outages>) -> Arc<Network> {
    let topology = Topology::Partitioned { partitions: 1, consumers: 1, second_hop: false };
    let terms = Terms { topology, lease_us: LEASE_US, rebalances: false, attempts_max: 0, window_us: None };
    let broker = Arc::new(Embedded::new(terms));
    Arc::new(Network::new(broker, topology, Troubles::default(), outages.clone(), Dice::new(1), 1))
}

fn outbox(scenario: &scenarios::Scenario) -> Result<&'static engine::store::Table, Failure> {
    let found = scenario.tables.iter().find(|table| table.name == lab::checks::OUTBOX);
    Ok(found.ok_or("no outbox")?)
}

async fn tell(connection: &mut PgConnection, text: &str) -> Result<(), Failure> {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection).await?;
    Ok(())
}

const COLUMNS: &str = "outbox (id, key, revision, status, state, claimed_by, until_us)";

async fn drain(url: &str, strategy: &str, rows: u64, sent: u64) -> Result<(), Failure> {
    let mut alone = Alone::open(url, strategy, BATCH).await?;
    let fill = format!(
        "insert into {COLUMNS} select 'old-' || g || '.placed', 'old-' || g, 1, 'placed', 'sent', '', 0 \
         from generate_series(1, {sent}) g"
    );
    tell(&mut alone.connection, &fill).await?;
    // Each order is a transaction of its own, as services place them.
    let fill = format!(
        "do $$ begin for g in 1..{rows} loop insert into {COLUMNS} \
         values ('order-' || g || '.placed', 'order-' || g, 1, 'placed', 'waits', '', 0); commit; end loop; end $$"
    );
    tell(&mut alone.connection, &fill).await?;
    tell(&mut alone.connection, "vacuum analyze outbox").await?;
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    let told = tokio::spawn(publications(receiver));
    let recorder = Recorder::new(sender, true);
    let began = Instant::now();
    alone.empty(&recorder, &Quiet::new(alone.relays)).await?;
    let took = began.elapsed();
    drop(recorder);
    let published = told.await?;
    if published.len() as u64 != rows {
        return Err(format!("{} of {rows} rows were published", published.len()).into());
    }
    println!("{:.0}", rows as f64 / took.as_secs_f64());
    alone.close().await
}

async fn soon(url: &str, strategy: &str, rate: u32) -> Result<(), Failure> {
    let mut alone = Alone::open(url, strategy, BATCH).await?;
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    let told = tokio::spawn(publications(receiver));
    let (recorder, quiet) = (Recorder::new(sender, true), Quiet::new(2));
    let mut bench = alone.bench(0, &recorder, &quiet).await?;
    let relay = alone.relay;
    let relaying = tokio::spawn(async move { relay(&mut bench).await.map_err(|halt| format!("{halt:?}")) });
    let committed = commit_at(&mut alone.connection, &recorder, rate).await?;
    quiet.finish(1);
    quiet.changed();
    relaying.await??;
    drop(recorder);
    let published = told.await?;
    let mut waits: Vec<f64> = Vec::new();
    for (id, at_us) in &committed {
        let published_us = published.get(id).ok_or("an order was never published")?;
        waits.push(published_us.saturating_sub(*at_us) as f64 / 1e3);
    }
    waits.sort_by(f64::total_cmp);
    let part = |part: f64| waits.get((waits.len() as f64 * part) as usize).copied().unwrap_or_default();
    println!("{:.2} {:.2}", part(0.50), part(0.99));
    alone.close().await
}

/// Commits orders at this rate, each when its time has come whatever became of the one before. When each was committed.
async fn commit_at(
    connection: &mut PgConnection,
    recorder: &Recorder,
    rate: u32,
) -> Result<Vec<(String, u64)>, Failure> {
    let insert = format!(
        "with put as (insert into {COLUMNS} values ($1, $1, 1, 'placed', 'waits', '', 0)) \
         select pg_notify(current_schema() || '.outbox', '')"
    );
    let mut committed = Vec::new();
    let (began, every) = (Instant::now(), Duration::from_secs(1) / rate);
    let mut number = 0;
    while began.elapsed() < SOON {
        number += 1;
        tokio::time::sleep_until((began + every * number).into()).await;
        let id = format!("order-{number}.placed");
        sqlx::query(AssertSqlSafe(insert.clone())).bind(&id).execute(&mut *connection).await?;
        committed.push((id, recorder.elapsed_us()));
    }
    let reached = f64::from(number) / began.elapsed().as_secs_f64();
    if reached < f64::from(rate) * 0.95 {
        return Err(format!("only {reached:.0} of {rate} orders a second were placed").into());
    }
    Ok(committed)
}

/// When each event was published first, as the entries say.
async fn publications(mut entries: mpsc::Receiver<Entry>) -> HashMap<String, u64> {
    let mut published = HashMap::new();
    let mut taken = Vec::new();
    while entries.recv_many(&mut taken, QUEUE_MAX).await > 0 {
        for entry in taken.drain(..) {
            if let Event::Published { message, .. } = entry.event {
                published.entry(message.id).or_insert(entry.at_us);
            }
        }
        // As a server's journal does: it need not be woken for each entry.
        tokio::time::sleep(GATHER).await;
    }
    published
}
