//! Where runs get their databases from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lab::spec::{RAFT, Spec, ZOOKEEPER};
use provider::Provider;
use tokio::sync::OnceCell;

use crate::bench::{EFFECT, LEASE_KNOB, PROVIDER_CALL, kept_us};
use crate::broker::Broker;
use crate::broker::embedded::Embedded;
use crate::broker::nats::Nats;
use crate::catalog::Missing;
use crate::locks::LockService;
use crate::locks::raft::RaftRun;
use crate::locks::zookeeper::ZooKeeper;
use crate::provider::Account;
use crate::scenarios::{Actor, Role};
use crate::store::postgres::{self, Database, PostgresGround};
use crate::store::sqlite::SqliteGround;
use crate::store::{Ground, PortError};
use crate::strategies::{Beside, Strategy};
use crate::{Config, OpenError, StartError};

/// What to do about a PostgreSQL that was not named.
const POSTGRES_MISSING: &str =
    "This server was started without PostgreSQL; start it with --engine postgres=URL.";
/// What to do about a NATS that was not named.
const NATS_MISSING: &str =
    "This server was started without NATS; start it with --engine nats=nats://HOST:PORT.";
/// How long NATS waits for an acknowledgement in a scheduled run. Its clock goes on while the run's stands still, so
/// this decides nothing but how long it takes until a message comes again.
const ACK_WAIT: Duration = Duration::from_millis(250);
/// What to do about a ZooKeeper that was not named.
const ZOOKEEPER_MISSING: &str =
    "This server was started without ZooKeeper; start it with --engine zookeeper=HOST:PORT.";
/// The folder of run databases inside the data folder.
const RUNS_FOLDER: &str = "runs";
/// The file that is locked while the lab is open.
const LOCK_FILE: &str = "lock";

/// What a server keeps for one run; `None` where its engine needs nothing.
pub(super) type Reserved = Option<postgres::Reserved>;
/// Connections that a run by hand has of those that all of them share.
pub(super) type ByHand = Option<tokio::sync::OwnedSemaphorePermit>;

/// The engines of this server.
pub(super) struct Grounds {
    folder: PathBuf,
    postgres: Option<Arc<Database>>,
    nats: Option<Nats>,
    zookeeper: Option<ZooKeeper>,
    /// Started when the first run needs it, and ended with the lab.
    provider: OnceCell<Provider>,
}

impl Grounds {
    /// Reaches what the configuration names, and removes what dead runs left.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        let folder = config.data.join(RUNS_FOLDER);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
        }
        std::fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
        let postgres = match &config.postgres {
            Some(url) => {
                let database =
                    Database::reach(url).await.map_err(|error| OpenError::Engine(error.to_string()))?;
                Some(Arc::new(database))
            }
            None => None,
        };
        let zookeeper = match &config.zookeeper {
            Some(cluster) => {
                let reached = ZooKeeper::reach(cluster).await;
                Some(reached.map_err(|error| OpenError::Engine(sentence(error)))?)
            }
            None => None,
        };
        let nats = match &config.nats {
            Some(url) => Some(Nats::reach(url).await.map_err(|error| OpenError::Engine(sentence(error)))?),
            None => None,
        };
        Ok(Self { folder, postgres, nats, zookeeper, provider: OnceCell::new() })
    }

    /// Why engines are not here.
    pub fn missing(&self) -> Missing {
        Missing {
            postgres: self.postgres.is_none().then_some(POSTGRES_MISSING),
            log: self.why_no_log(),
            nats: self.nats.is_none().then_some(NATS_MISSING),
            zookeeper: self.zookeeper.is_none().then_some(ZOOKEEPER_MISSING),
        }
    }

    /// Why no run can read the database's log here; `None` where one can.
    fn why_no_log(&self) -> Option<String> {
        let Some(database) = &self.postgres else { return Some(POSTGRES_MISSING.to_owned()) };
        database.why_no_log().map(|why| format!("not on this server, because {why}"))
    }

    /// The server from which leftovers of dead runs must be dropped now and then.
    pub fn to_sweep(&self) -> Option<Arc<Database>> {
        self.postgres.clone()
    }

    /// Whether the spec's engines are here, answer, and are large enough.
    pub async fn check(&self, spec: &Spec) -> Result<(), StartError> {
        if leases_from(spec, ZOOKEEPER) {
            let answered = self.zookeeper()?.answers().await;
            answered.map_err(|error| StartError::EngineUnreachable(sentence(error)))?;
        }
        if needs_nats(spec) {
            let answered = self.nats()?.answers().await;
            answered.map_err(|error| StartError::EngineUnreachable(sentence(error)))?;
        }
        if spec.engine.store != "postgres" {
            return Ok(());
        }
        let database = self.database()?;
        let is_by_hand = spec.schedule.is_by_hand();
        let (wanted, most) = (connections(spec), u64::from(database.connections_of_actors_max(is_by_hand)));
        if wanted > most {
            let kind = if is_by_hand { " of runs by hand" } else { "" };
            let sentence = format!(
                "This PostgreSQL has {most} connections for the actors of a run{kind}, and {wanted} were asked for."
            );
            return Err(StartError::EngineMissing(sentence));
        }
        database.answers().await.map_err(|error| StartError::EngineUnreachable(error.to_string()))
    }

    /// Waits until there are connections for the spec's actors, and a slot if they read the log. Nothing to wait for on
    /// an embedded engine.
    pub async fn reserve(&self, spec: &Spec) -> Result<Reserved, StartError> {
        if spec.engine.store != "postgres" {
            return Ok(None);
        }
        let missing = |what: &str| StartError::EngineMissing(format!("This PostgreSQL has too few {what}."));
        let database = self.database()?;
        // The slot first: there are fewer of them, and whoever waits for one holds no connections meanwhile.
        let slot = if beside(spec) == Beside::Slot {
            Some(database.reserve_slot().await.ok_or_else(|| missing("replication slots"))?)
        } else {
            None
        };
        let connections = database.reserve(connections(spec)).await.ok_or_else(|| missing("connections"))?;
        Ok(Some(postgres::Reserved { connections, slot }))
    }

    /// Waits until runs by hand may have so many more connections: they keep them for as long as people take, so all
    /// of them together get a part. Nothing to wait for on an embedded engine.
    pub async fn reserve_by_hand(&self, spec: &Spec) -> Result<ByHand, StartError> {
        if spec.engine.store != "postgres" || !spec.schedule.is_by_hand() {
            return Ok(None);
        }
        let reserved = self.database()?.reserve_by_hand(connections(spec)).await;
        reserved
            .map(Some)
            .ok_or_else(|| StartError::EngineMissing("This PostgreSQL has too few connections.".into()))
    }

    /// A database for this run alone.
    pub async fn take(
        &self,
        id: &str,
        spec: &Spec,
        reserved: Reserved,
    ) -> Result<Arc<dyn Ground>, StartError> {
        let scheduled = spec.is_scheduled();
        let broken = |error: crate::store::PortError| StartError::EngineUnreachable(error.to_string());
        if let Some(reserved) = reserved {
            let opened = PostgresGround::open(self.database()?, id, reserved, scheduled).await;
            let mut ground = opened.map_err(broken)?;
            if crate::outages::need_cable(spec) {
                ground.lay_cable().await.map_err(broken)?;
            }
            return Ok(Arc::new(ground));
        }
        let path = self.folder.join(format!("{id}.db"));
        let ground = SqliteGround::open(path, scheduled, spec.pace).await.map_err(broken)?;
        Ok(Arc::new(ground))
    }

    /// A lock service for this run alone, or its own place in one; nothing where the leases are a table of its database.
    pub async fn locks(&self, id: &str, spec: &Spec) -> Result<Option<Arc<dyn LockService>>, StartError> {
        // A live run's waits are stretched by its pace, and so are its leases.
        let stretch = if spec.is_scheduled() { 1 } else { spec.pace.stretch() };
        let lease = Duration::from_millis(spec.knob(LEASE_KNOB) * stretch);
        if leases_from(spec, RAFT) {
            let run = RaftRun::open(lease).await.map_err(|error| StartError::Broken(sentence(error)))?;
            return Ok(Some(Arc::new(run)));
        }
        if !leases_from(spec, ZOOKEEPER) {
            return Ok(None);
        }
        let opened = self.zookeeper()?.open(id, lease).await;
        let run = opened.map_err(|error| StartError::EngineUnreachable(sentence(error)))?;
        Ok(Some(Arc::new(run)))
    }

    /// A broker for this run alone.
    pub async fn broker(&self, id: &str, spec: &Spec) -> Result<Arc<dyn Broker>, StartError> {
        let strategy = crate::strategies::find(&spec.scenario, &spec.strategy);
        let strategy = strategy.ok_or_else(|| StartError::Broken("no such strategy".into()))?;
        let terms = crate::runner::terms(spec, strategy);
        if !needs_nats(spec) {
            return Ok(Arc::new(Embedded::new(terms)));
        }
        let ack_wait = if spec.is_scheduled() { ACK_WAIT } else { Duration::from_micros(terms.lease_us) };
        let opened = self.nats()?.open(id, terms, ack_wait).await;
        Ok(Arc::new(opened.map_err(|error| StartError::EngineUnreachable(sentence(error)))?))
    }

    fn nats(&self) -> Result<&Nats, StartError> {
        self.nats.as_ref().ok_or_else(|| StartError::EngineMissing(NATS_MISSING.into()))
    }

    /// An account at the payment provider for this run alone, if its charges are calls.
    pub async fn account(&self, id: &str, spec: &Spec) -> Result<Option<Account>, StartError> {
        if spec.knob(EFFECT) != PROVIDER_CALL {
            return Ok(None);
        }
        let started = self.provider.get_or_try_init(Provider::start).await;
        let provider = started.map_err(|error| {
            StartError::Broken(format!("The payment provider could not be started on loopback: {error}."))
        })?;
        let stretch = if spec.is_scheduled() { 1 } else { spec.pace.stretch() };
        let opened = Account::open(provider.address(), id, kept_us(spec, stretch)).await;
        opened.map(Some).map_err(|error| StartError::Broken(sentence(error)))
    }

    fn zookeeper(&self) -> Result<&ZooKeeper, StartError> {
        self.zookeeper.as_ref().ok_or_else(|| StartError::EngineMissing(ZOOKEEPER_MISSING.into()))
    }

    fn database(&self) -> Result<&Arc<Database>, StartError> {
        self.postgres.as_ref().ok_or_else(|| StartError::EngineMissing(POSTGRES_MISSING.into()))
    }
}

/// Whether the run takes leases, and takes them from this service.
fn leases_from(spec: &Spec, service: &str) -> bool {
    let leases =
        crate::strategies::find(&spec.scenario, &spec.strategy).is_some_and(|strategy| strategy.about.leases);
    leases && spec.engine.locks == service
}

/// Whether the run sends messages, and sends them through NATS.
fn needs_nats(spec: &Spec) -> bool {
    let sends = crate::strategies::find(&spec.scenario, &spec.strategy)
        .is_some_and(crate::strategies::Strategy::takes_messages);
    sends && spec.engine.broker == "nats"
}

/// What a port said, without the name of the error.
fn sentence(error: PortError) -> String {
    match error {
        PortError::Lost(sentence) | PortError::Broken(sentence) => sentence,
        other => other.to_string(),
    }
}

/// What the relays of a spec's strategy have beside a connection each.
fn beside(spec: &Spec) -> Beside {
    crate::strategies::find(&spec.scenario, &spec.strategy).map_or(Beside::Nothing, Strategy::beside)
}

/// How many connections a spec's actors have: one each, and another one for each that listens.
fn connections(spec: &Spec) -> u64 {
    let cast = crate::scenarios::find(&spec.scenario)
        .zip(crate::strategies::find(&spec.scenario, &spec.strategy))
        .map(|(scenario, strategy)| crate::runner::cast(scenario, strategy, spec));
    let actors = cast.unwrap_or_default();
    let listens = |actor: &&Actor| beside(spec) == Beside::Listener && actor.role == Role::Relay;
    (actors.len() + actors.iter().filter(listens).count()) as u64
}

/// Makes the folder and takes it for this process.
pub(super) fn lock_folder(folder: &Path) -> Result<std::fs::File, OpenError> {
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let file = std::fs::File::create(folder.join(LOCK_FILE)).map_err(|error| unusable(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Data(format!(
            "The data folder {} is used by another Interleave; stop that one or choose another folder with --data.",
            folder.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(folder, &error)),
    }
}

fn unusable(folder: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Data(format!(
        "The data folder {} cannot be used ({error}); choose another with --data or correct its rights.",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use lab::spec::Spec;
    use serde_json::json;

    use super::connections;

    #[test]
    fn whoever_listens_has_a_second_connection_in_the_budget() {
        let catalog = crate::catalog::catalog(crate::catalog::Missing::default());
        let of = |strategy: &str| {
            let asked = json!({
                "lab": "outbox", "scenario": "order-placed", "strategy": strategy,
                "workload": { "services": 3, "relays": 2 }, "engine": { "store": "postgres" },
            });
            connections(&Spec::read(&asked, &catalog).expect("a good spec"))
        };
        // Three services, two relays and the warehouse.
        assert_eq!(of("outbox-polling"), 6);
        assert_eq!(of("outbox-cdc"), 6);
        assert_eq!(of("outbox-notify"), 8);
    }
}
