//! One run, from its spec to its verdict.

mod messages;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lab::dice::Dice;
use lab::event::{Event, Header};
use lab::spec::Spec;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::bench::{Bench, INBOX_TABLE, LEASE_TABLE, Replies, Requests, Seat, Writes};
use crate::broker::Broker;
use crate::live::{Flights, OutageClock};
use crate::locks::LockService;
use crate::outages::Outages;
use crate::provider::{self, Account};
use crate::quiet::Quiet;
use crate::recorder::{Draft, Recorder};
use crate::scenarios::order_placed::{OUTBOX_TABLE, SLOT_LATE};
use crate::scenarios::{self, Actor, Role, Scenario};
use crate::schedule::chooser::Chooser;
use crate::schedule::director::{Director, GONE, Plan};
use crate::schedule::listener::Listener;
use crate::store::{Contents, Ground, Layout, LockWatch, Logged, PortError, Session, Table};
use crate::strategies::{self, Beside, Strategy};
use crate::turn::Turn;
pub(crate) use messages::terms;
use messages::{dead_letter, network};

/// What the journal says of the lock service.
const LOCKS: &str = "lease table, in the run's own database; its clock is the run time";
/// The longest that a run may take.
const RUN_MAX: Duration = Duration::from_secs(15 * 60);
/// The longest that a run by hand may take: people stop to talk.
pub(crate) const BY_HAND_MAX: Duration = Duration::from_secs(60 * 60);
/// How long an engine may take to remove a run's database.
const TEAR_DOWN_MAX: Duration = Duration::from_secs(10);
/// How many sales one final-read entry carries.
const SALES_PAGE: usize = 500;
/// How many messages may wait for the director: each actor sends one and waits for its answer.
const MESSAGES_MAX: usize = 128;

/// A run that may begin.
pub(crate) struct Run {
    /// What is asked.
    pub spec: Arc<Spec>,
    /// The catalog's version, for the header.
    pub catalog: String,
    /// The database that the run has for itself.
    pub ground: Arc<dyn Ground>,
    /// The lock service that the run's leases come from; without one they are a table of its database.
    pub locks: Option<Arc<dyn LockService>>,
    /// The broker that the run has for itself.
    pub broker: Arc<dyn Broker>,
    /// The run's account at the payment provider, where charges are calls.
    pub account: Option<Account>,
    /// Where entries go.
    pub recorder: Recorder,
    /// Ends the run early.
    pub cancel: CancellationToken,
    /// The user's hand; taken by the director.
    pub listener: Option<Listener>,
}

impl Run {
    /// Carries the run out. Its last entry is the verdict, whatever happened. True when it came to its end.
    ///
    /// # Errors
    /// When not even the last entries could be written.
    pub async fn carry_out(mut self) -> Result<bool, Error> {
        let listener = self.listener.take();
        let most = if self.spec.schedule.is_by_hand() { BY_HAND_MAX } else { RUN_MAX };
        let played = tokio::select! {
            played = self.play(listener) => played,
            () = self.cancel.cancelled() => Err(Error::new("cancelled")),
            () = tokio::time::sleep(most) => {
                Err(Error::new(format!("the run took longer than {} s, the most that a run may take", most.as_secs())))
            }
        };
        // Before anything else can fail: the run's database goes, whatever became of the run.
        match tokio::time::timeout(TEAR_DOWN_MAX, self.tear_down()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a run's database was not removed"),
            Err(_) => tracing::warn!("a run's database was not removed: its engine does not answer"),
        }
        let finished = played.is_ok();
        let at_us = match played {
            Ok(at_us) => at_us,
            Err(error) => {
                self.recorder
                    .write(Draft::of_run(0, Event::Interrupted { reason: error.to_string() }))
                    .await?;
                0
            }
        };
        let verdict = Box::new(self.recorder.verdict());
        self.recorder.write(Draft::of_run(at_us, Event::Verdict(verdict))).await?;
        Ok(finished)
    }

    async fn tear_down(&self) -> Result<(), PortError> {
        // One service that does not answer must not keep the others' things from being removed.
        let broker = self.broker.tear_down().await;
        let locks = match &self.locks {
            Some(locks) => locks.tear_down().await,
            None => Ok(()),
        };
        let account = match &self.account {
            Some(account) => account.close().await,
            None => Ok(()),
        };
        self.ground.tear_down().await.and(account).and(locks).and(broker)
    }

    async fn play(&self, listener: Option<Listener>) -> Result<u64, Error> {
        let scenario = scenarios::find(&self.spec.scenario).ok_or_else(|| Error::new("no such scenario"))?;
        let strategy = strategies::find(&self.spec.scenario, &self.spec.strategy)
            .ok_or_else(|| Error::new("no such strategy"))?;
        let actors = cast(scenario, strategy, &self.spec);
        let rows = (scenario.rows)(&self.spec);
        let layout = Layout {
            rows: if strategy.has_unit_rows() { scenarios::stock::unit_rows(&rows) } else { rows },
            never_below_zero: strategy.about.never_below_zero,
            tables: tables(scenario, strategy, self.locks.is_none()),
            logged: logged(&self.spec, strategy),
        };
        self.set_up(strategy, scenario, &layout, &actors).await?;
        let at_us = self.act(scenario, strategy, &actors, listener).await?;
        self.read_provider(at_us).await?;
        self.read_everything(&layout, at_us).await?;
        Ok(at_us)
    }

    async fn set_up(
        &self,
        strategy: &Strategy,
        scenario: &Scenario,
        layout: &Layout,
        actors: &[Actor],
    ) -> Result<(), Error> {
        let mut ran = self.ground.set_up(layout).await?;
        let mut engines = BTreeMap::from([("store".to_owned(), self.ground.version())]);
        if strategy.takes_messages() {
            engines.insert("broker".to_owned(), self.broker.version());
        }
        if let Some(locks) = &self.locks {
            engines.insert("locks".to_owned(), locks.version());
        } else if layout.tables.contains(&&LEASE_TABLE) {
            engines.insert("locks".to_owned(), LOCKS.to_owned());
        }
        if self.account.is_some() {
            engines.insert("provider".to_owned(), provider::NAME.to_owned());
        }
        let header = Header {
            spec: (*self.spec).clone(),
            catalog: self.catalog.clone(),
            program: env!("CARGO_PKG_VERSION").into(),
            engines,
            actors: actors.iter().map(|actor| actor.name.clone()).collect(),
            invariants: (scenario.about)().invariants.into_iter().map(str::to_owned).collect(),
            remarks: self.ground.remarks(),
        };
        self.recorder.write(Draft::of_run(0, Event::Header(Box::new(header)))).await?;
        let Contents { rows, sql, .. } = self.ground.contents(layout).await?;
        ran.extend(sql);
        let draft = Draft { sql: ran, ..Draft::of_run(0, Event::Setup { rows }) };
        self.recorder.write(draft).await.map(drop)
    }

    /// Lets the actors act. Returns the run time at the end.
    async fn act(
        &self,
        scenario: &Scenario,
        strategy: &'static Strategy,
        actors: &[Actor],
        mut listener: Option<Listener>,
    ) -> Result<u64, Error> {
        let chooser = Chooser::of(&self.spec.schedule, Dice::new(self.spec.seed));
        let (to_director, inbox) = mpsc::channel(MESSAGES_MAX);
        let outages = Arc::new(Outages::new(&self.spec, self.ground.cable(), self.locks.clone()));
        let seat = self.seat(strategy, &outages);
        let (flights, quiet) = (Flights::new(actors.len()), Quiet::new(actors.len()));
        let names: Vec<String> = actors.iter().map(|actor| actor.name.clone()).collect();
        let hand = if chooser.is_none() { listener.take() } else { None };
        let mut clock = OutageClock::new(&self.spec, outages.clone(), self.recorder.clone(), hand);
        let sessions = self.connect(&names).await?;
        // Everybody is connected before anything is cut.
        if chooser.is_none() {
            clock.begin().await?;
        }
        let mut tasks = JoinSet::new();
        for (number, (actor, session)) in actors.iter().zip(sessions).enumerate() {
            let turn = match chooser {
                Some(_) => Turn::Directed { actor: number, director: to_director.clone() },
                None => Turn::Live {
                    actor: number,
                    recorder: self.recorder.clone(),
                    flights: flights.clone(),
                    pace: self.spec.pace,
                    quiet: quiet.clone(),
                },
            };
            let bench = Bench::new(&actor.name, session, turn, Seat { number, ..seat.clone() });
            let strategy = match actor.role {
                Role::Outsider(_) => strategies::outsider(strategy)
                    .ok_or_else(|| Error::new("nobody writes without the protection of this strategy"))?,
                _ => strategy,
            };
            tasks.spawn((scenario.live)(bench, strategy, actor.clone()));
        }
        drop(to_director);
        let watch = self.ground.watch().await?;
        let Some(chooser) = chooser else {
            tokio::select! {
                joined = self.join_watched(&mut tasks, &flights, &names, watch) => joined?,
                failed = clock.run() => failed?,
            }
            clock.end().await?;
            return Ok(self.recorder.elapsed_us());
        };
        let listener =
            listener.ok_or_else(|| Error::new("a scheduled run has one director, and this is a second"))?;
        let recorder = self.recorder.clone();
        let plan = Plan { spec: self.spec.clone(), chooser, outages };
        let director = Director::new(&names, inbox, watch, recorder, listener, plan);
        let director =
            if scenario.has_messages() { director.with_tray(self.broker.clone()) } else { director };
        direct(&mut tasks, director).await
    }

    /// What all actors share, at the first one's place.
    fn seat(&self, strategy: &Strategy, outages: &Arc<Outages>) -> Seat {
        Seat {
            number: 0,
            spec: self.spec.clone(),
            ground: self.ground.clone(),
            network: Arc::new(network(&self.spec, strategy, self.broker.clone(), outages.clone())),
            outages: outages.clone(),
            locks: self.locks.clone(),
            account: self.account.clone(),
            writes: Writes::default(),
            replies: Replies::default(),
            requests: Requests::default(),
            takes_messages: strategy.takes_messages(),
        }
    }

    /// A session for each actor.
    async fn connect(&self, names: &[String]) -> Result<Vec<Box<dyn Session>>, Error> {
        let mut sessions = Vec::with_capacity(names.len());
        for (number, name) in names.iter().enumerate() {
            sessions.push(self.ground.session(number, name).await?);
        }
        Ok(sessions)
    }

    /// Waits for the actors of a live run, and tells meanwhile who waits for whom.
    async fn join_watched(
        &self,
        tasks: &mut JoinSet<Result<(), Error>>,
        flights: &Flights,
        names: &[String],
        watch: Option<Box<dyn LockWatch>>,
    ) -> Result<(), Error> {
        let Some(watch) = watch else { return join(tasks).await };
        tokio::select! {
            joined = join(tasks) => joined,
            failed = flights.watch(names, watch, &self.recorder) => failed,
        }
    }

    /// What the provider's ledger says, asked for as anybody would ask.
    async fn read_provider(&self, at_us: u64) -> Result<(), Error> {
        let Some(account) = &self.account else { return Ok(()) };
        let (request, records) = account.ledger().await?;
        let event = Event::ServiceRead { request, records };
        self.recorder.write(Draft::of_run(at_us, event)).await.map(drop)
    }

    async fn read_everything(&self, layout: &Layout, at_us: u64) -> Result<(), Error> {
        self.broker.settled().await.map_err(sentence)?;
        let Contents { rows, sales, mut records, sql } = self.ground.contents(layout).await?;
        records.extend(self.broker.dead_letters().await.map_err(sentence)?.iter().map(dead_letter));
        let mut pages = sales.chunks(SALES_PAGE).peekable();
        let mut rows = Some((rows, records));
        loop {
            let sales = pages.next().unwrap_or_default().to_vec();
            let more = pages.peek().is_some();
            let (rows, records) = rows.take().unwrap_or_default();
            let event = Event::FinalRead { rows, sales, records, more };
            self.recorder.write(Draft { sql: sql.clone(), ..Draft::of_run(at_us, event) }).await?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// The scenario's tables, the lease table where the strategy asks for leases, and an inbox where it carries out commands.
fn tables(scenario: &Scenario, strategy: &Strategy, has_lease_table: bool) -> Vec<&'static Table> {
    let leases = (strategy.about.leases && has_lease_table).then_some(&LEASE_TABLE);
    let inbox = strategy.keeps_inbox().then_some(&INBOX_TABLE);
    scenario.tables.iter().copied().chain(leases).chain(inbox).collect()
}

/// What of the database's log is read: the outbox, where the strategy has a slot.
fn logged(spec: &Spec, strategy: &Strategy) -> Option<Logged> {
    let has_slot = spec.knob(SLOT_LATE) == 0;
    (strategy.beside() == Beside::Slot).then_some(Logged { table: &OUTBOX_TABLE, has_slot })
}

/// Who acts: a relay only where the strategy leaves something to it, a consumer only where it takes messages, a
/// forwarder only where there are partitions, and who drops a slot only where there is one.
pub(crate) fn cast(scenario: &Scenario, strategy: &Strategy, spec: &Spec) -> Vec<Actor> {
    let mut actors = (scenario.actors)(spec);
    let waits_on_relays = |actor: &Actor| matches!(actor.role, Role::Relay | Role::Person);
    let consumes = |actor: &Actor| matches!(actor.role, Role::Consumer(_));
    actors.retain(|actor| strategy.leaves_to_relay(spec) || !waits_on_relays(actor));
    actors.retain(|actor| strategy.takes_messages() || !consumes(actor));
    actors.retain(|actor| strategy.about.by_key || actor.role != Role::Forwarder);
    let has_slot = strategy.beside() == Beside::Slot;
    actors.retain(|actor| has_slot || actor.role != Role::Administrator);
    actors
}

/// What a port said, without the name of the error.
fn sentence(error: PortError) -> Error {
    match error {
        PortError::Lost(sentence) | PortError::Broken(sentence) => Error::new(sentence),
        other => other.into(),
    }
}

/// By how much a live run stretches its times: run time in a live run is real time.
fn stretch(spec: &Spec) -> u64 {
    if spec.is_scheduled() { 1 } else { spec.pace.stretch() }
}

/// Lets the director direct until everybody is done.
async fn direct(tasks: &mut JoinSet<Result<(), Error>>, director: Director) -> Result<u64, Error> {
    // If an actor breaks, the director would wait for it for ever; if the director breaks, so would the actors.
    match tokio::try_join!(join(tasks), director.run()) {
        Ok((_, at_us)) => Ok(at_us),
        Err(error) if error == Error::new(GONE) => Err(join(tasks).await.err().unwrap_or(error)),
        Err(error) => Err(error),
    }
}

async fn join(tasks: &mut JoinSet<Result<(), Error>>) -> Result<(), Error> {
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| Error::new(format!("an actor's task ended badly: {error}")))??;
    }
    Ok(())
}

impl From<PortError> for Error {
    fn from(error: PortError) -> Self {
        Self::new(error.to_string())
    }
}
