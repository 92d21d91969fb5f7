//! Outages in a live run: each begins and ends when the clock says so, or when a hand does.

use std::sync::Arc;
use std::time::Duration;

use lab::event::{Manner, Port};
use lab::hand::{BY_HAND_OUTAGE_S_MAX, Deed, Down, HandMove, Mover, Offer};
use lab::spec::{Pace, Spec};

use crate::Error;
use crate::outages::{self, Outages};
use crate::recorder::Recorder;
use crate::schedule::listener::{HandRefusal, Listener};

/// Keeps the time of one live run's outages, and listens to the hand.
pub struct OutageClock {
    outages: Arc<Outages>,
    recorder: Recorder,
    listener: Option<Listener>,
    may_cut: Vec<Port>,
    pace: Pace,
}

impl OutageClock {
    /// For a run of this spec.
    pub fn new(spec: &Spec, outages: Arc<Outages>, recorder: Recorder, listener: Option<Listener>) -> Self {
        let is_here = |port: Port| match port {
            Port::Database => outages.cable().is_some(),
            Port::Broker => true,
            Port::Node1 | Port::Node2 | Port::Node3 => outages.links().is_some(),
        };
        let may_cut = |port: &Port| outages::may_be_cut(spec, *port) && is_here(*port);
        let may_cut: Vec<Port> = Port::ALL.into_iter().filter(may_cut).collect();
        // Without anything to cut the run has no hand.
        let listener = listener.filter(|_| !may_cut.is_empty());
        Self { outages, recorder, listener, may_cut, pace: spec.pace }
    }

    /// Begins what is due before anybody moves.
    ///
    /// # Errors
    /// When the journal takes nothing any more, or the server cannot be told of a cut.
    pub async fn begin(&mut self) -> Result<(), Error> {
        self.outages.begin_with(self.recorder.elapsed_us());
        self.tell();
        self.keep_up().await
    }

    /// Keeps the time for as long as it is asked to.
    ///
    /// # Errors
    /// As [`OutageClock::begin`].
    pub async fn run(&mut self) -> Result<(), Error> {
        loop {
            self.keep_up().await?;
            let due = self.outages.next_us();
            let wait_us = due.map(|due| due.saturating_sub(self.recorder.elapsed_us()).max(1));
            let asked = tokio::select! {
                () = sleep(wait_us) => None,
                () = self.outages.changed.notified() => None,
                asked = next(&mut self.listener) => Some(asked),
            };
            match asked {
                Some(Some(asked)) => self.make(&asked).await?,
                // Nobody can ask any more.
                Some(None) => self.listener = None,
                None => {}
            }
        }
    }

    /// Everybody is done: nothing stays down, and nothing is asked any more.
    ///
    /// # Errors
    /// As [`OutageClock::begin`].
    pub async fn end(&mut self) -> Result<(), Error> {
        for draft in self.outages.lift_all() {
            self.recorder.write(draft).await?;
        }
        let offer = Offer { mover: Mover::Nobody, ..self.offer() };
        if let Some(listener) = &mut self.listener {
            listener.tell(offer);
        }
        Ok(())
    }

    async fn keep_up(&mut self) -> Result<(), Error> {
        while let Some(draft) = self.outages.due(self.recorder.elapsed_us()).await? {
            self.recorder.write(draft).await?;
            self.tell();
        }
        Ok(())
    }

    async fn make(&mut self, asked: &HandMove) -> Result<(), Error> {
        let done = match &asked.deed {
            Deed::Inject { port, manner } => match self.may_inject(*port, *manner) {
                Ok(()) => {
                    let until_us = self.recorder.elapsed_us() + BY_HAND_OUTAGE_S_MAX * 1_000_000;
                    Ok(self.outages.begin(*port, *manner, until_us, true).await?)
                }
                Err(refusal) => Err(refusal),
            },
            Deed::Lift { port } => Ok(self.outages.lift(*port, true).await?),
            _ => Err(HandRefusal::NoHand(
                "This run is live: nobody decides who moves next; a hand may only inject an outage and lift it."
                    .into(),
            )),
        };
        match done {
            Ok(draft) => {
                // Written before it is answered, so that whoever asked finds it in the journal.
                if let Some(draft) = draft {
                    self.recorder.write(draft).await?;
                }
                self.tell();
            }
            Err(refusal) => {
                if let Some(listener) = &mut self.listener {
                    listener.answer(Err(refusal));
                }
            }
        }
        Ok(())
    }

    fn may_inject(&self, port: Port, manner: Manner) -> Result<(), HandRefusal> {
        if !self.may_cut.contains(&port) {
            let why = match port {
                Port::Database => {
                    "The database of this run is a file in this process, so there is no connection to cut."
                }
                Port::Broker => "This run has no broker.",
                Port::Node1 | Port::Node2 | Port::Node3 => {
                    "This run takes no leases from Raft in this process, so it has no nodes whose links could be cut."
                }
            };
            return Err(HandRefusal::NotNow(why.into()));
        }
        if port != Port::Database && manner == Manner::Stall {
            let what = if port == Port::Broker { "before the broker" } else { "between the nodes" };
            return Err(HandRefusal::NotNow(format!(
                "The simulated network {what} knows no stall; inject it with the manner cut."
            )));
        }
        Ok(())
    }

    fn tell(&mut self) {
        let offer = self.offer();
        if let Some(listener) = &mut self.listener {
            listener.tell(offer);
        }
    }

    fn offer(&self) -> Offer {
        let down = self.outages.all_down().into_iter().map(|(port, manner)| Down { port, manner });
        Offer {
            number: 0,
            mover: Mover::Everybody,
            may_choose: false,
            pace: self.pace,
            seq: self.recorder.last_seq(),
            at_us: self.recorder.elapsed_us(),
            actors: Vec::new(),
            tray: None,
            may_cut: self.may_cut.clone(),
            down: down.collect(),
        }
    }
}

async fn sleep(for_us: Option<u64>) {
    match for_us {
        Some(for_us) => tokio::time::sleep(Duration::from_micros(for_us)).await,
        None => std::future::pending().await,
    }
}

async fn next(listener: &mut Option<Listener>) -> Option<HandMove> {
    match listener {
        Some(listener) => listener.next().await,
        None => std::future::pending().await,
    }
}
