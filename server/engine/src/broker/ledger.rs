//! The ledger of a run's messages: where each lies, who may be handed which, and from when on.
//!
//! Every adapter keeps one. The embedded broker is nothing else; a real broker keeps and hands out the messages
//! themselves, and the ledger says in run time which of them is due.

mod tray;

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// How many cards of each message there were.
    cards: HashMap<String, u64>,
    /// Whether the user's hand made copies.
    has_copies: bool,
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
    /// To whom it was handed out last.
    by: Option<u64>,
    /// Whether that delivery was lost on its way by the user's hand.
    lost: bool,
    /// Kept back by the user's hand.
    held: bool,
    /// A second card of a message, made by the user's hand: the network has it, the broker knows nothing of it.
    copy: bool,
    /// The how-many-th card of its message.
    number: u64,
    /// Whether its next acknowledgement is lost by the user's hand.
    loses_ack: bool,
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
        Self { terms, kept: Vec::new(), owners: BTreeMap::new(), cards: HashMap::new(), has_copies: false }
    }

    /// Where the next message of this partition will lie; `None` when no more messages are kept.
    pub fn next_place(&self, partition: u64) -> Option<Place> {
        if self.kept.len() >= MESSAGES_MAX {
            return None;
        }
        let offset =
            self.kept.iter().filter(|kept| kept.place.partition == partition && !kept.copy).count() as u64;
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
        let number = self.number(&message.id);
        self.kept.push(Kept { number, ..Kept::new(message, place, now_us, from_us) });
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
        let (behind, before) = (self.behind(at), self.deliveries_of_others(at));
        if let Some(moved) = self.change_hands(at, consumer) {
            return Some(moved);
        }
        let generation = self.generation(self.kept[at].place.partition);
        let kept = &mut self.kept[at];
        let attempts = kept.deliveries - kept.before;
        if limit > 0 && attempts >= limit {
            let reason = format!("handed out {attempts} times, never acknowledged");
            return Some(Taken::Dead(self.bury(at, reason)));
        }
        if limit == 0 && kept.nacks >= NACKS_MAX {
            kept.state = State::Stuck;
            let (message, place, deliveries) = (kept.message.clone(), kept.place, kept.deliveries);
            return Some(Taken::Stuck { message, place, deliveries, behind });
        }
        kept.deliveries += 1;
        kept.from_us = now_us + lease_us;
        (kept.leased, kept.by, kept.lost) = (true, Some(consumer), false);
        Some(Taken::Delivery(Delivery {
            message: kept.message.clone(),
            seq: kept.seq,
            place: kept.place,
            generation,
            number: before + kept.deliveries,
            attempt: before + kept.deliveries - kept.before,
            redriven: kept.redriven,
        }))
    }

    /// It need not be handed out again.
    pub fn ack(&mut self, place: Place) {
        for kept in self.kept.iter_mut().filter(|kept| kept.place == place && kept.by.is_some()) {
            kept.state = State::Done;
        }
    }

    /// It is handed out again from this time on, or goes to the dead letters. One that is done stays done.
    pub fn nack(&mut self, place: Place, again_us: u64, reason: &str) -> Option<DeadLetter> {
        let limit = self.terms.attempts_max;
        let given = |kept: &Kept| kept.place == place && kept.state == State::Open && kept.by.is_some();
        let at = self.kept.iter().position(given)?;
        let kept = &mut self.kept[at];
        kept.nacks += 1;
        kept.from_us = again_us;
        kept.leased = false;
        let is_last = limit > 0 && kept.deliveries - kept.before >= limit;
        is_last.then(|| self.bury(at, reason.to_owned()))
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
        self.kept.iter_mut().find(|kept| kept.place == place && !kept.copy)
    }

    /// The number of the next card of this message.
    fn number(&mut self, id: &str) -> u64 {
        let number = self.cards.entry(id.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// How often other cards of the same message were handed out.
    fn deliveries_of_others(&self, at: usize) -> u64 {
        if !self.has_copies {
            return 0;
        }
        let place = self.kept[at].place;
        let others = self.kept.iter().enumerate().filter(|(other, kept)| *other != at && kept.place == place);
        others.map(|(_, kept)| kept.deliveries).sum()
    }

    /// Puts a message to the dead letters; its copies are no letters of their own.
    fn bury(&mut self, at: usize, reason: String) -> DeadLetter {
        let place = self.kept[at].place;
        let deliveries = self.kept[at].deliveries + self.deliveries_of_others(at);
        for kept in self.kept.iter_mut().filter(|kept| kept.place == place) {
            kept.state = if kept.copy { State::Done } else { State::Dead(reason.clone()) };
        }
        let letter = self.kept[at].letter_for(reason);
        DeadLetter { deliveries, ..letter }
    }

    /// The messages that may be handed to a consumer, sooner or later, in order.
    fn open(&self, consumer: u64) -> impl Iterator<Item = usize> + '_ {
        let mut taken = BTreeSet::new();
        self.kept.iter().enumerate().filter_map(move |(at, kept)| {
            let keeps_its_place = kept.keeps_its_place();
            let is_his = match self.terms.topology {
                Topology::Shared => true,
                Topology::Partitioned { consumers, .. } => {
                    let is_first = keeps_its_place && taken.insert(kept.place.partition);
                    is_first && self.next_owner(kept, consumers.max(1)) == consumer
                }
            };
            (kept.state == State::Open && is_his && !kept.held).then_some(at)
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
    fn new(message: Message, place: Place, now_us: u64, from_us: u64) -> Self {
        Self {
            message,
            seq: 0,
            place,
            at_us: now_us,
            from_us,
            deliveries: 0,
            before: 0,
            nacks: 0,
            leased: false,
            by: None,
            lost: false,
            held: false,
            copy: false,
            number: 1,
            loses_ack: false,
            redriven: false,
            state: State::Open,
        }
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
