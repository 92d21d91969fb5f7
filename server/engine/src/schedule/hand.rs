//! The user's hand at a scheduled run: when the director waits for it, what it offers, and what a move does.
//!
//! A hand decides nothing but who moves next: whatever it chose is a choice like any other, and the journal gives it
//! back as one. In a run that is not by hand it may only stop and go on, because that run's order follows from its
//! spec.

use std::time::Duration;

use lab::event::{Event, Lock};
use lab::hand::{Deed, HandMove, Mover, Offer, Stand, Standing, TrayMove};
use lab::schedule::Choice;
use tokio::time::{Instant, timeout_at};

use super::director::Director;
use super::listener::HandRefusal;
use super::parked::{Actor, Place};
use crate::Error;
use crate::broker::tray::TrayRefused;

/// The label of a choice that only let somebody's time come.
const WAKE: &str = "wake";
/// Why a hand cuts nothing off here.
const NOT_LIVE: &str = "A hand cuts something off in a live run only: what happens in this one follows from its spec, so \
                        ask for the outage there.";

/// When the director waits for the hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// The schedule goes on by itself.
    Never,
    /// When the list has come to its end.
    AfterTheList,
    /// Before each move.
    Always,
}

/// What the hand decided.
pub(super) enum Decided {
    /// This actor moves.
    Actor(usize),
    /// The schedule makes one move.
    Step,
    /// Somebody's time came and nobody moved, or the schedule goes on.
    Again,
}

impl Director {
    /// Whether the next move waits for the hand.
    pub(super) fn waits_for_hand(&self) -> bool {
        match self.waits {
            Waits::Never => false,
            Waits::AfterTheList => !self.chooser.has_list(),
            Waits::Always => true,
        }
    }

    /// Offers, and waits for the hand to decide.
    pub(super) async fn ask_hand(&mut self) -> Result<Decided, Error> {
        self.listener.tell(self.offer(Mover::Hand));
        let is_by_hand = self.chooser.is_by_hand();
        let patience = self.listener.patience;
        let at_most = if is_by_hand { patience.idle } else { patience.paused };
        let until = Instant::now() + at_most;
        loop {
            match timeout_at(until, self.listener.next()).await {
                Ok(Some(asked)) => {
                    if let Some(decided) = self.decide(&asked).await? {
                        return Ok(decided);
                    }
                }
                Ok(None) if is_by_hand => {
                    return Err(Error::new("a run by hand has nobody who moves it here"));
                }
                Err(_) if is_by_hand => {
                    let waited = at_most.as_secs();
                    return Err(Error::new(format!(
                        "nobody made a move for {waited} s, the most that a run by hand waits"
                    )));
                }
                Ok(None) | Err(_) => {
                    self.go_on();
                    return Ok(Decided::Again);
                }
            }
        }
    }

    /// What a move does while the run waits for it; `None` if the run waits on.
    async fn decide(&mut self, asked: &HandMove) -> Result<Option<Decided>, Error> {
        match &asked.deed {
            Deed::Choose { actor } => return self.chosen(actor).await,
            Deed::Tray(asked) => return self.asked_on_tray(asked).await,
            Deed::Step => return Ok(Some(Decided::Step)),
            Deed::Resume => {
                self.go_on();
                return Ok(Some(Decided::Again));
            }
            Deed::Inject { .. } | Deed::Lift { .. } => {
                self.listener.answer(Err(HandRefusal::NotNow(NOT_LIVE.into())));
            }
            // It is paused already.
            Deed::Pause => self.answer_unchanged(),
            Deed::Pace { pace } => {
                self.pace = *pace;
                self.listener.tell(self.offer(Mover::Hand));
            }
        }
        Ok(None)
    }

    async fn chosen(&mut self, name: &str) -> Result<Option<Decided>, Error> {
        let number = match self.may_choose(name) {
            Ok(number) => number,
            Err(refusal) => {
                self.listener.answer(Err(refusal));
                return Ok(None);
            }
        };
        if self.actors[number].may_move() {
            return Ok(Some(Decided::Actor(number)));
        }
        // Its time is let come as a recorded choice would let it, so that a replay does the same.
        let choice = Choice { actor: name.to_owned(), label: WAKE.to_owned(), occurrence: 1 };
        Ok(Some(match self.follow(&choice).await? {
            Ok(number) => Decided::Actor(number),
            Err(reason) => {
                self.write(Event::Departed { choice: choice.to_string(), reason }).await?;
                Decided::Again
            }
        }))
    }

    async fn asked_on_tray(&mut self, asked: &TrayMove) -> Result<Option<Decided>, Error> {
        let refused = match self.steers() {
            Err(refusal) => refusal,
            Ok(()) => match self.move_on_tray(asked).await? {
                Ok(()) => return Ok(Some(Decided::Again)),
                Err(TrayRefused::NoSuchCard(why)) => HandRefusal::NoSuchCard(why),
                Err(TrayRefused::NotNow(why)) => HandRefusal::NotNow(why),
            },
        };
        self.listener.answer(Err(refused));
        Ok(None)
    }

    /// Whether the hand decides what happens, and not the spec.
    fn steers(&self) -> Result<(), HandRefusal> {
        if self.chooser.is_by_hand() {
            return Ok(());
        }
        Err(HandRefusal::NoHand(
            "The order of this run follows from its spec, so nobody is chosen by hand: step it, resume it, or take \
             over from one of its moments in a run by hand."
                .into(),
        ))
    }

    /// The number of the actor, if it may be chosen now.
    fn may_choose(&self, name: &str) -> Result<usize, HandRefusal> {
        self.steers()?;
        let Some(number) = self.actors.iter().position(|actor| actor.name == name) else {
            let names: Vec<&str> = self.actors.iter().map(|actor| actor.name.as_str()).collect();
            return Err(HandRefusal::NoSuchActor(format!(
                "actor is {name:?}; this run has {}.",
                names.join(", ")
            )));
        };
        let why = match self.stand(&self.actors[number]) {
            stand if stand.may_be_chosen() => return Ok(number),
            Stand::Waits { lock, by, .. } if by.is_empty() => format!("{name} waits for {lock}."),
            Stand::Waits { lock, by, .. } => format!("{name} waits for {lock}, held by {}.", by.join(", ")),
            Stand::Queued { lock, behind, .. } => format!("{name} is queued behind {behind} for {lock}."),
            Stand::Done => format!("{name} is done."),
            _ => format!("{name} has nothing to do until somebody else has done something."),
        };
        Err(HandRefusal::NotNow(why))
    }

    /// Lets the schedule go on by itself.
    fn go_on(&mut self) {
        self.waits = Waits::Never;
        self.listener.tell(self.offer(Mover::Schedule));
    }

    /// Real time between two moves, so that people can follow; the hand may stop it at any moment.
    pub(super) async fn keep_pace(&mut self) {
        if self.pace.step_ms() == 0 {
            while let Some(asked) = self.listener.next_now() {
                self.interrupt(&asked);
            }
            return;
        }
        let began = Instant::now();
        loop {
            let until = began + Duration::from_millis(self.pace.step_ms());
            if !self.listener.is_open() {
                return tokio::time::sleep_until(until).await;
            }
            match timeout_at(until, self.listener.next()).await {
                Ok(Some(asked)) => self.interrupt(&asked),
                Ok(None) => {}
                Err(_) => return,
            }
            if self.waits == Waits::Always {
                return;
            }
        }
    }

    /// What a move does while the schedule goes on by itself.
    fn interrupt(&mut self, asked: &HandMove) {
        match &asked.deed {
            // Answered with the offer that follows, now that the run stops.
            Deed::Pause => self.waits = Waits::Always,
            Deed::Resume => self.answer_unchanged(),
            Deed::Pace { pace } => {
                self.pace = *pace;
                self.listener.tell(self.offer(Mover::Schedule));
            }
            Deed::Inject { .. } | Deed::Lift { .. } => {
                self.listener.answer(Err(HandRefusal::NotNow(NOT_LIVE.into())));
            }
            Deed::Choose { .. } | Deed::Tray(_) | Deed::Step => {
                let why = "The schedule goes on by itself; pause it first.";
                self.listener.answer(Err(HandRefusal::NotNow(why.into())));
            }
        }
    }

    fn answer_unchanged(&mut self) {
        if let Some(offer) = self.listener.latest() {
            self.listener.answer(Ok(offer));
        }
    }

    /// Tells where the run stands before the first move: that a hand may stop it.
    pub(super) fn open_hand(&mut self) {
        if !self.chooser.is_by_hand() {
            self.listener.tell(self.offer(Mover::Schedule));
        }
    }

    /// Tells that everybody is done.
    pub(super) fn close_hand(&mut self) {
        self.listener.tell(self.offer(Mover::Nobody));
    }

    fn offer(&self, mover: Mover) -> Offer {
        let standing = |actor: &Actor| Standing { actor: actor.name.clone(), stand: self.stand(actor) };
        let is_still = mover != Mover::Schedule;
        Offer {
            number: 0,
            mover,
            may_choose: self.chooser.is_by_hand(),
            pace: self.pace,
            seq: self.recorder.last_seq(),
            at_us: self.clock_us,
            tray: if is_still && self.chooser.is_by_hand() { self.desk.cards(self.clock_us) } else { None },
            actors: if is_still { self.actors.iter().map(standing).collect() } else { Vec::new() },
            may_cut: Vec::new(),
            down: Vec::new(),
        }
    }

    fn stand(&self, actor: &Actor) -> Stand {
        let step = actor.step.clone();
        let lock = || actor.lock.clone().unwrap_or(Lock::Database);
        match &actor.place {
            Place::Finished => Stand::Done,
            Place::Gate(_) => Stand::AtStep { step, about: actor.about.clone(), lock: actor.lock.clone() },
            Place::Asleep(until_us, ..) => Stand::Asleep { until_us: *until_us },
            Place::Resting(rest) => Stand::Resting { until_us: rest.until_us },
            Place::Queued(_) => {
                let behind = actor.waits_for.first().cloned().unwrap_or_default();
                Stand::Queued { step, lock: lock(), behind }
            }
            _ => Stand::Waits { step, lock: lock(), by: actor.waits_for.clone() },
        }
    }
}
