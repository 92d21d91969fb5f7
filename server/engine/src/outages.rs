//! A run's outages: what is down now, what the spec has decided for later, and how each begins and ends.
//!
//! The database is cut for real, between the actors and the server; the broker by the simulated network before it, and a
//! node of the lock service by its simulated links to the others. In a scheduled run the director begins and lifts each at its run time, and a stall is its doing too: it lets no
//! statement go. In a live run `crate::live` does, by the clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lab::event::{Event, Manner, OutageBegan, OutageEnded, Port};
use lab::spec::{DATABASE_OUTAGE_KNOB, Hardship, RAFT, Spec};
use tokio::sync::Notify;

use crate::bench::LEASE_KNOB;
use crate::locks::{Links, LockService, raft};
use crate::recorder::Draft;
use crate::store::PortError;
use crate::store::cable::Cable;

/// The knob for when the database's outage begins, in milliseconds of run time.
pub(crate) const DATABASE_AT_KNOB: &str = "database_at_ms";
/// The knob for its manner.
pub(crate) const DATABASE_MANNER_KNOB: &str = "database_manner";
/// The hardship that cuts the database off.
pub(crate) const CUT_DATABASE: &str = "cut-database";
/// The hardship that cuts the broker off.
pub(crate) const CUT_BROKER: &str = "cut-broker";
/// The hardship that cuts a node of the lock service off.
pub(crate) const CUT_NODE: &str = "cut-node";
/// A node that is cut off before a step stays so for so many leases: long enough for the others to choose a leader, to
/// take the lease away, and to grant it to somebody else.
const CUT_LEASES: u32 = 3;
/// How long an outage lasts that begins before a step, in microseconds of run time: longer than anybody's first two
/// tries to connect again.
pub const STRUCK_US: u64 = 60_000;
/// How often to look whether an outage is over whose end nobody knows, in microseconds.
const LOOK_AGAIN_US: u64 = 20_000;

/// An outage that the spec has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    port: Port,
    manner: Manner,
    from_us: u64,
    to_us: u64,
}

/// Something that is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Down {
    /// How.
    pub manner: Manner,
    /// Until when, in run time.
    pub until_us: u64,
    by_hand: bool,
}

#[derive(Default)]
struct State {
    down: BTreeMap<Port, Down>,
    /// Later ones, in the order of their beginnings.
    planned: Vec<Window>,
}

/// One run's outages. The network asks them, too.
pub struct Outages {
    cable: Option<Arc<dyn Cable>>,
    /// The lock service, whose nodes may be cut off.
    locks: Option<Arc<dyn LockService>>,
    is_live: bool,
    /// How long a node is cut off that is cut off before a step, in microseconds of run time.
    node_us: u64,
    /// By how much a live run at a slow pace stretches times.
    stretch: u64,
    state: Mutex<State>,
    /// Something began or ended before its time: whoever keeps the time looks again.
    pub(crate) changed: Notify,
}

impl Outages {
    /// What the spec asks for; the database through this cable, if it can be cut, and the nodes of this lock service.
    pub fn new(spec: &Spec, cable: Option<Arc<dyn Cable>>, locks: Option<Arc<dyn LockService>>) -> Self {
        let stretch = if spec.is_scheduled() { 1 } else { spec.pace.stretch() };
        let window = |port, at: &str, lasts: &str, manner| {
            let (from_us, for_us) = (spec.knob(at) * 1_000 * stretch, spec.knob(lasts) * 1_000 * stretch);
            (for_us > 0).then_some(Window { port, manner, from_us, to_us: from_us + for_us })
        };
        let manner = Manner::ALL[usize::from(spec.knob(DATABASE_MANNER_KNOB) > 0)];
        let database = window(Port::Database, DATABASE_AT_KNOB, DATABASE_OUTAGE_KNOB, manner);
        let broker = window(Port::Broker, "outage_at_ms", "outage_ms", Manner::Cut);
        let mut planned: Vec<Window> = database.into_iter().chain(broker).collect();
        planned.sort_by_key(|window| window.from_us);
        let state = Mutex::new(State { down: BTreeMap::new(), planned });
        let is_live = !spec.is_scheduled();
        // In a live run it is the service's own clock that counts.
        let real_us = locks.as_ref().and_then(|locks| locks.links()).map(|links| links.lease().as_micros());
        let lease_us = real_us.filter(|_| is_live).and_then(|lease_us| u64::try_from(lease_us).ok());
        let node_us = u64::from(CUT_LEASES) * lease_us.unwrap_or(spec.knob(LEASE_KNOB) * 1_000);
        Self { cable, locks, is_live, node_us, stretch, state, changed: Notify::new() }
    }

    /// The actors begin now: what the spec has put at run times counts from here.
    pub fn begin_with(&self, now_us: u64) {
        for window in &mut self.state().planned {
            window.from_us += now_us;
            window.to_us += now_us;
        }
    }

    /// The way to the database, if it can be cut.
    pub(crate) fn cable(&self) -> Option<&Arc<dyn Cable>> {
        self.cable.as_ref()
    }

    /// The links between the nodes of the lock service, if they can be cut.
    pub(crate) fn links(&self) -> Option<&dyn Links> {
        self.locks.as_ref()?.links()
    }

    /// What is down, if this is.
    pub fn down(&self, port: Port) -> Option<Down> {
        self.state().down.get(&port).copied()
    }

    /// Everything that is down.
    pub fn all_down(&self) -> Vec<(Port, Manner)> {
        self.state().down.iter().map(|(port, down)| (*port, down.manner)).collect()
    }

    /// Until when the broker cannot be reached; now, if it can be.
    pub fn broker_up_again(&self, now_us: u64) -> u64 {
        self.down(Port::Broker).map_or(now_us, |down| {
            if down.by_hand { now_us + LOOK_AGAIN_US } else { down.until_us.max(now_us + 1) }
        })
    }

    /// When the next outage begins or ends.
    pub fn next_us(&self) -> Option<u64> {
        let state = self.state();
        let ends = state.down.values().map(|down| down.until_us);
        ends.chain(state.planned.first().map(|window| window.from_us)).min()
    }

    /// Begins or ends whatever is due next by this run time; what it did, in words. Nothing when nothing is due.
    ///
    /// # Errors
    /// When the server cannot be told of a cut.
    pub async fn due(&self, now_us: u64) -> Result<Option<Draft>, PortError> {
        let over = self.over(now_us);
        if let Some(port) = over {
            return self.lift(port, false).await;
        }
        let planned = {
            let mut state = self.state();
            let is_due = state.planned.first().is_some_and(|window| window.from_us <= now_us);
            is_due.then(|| state.planned.remove(0))
        };
        match planned {
            Some(Window { port, manner, to_us, .. }) => self.begin(port, manner, to_us, false).await,
            None => Ok(None),
        }
    }

    fn over(&self, now_us: u64) -> Option<Port> {
        let state = self.state();
        let next_begins = state.planned.first().map_or(u64::MAX, |window| window.from_us);
        let over = state.down.iter().filter(|(_, down)| down.until_us <= now_us.min(next_begins));
        over.min_by_key(|(_, down)| down.until_us).map(|(port, _)| *port)
    }

    /// Begins an outage that the spec has put before a step.
    ///
    /// # Errors
    /// As [`Outages::due`].
    pub async fn strike(&self, port: Port, now_us: u64) -> Result<Option<Draft>, PortError> {
        let for_us = if port.node().is_some() { self.node_us } else { STRUCK_US * self.stretch };
        self.begin(port, Manner::Cut, now_us + for_us, false).await
    }

    /// Begins an outage; what is down already only stays down for longer, and nothing is told.
    ///
    /// # Errors
    /// As [`Outages::due`].
    pub async fn begin(
        &self,
        port: Port,
        manner: Manner,
        until_us: u64,
        by_hand: bool,
    ) -> Result<Option<Draft>, PortError> {
        {
            let mut state = self.state();
            if let Some(down) = state.down.get_mut(&port) {
                down.until_us = down.until_us.max(until_us);
                return Ok(None);
            }
            state.down.insert(port, Down { manner, until_us, by_hand });
        }
        if port == Port::Database
            && let Some(cable) = &self.cable
        {
            match manner {
                Manner::Cut => cable.cut().await?,
                // In a scheduled run the director lets no statement go; a real stall would stop its clock.
                Manner::Stall if self.is_live => cable.stall(),
                Manner::Stall => {}
            }
        }
        if let Some((links, node)) = self.links().zip(port.node()) {
            links.cut(node);
        }
        self.changed.notify_one();
        let simulated = port != Port::Database || manner == Manner::Stall && !self.is_live;
        let event = Event::OutageBegan(OutageBegan { port, manner, by_hand, simulated });
        self.settled(port, event).await.map(Some)
    }

    /// Ends an outage; nothing when there is none.
    ///
    /// # Errors
    /// When the nodes of the lock service agree on nothing any more.
    pub async fn lift(&self, port: Port, by_hand: bool) -> Result<Option<Draft>, PortError> {
        match self.let_through(port, by_hand) {
            Some(event) => self.settled(port, event).await.map(Some),
            None => Ok(None),
        }
    }

    fn let_through(&self, port: Port, by_hand: bool) -> Option<Event> {
        self.state().down.remove(&port)?;
        if port == Port::Database
            && let Some(cable) = &self.cable
        {
            cable.lift();
        }
        if let Some((links, node)) = self.links().zip(port.node()) {
            links.heal(node);
        }
        self.changed.notify_one();
        Some(Event::OutageEnded(OutageEnded { port, by_hand }))
    }

    /// The nodes of a lock service have a clock of their own. So a scheduled run goes on when they have agreed on what
    /// is true now, and who leads is told beside it. In a live run everything goes on meanwhile.
    async fn settled(&self, port: Port, event: Event) -> Result<Draft, PortError> {
        let links = self.links().filter(|_| port.node().is_some() && !self.is_live);
        let raw = match links {
            Some(links) => links.settle().await?,
            None => BTreeMap::new(),
        };
        Ok(Draft { raw, ..Draft::of_run(0, event) })
    }

    /// Ends whatever is down, because the run is over; nothing new begins, and nobody waits for what comes of it.
    pub fn lift_all(&self) -> Vec<Draft> {
        self.state().planned.clear();
        let lifted = Port::ALL.into_iter().filter_map(|port| self.let_through(port, false));
        lifted.map(|event| Draft::of_run(0, event)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the spec cuts off before this step of this actor; `number` is the actor's.
pub(crate) fn struck_before<'a>(
    spec: &'a Spec,
    number: usize,
    actor: &str,
    step: &str,
) -> impl Iterator<Item = Port> + 'a {
    let place = format!("{actor}/{step}");
    spec.hardships.iter().filter_map(move |hardship| {
        let port = match hardship {
            Hardship::CutDatabase { .. } => Port::Database,
            Hardship::CutBroker { .. } => Port::Broker,
            Hardship::CutNode { .. } => Port::of_node(raft::node_of(number))?,
            _ => return None,
        };
        (hardship.at().to_string() == place).then_some(port)
    })
}

/// Whether this run's connections to its database may have to be cut: the spec says so, or a hand may.
pub(crate) fn need_cable(spec: &Spec) -> bool {
    let asked =
        |hardship: &Hardship| matches!(hardship, Hardship::CutDatabase { .. } | Hardship::LostAnswer { .. });
    let by_spec = spec.knob(DATABASE_OUTAGE_KNOB) > 0 || spec.hardships.iter().any(asked);
    by_spec || !spec.is_scheduled() && may_strike(spec, CUT_DATABASE)
}

/// Whether a hand may cut this off in a live run of this spec, as far as the spec knows.
pub(crate) fn may_be_cut(spec: &Spec, port: Port) -> bool {
    match port {
        Port::Database => may_strike(spec, CUT_DATABASE),
        Port::Broker => may_strike(spec, CUT_BROKER),
        Port::Node1 | Port::Node2 | Port::Node3 => {
            let strategy = crate::strategies::find(&spec.scenario, &spec.strategy);
            strategy.is_some_and(|strategy| strategy.about.leases) && spec.engine.locks == RAFT
        }
    }
}

/// Whether the spec's scenario knows this kind of hardship.
pub(crate) fn may_strike(spec: &Spec, kind: &str) -> bool {
    crate::scenarios::find(&spec.scenario)
        .is_some_and(|scenario| (scenario.about)().hardships.iter().any(|(known, _)| *known == kind))
}
