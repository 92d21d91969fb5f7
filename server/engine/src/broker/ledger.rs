//! The ledger of a run's messages: where each lies, who may be handed which, and from when on.
//!
//! Every adapter keeps one. The embedded broker is nothing else; a real broker keeps and hands out the messages
//! themselves, and the ledger says in run time which of them is due.

use std::collections::{BTreeMap, BTreeSet};

use lab::event::Message;

use super::{DeadLetter, Delivery, MESSAGES_MAX, Place, Prospect, Taken, Terms, Topology};

/// Without a limit of attempts, a message that was given back so often stays where it is, so that every run ends.
pub const NACKS_MAX: u64 = 12;

/// The messages of one run.
#[derive(Debug)]
pub struct Ledger {
    terms: Terms,
    kept: Vec<Kept>,
    /// Partitions that changed hands: whose each is now, and the how-many-th owner that is.
    owners: BTreeMap<u64, (u64, u64)>,
}

/// A message that the broker keeps.
#[derive(Debug)]
struct Kept {
    message: Message,
    /// The entry that published it.
    seq: u64,
    place: Place,
    /// When it was published.
    at_us: u64,
    /// Not handed out before.
    from_us: u64,
    deliveries: u64,
    /// Deliveries before it was redriven.
    before: u64,
    nacks: u64,
    /// In somebody's hand, as far as anybody knows.
    leased: bool,
    redriven: bool,
    state: State,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// It will be handed out, or is in somebody's hand.
    Open,
    /// It was acknowledged, or redriven.
    Done,
    /// It is a dead letter, for this reason.
    Dead(String),
    /// It keeps its place and is not handed out any more.
    Stuck,
}

impl Ledger {
    /// An empty one.
    pub fn new(terms: Terms) -> Self {
        Self { terms, kept: Vec::new(), owners: BTreeMap::new() }
    }

    /// Where the next message of this partition will lie; `None` when no more messages are kept.
    pub fn next_place(&self, partition: u64) -> Option<Place> {
        if self.kept.len() >= MESSAGES_MAX {
            return None;
        }
        let offset = self.kept.iter().filter(|kept| kept.place.partition == partition).count() as u64;
        Some(Place { partition, offset })
    }

    /// Whether a message of this id was published within the window.
    pub fn knows(&self, id: &str, now_us: u64) -> bool {
        let Some(window_us) = self.terms.window_us else { return false };
        let knows = |kept: &Kept| kept.message.id == id && now_us.saturating_sub(kept.at_us) <= window_us;
        self.kept.iter().any(knows)
    }

    /// Keeps a message at its place, published now and not handed out before a later time.
    pub fn keep(&mut self, message: Message, place: Place, now_us: u64, from_us: u64) {
        self.kept.push(Kept {
            message,
            seq: 0,
            place,
            at_us: now_us,
            from_us,
            deliveries: 0,
            before: 0,
            nacks: 0,
            leased: false,
            redriven: false,
            state: State::Open,
        });
    }

    /// Names the entry that published a message.
    pub fn published_as(&mut self, place: Place, seq: u64) {
        if let Some(kept) = self.at(place) {
            kept.seq = seq;
        }
    }

    /// What there is for a consumer.
    pub fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        match self.open(consumer).map(|at| self.kept[at].from_us).min() {
            Some(from_us) if from_us <= now_us => Prospect::Ready,
            Some(from_us) => Prospect::At(from_us),
            None => Prospect::Nothing,
        }
    }

    /// Hands out what is due.
    pub fn take(&mut self, consumer: u64, now_us: u64) -> Option<Taken> {
        let at = self.open(consumer).find(|&at| self.kept[at].from_us <= now_us)?;
        let (limit, lease_us) = (self.terms.attempts_max, self.terms.lease_us);
        let behind = self.behind(at);
        if let Some(moved) = self.change_hands(at, consumer) {
            return Some(moved);
        }
        let generation = self.generation(self.kept[at].place.partition);
        let kept = &mut self.kept[at];
        let attempts = kept.deliveries - kept.before;
        if limit > 0 && attempts >= limit {
            return Some(Taken::Dead(kept.bury(format!("handed out {attempts} times, never acknowledged"))));
        }
        if limit == 0 && kept.nacks >= NACKS_MAX {
            kept.state = State::Stuck;
            let (message, place, deliveries) = (kept.message.clone(), kept.place, kept.deliveries);
            return Some(Taken::Stuck { message, place, deliveries, behind });
        }
        kept.deliveries += 1;
        kept.from_us = now_us + lease_us;
        kept.leased = true;
        Some(Taken::Delivery(Delivery {
            message: kept.message.clone(),
            seq: kept.seq,
            place: kept.place,
            generation,
            number: kept.deliveries,
            attempt: kept.deliveries - kept.before,
            redriven: kept.redriven,
        }))
    }

    /// It need not be handed out again.
    pub fn ack(&mut self, place: Place) {
        if let Some(kept) = self.at(place) {
            kept.state = State::Done;
        }
    }

    /// It is handed out again from this time on, or goes to the dead letters. One that is done stays done.
    pub fn nack(&mut self, place: Place, again_us: u64, reason: &str) -> Option<DeadLetter> {
        let limit = self.terms.attempts_max;
        let kept = self.at(place).filter(|kept| kept.state == State::Open)?;
        kept.nacks += 1;
        kept.from_us = again_us;
        kept.leased = false;
        let is_last = limit > 0 && kept.deliveries - kept.before >= limit;
        is_last.then(|| kept.bury(reason.to_owned()))
    }

    /// The dead letters: by version, then as they were published.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        let mut letters: Vec<DeadLetter> = self.kept.iter().filter_map(Kept::letter).collect();
        letters.sort_by_key(|letter| letter.message.version);
        letters
    }

    /// Puts a dead letter at a new place, behind everything; it is counted from there.
    pub fn redrive(&mut self, letter: &DeadLetter, place: Place, now_us: u64) {
        let Some(old) = self.at(letter.place) else { return };
        old.state = State::Done;
        let (seq, deliveries) = (old.seq, old.deliveries);
        self.keep(letter.message.clone(), place, now_us, now_us);
        if let Some(kept) = self.at(place) {
            (kept.seq, kept.deliveries, kept.before, kept.redriven) = (seq, deliveries, deliveries, true);
        }
    }

    /// How many messages are neither acknowledged nor dead.
    pub fn unfinished(&self) -> u64 {
        let unfinished = |kept: &&Kept| matches!(kept.state, State::Open | State::Stuck);
        self.kept.iter().filter(unfinished).count() as u64
    }

    fn at(&mut self, place: Place) -> Option<&mut Kept> {
        self.kept.iter_mut().find(|kept| kept.place == place)
    }

    /// The messages that may be handed to a consumer, sooner or later, in order.
    fn open(&self, consumer: u64) -> impl Iterator<Item = usize> + '_ {
        let mut taken = BTreeSet::new();
        self.kept.iter().enumerate().filter_map(move |(at, kept)| {
            let keeps_its_place = matches!(kept.state, State::Open | State::Stuck);
            let is_his = match self.terms.topology {
                Topology::Shared => true,
                Topology::Partitioned { consumers, .. } => {
                    let is_first = keeps_its_place && taken.insert(kept.place.partition);
                    is_first && self.next_owner(kept, consumers.max(1)) == consumer
                }
            };
            (kept.state == State::Open && is_his).then_some(at)
        })
    }

    /// Whose a partition is, and the how-many-th owner that is.
    fn owner(&self, partition: u64, consumers: u64) -> (u64, u64) {
        self.owners.get(&partition).copied().unwrap_or((partition % consumers, 1))
    }

    /// The how-many-th owner a partition has.
    fn generation(&self, partition: u64) -> u64 {
        self.owners.get(&partition).map_or(1, |(_, generation)| *generation)
    }

    /// Who is handed the first message of a partition next: if it is in somebody's hand, that is when its lease is
    /// over, and by then the owner counts as gone.
    fn next_owner(&self, first: &Kept, consumers: u64) -> u64 {
        let (owner, _) = self.owner(first.place.partition, consumers);
        if self.terms.rebalances && first.leased { (owner + 1) % consumers } else { owner }
    }

    fn change_hands(&mut self, at: usize, to: u64) -> Option<Taken> {
        let Topology::Partitioned { consumers, .. } = self.terms.topology else { return None };
        let partition = self.kept[at].place.partition;
        let (from, generation) = self.owner(partition, consumers.max(1));
        if from == to {
            return None;
        }
        self.kept[at].leased = false;
        let generation = generation + 1;
        self.owners.insert(partition, (to, generation));
        Some(Taken::Moved { partition, from, generation })
    }

    /// How many messages wait until this one is done.
    fn behind(&self, at: usize) -> u64 {
        let Topology::Partitioned { .. } = self.terms.topology else { return 0 };
        let partition = self.kept[at].place.partition;
        let waits = |kept: &&Kept| kept.place.partition == partition && kept.state == State::Open;
        self.kept[at + 1..].iter().filter(waits).count() as u64
    }
}

impl Kept {
    fn bury(&mut self, reason: String) -> DeadLetter {
        self.state = State::Dead(reason.clone());
        self.letter_for(reason)
    }

    fn letter(&self) -> Option<DeadLetter> {
        match &self.state {
            State::Dead(reason) => Some(self.letter_for(reason.clone())),
            _ => None,
        }
    }

    fn letter_for(&self, reason: String) -> DeadLetter {
        DeadLetter {
            message: self.message.clone(),
            place: self.place,
            deliveries: self.deliveries,
            reason,
            redriven: self.redriven,
        }
    }
}
