//! The ledger of a run's messages: where each lies, who may be handed which, and from when on.
//!
//! Every adapter keeps one. The embedded broker is nothing else; a real broker keeps and hands out the messages
//! themselves, and the ledger says in run time which of them is due.

mod kept;
mod line;
mod tray;

use std::collections::{BTreeMap, HashMap};

use lab::event::Message;

use super::{DeadLetter, Delivery, MESSAGES_MAX, Place, Prospect, Taken, Terms, Topology};
use kept::{Kept, State};
use line::Line;

/// Without a limit of attempts, a message that was given back so often stays where it is, so that every run ends.
pub const NACKS_MAX: u64 = 12;

/// The messages of one run.
#[derive(Debug)]
pub struct Ledger {
    terms: Terms,
    /// Every message that was ever kept, and every copy, in the order in which they came.
    kept: Vec<Kept>,
    /// Those that are not done.
    line: Line,
    /// The slots of each partition's messages, by their offsets.
    partitions: BTreeMap<u64, Vec<usize>>,
    /// The slots of copies, which only the user's hand makes.
    copies: Vec<usize>,
    /// When each id was published last, where ids are known for a while.
    known: HashMap<String, u64>,
    /// Partitions that changed hands: whose each is now, and the how-many-th owner that is.
    owners: BTreeMap<u64, (u64, u64)>,
    /// How many cards of each message there were.
    cards: HashMap<String, u64>,
}

impl Ledger {
    /// An empty one.
    pub fn new(terms: Terms) -> Self {
        Self {
            terms,
            kept: Vec::new(),
            line: Line::default(),
            partitions: BTreeMap::new(),
            copies: Vec::new(),
            known: HashMap::new(),
            owners: BTreeMap::new(),
            cards: HashMap::new(),
        }
    }

    /// Where the next message of this partition will lie; `None` when no more messages are kept.
    pub fn next_place(&self, partition: u64) -> Option<Place> {
        if self.kept.len() >= MESSAGES_MAX {
            return None;
        }
        let offset = self.partitions.get(&partition).map_or(0, |slots| slots.len() as u64);
        Some(Place { partition, offset })
    }

    /// Whether a message of this id was published within the window.
    pub fn knows(&self, id: &str, now_us: u64) -> bool {
        let Some(window_us) = self.terms.window_us else { return false };
        self.known.get(id).is_some_and(|at_us| now_us.saturating_sub(*at_us) <= window_us)
    }

    /// Keeps a message at its place, published now and not handed out before a later time.
    pub fn keep(&mut self, message: Message, place: Place, now_us: u64, from_us: u64) {
        if self.terms.window_us.is_some() {
            self.known.insert(message.id.clone(), now_us);
        }
        let number = self.number(&message.id);
        self.partitions.entry(place.partition).or_default().push(self.kept.len());
        self.join(Kept { number, rank: self.line.end(), ..Kept::new(message, place, from_us) });
    }

    /// Names the entry that published a message.
    pub fn published_as(&mut self, place: Place, seq: u64) {
        if let Some(kept) = self.at(place) {
            kept.seq = seq;
        }
    }

    /// What there is for a consumer.
    pub fn prospect(&self, consumer: u64, now_us: u64) -> Prospect {
        let mut first_us: Option<u64> = None;
        for at in self.open(consumer) {
            let from_us = self.kept[at].from_us;
            if from_us <= now_us {
                return Prospect::Ready;
            }
            first_us = Some(first_us.map_or(from_us, |first_us| first_us.min(from_us)));
        }
        first_us.map_or(Prospect::Nothing, Prospect::At)
    }

    /// Hands out what is due.
    pub fn take(&mut self, consumer: u64, now_us: u64) -> Option<Taken> {
        let at = self.open(consumer).find(|&at| self.kept[at].from_us <= now_us)?;
        let (limit, lease_us) = (self.terms.attempts_max, self.terms.lease_us);
        let before = self.deliveries_of_others(at);
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
            let behind = self.behind(at);
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
        for at in self.all_at(place) {
            if self.kept[at].by.is_some() {
                self.end(at, State::Done);
            }
        }
    }

    /// It is handed out again from this time on, or goes to the dead letters. One that is done stays done.
    pub fn nack(&mut self, place: Place, again_us: u64, reason: &str) -> Option<DeadLetter> {
        let limit = self.terms.attempts_max;
        let given = |at: &usize| self.kept[*at].state == State::Open && self.kept[*at].by.is_some();
        let at = self.all_at(place).into_iter().filter(given).min_by_key(|at| self.kept[*at].rank)?;
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
        let Some(old) = self.slot(letter.place) else { return };
        self.end(old, State::Done);
        let (seq, deliveries) = (self.kept[old].seq, self.kept[old].deliveries);
        self.keep(letter.message.clone(), place, now_us, now_us);
        if let Some(kept) = self.at(place) {
            (kept.seq, kept.deliveries, kept.before, kept.redriven) = (seq, deliveries, deliveries, true);
        }
    }

    /// How many messages are neither acknowledged nor dead.
    pub fn unfinished(&self) -> u64 {
        self.line.len() as u64
    }

    /// The slot of the message that lies here.
    fn slot(&self, place: Place) -> Option<usize> {
        let offset = usize::try_from(place.offset).ok()?;
        self.partitions.get(&place.partition)?.get(offset).copied()
    }

    fn at(&mut self, place: Place) -> Option<&mut Kept> {
        self.slot(place).map(|at| &mut self.kept[at])
    }

    /// The slots of the message that lies here and of its copies.
    fn all_at(&self, place: Place) -> Vec<usize> {
        let copies = self.copies.iter().copied().filter(|&copy| self.kept[copy].place == place);
        self.slot(place).into_iter().chain(copies).collect()
    }

    /// Takes a card into the line, at its rank.
    fn join(&mut self, kept: Kept) {
        self.line.join(kept.rank, self.kept.len(), kept.place.partition);
        self.kept.push(kept);
    }

    /// The last that becomes of a card. An acknowledgement may come twice, and by then another card may stand at this
    /// card's old place in the line.
    fn end(&mut self, at: usize, state: State) {
        if self.kept[at].is_in_line() {
            self.line.leave(self.kept[at].rank);
        }
        self.kept[at].state = state;
    }

    /// The number of the next card of this message.
    fn number(&mut self, id: &str) -> u64 {
        let number = self.cards.entry(id.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// How often other cards of the same message were handed out.
    fn deliveries_of_others(&self, at: usize) -> u64 {
        if self.copies.is_empty() {
            return 0;
        }
        let all = self.all_at(self.kept[at].place).into_iter();
        all.filter(|other| *other != at).map(|other| self.kept[other].deliveries).sum()
    }

    /// Puts a message to the dead letters; its copies are no letters of their own.
    fn bury(&mut self, at: usize, reason: String) -> DeadLetter {
        let place = self.kept[at].place;
        let deliveries = self.kept[at].deliveries + self.deliveries_of_others(at);
        for each in self.all_at(place) {
            let is_copy = self.kept[each].copy;
            self.end(each, if is_copy { State::Done } else { State::Dead(reason.clone()) });
        }
        let letter = self.kept[at].letter_for(reason);
        DeadLetter { deliveries, ..letter }
    }

    /// The messages that may be handed to a consumer, sooner or later, in order.
    fn open(&self, consumer: u64) -> impl Iterator<Item = usize> + '_ {
        let firsts = match self.terms.topology {
            Topology::Shared => None,
            Topology::Partitioned { .. } => Some(self.firsts_of(consumer)),
        };
        let everybody = firsts.is_none().then(|| self.line.slots());
        let mine = firsts.into_iter().flatten().chain(everybody.into_iter().flatten());
        mine.filter(|&at| self.kept[at].state == State::Open && !self.kept[at].held)
    }

    /// The first message of each partition that a consumer is handed next.
    fn firsts_of(&self, consumer: u64) -> Vec<usize> {
        let firsts = self.line.firsts().into_iter();
        firsts.filter(|&at| self.next_owner(&self.kept[at]) == consumer).collect()
    }

    /// Whose a partition is, and the how-many-th owner that is.
    fn owner(&self, partition: u64) -> (u64, u64) {
        self.owners.get(&partition).copied().unwrap_or((self.terms.topology.first_owner(partition), 1))
    }

    /// The how-many-th owner a partition has.
    fn generation(&self, partition: u64) -> u64 {
        self.owners.get(&partition).map_or(1, |(_, generation)| *generation)
    }

    /// Who is handed the first message of a partition next: if it is in somebody's hand, that is when its lease is
    /// over, and by then the owner counts as gone.
    fn next_owner(&self, first: &Kept) -> u64 {
        let (owner, _) = self.owner(first.place.partition);
        if self.terms.rebalances && first.leased { self.terms.topology.owner_after(owner) } else { owner }
    }

    fn change_hands(&mut self, at: usize, to: u64) -> Option<Taken> {
        let Topology::Partitioned { .. } = self.terms.topology else { return None };
        let partition = self.kept[at].place.partition;
        let (from, generation) = self.owner(partition);
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
        let (partition, rank) = (self.kept[at].place.partition, self.kept[at].rank);
        let behind = self.line.behind(partition, rank);
        behind.filter(|&other| self.kept[other].state == State::Open).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use lab::event::Fields;

    use super::*;

    fn message(id: &str) -> Message {
        Message { id: id.into(), key: "order-1".into(), version: 1, body: Fields::new() }
    }

    fn ledger() -> Ledger {
        let topology = Topology::Partitioned { partitions: 1, consumers: 1, second_hop: false };
        Ledger::new(Terms { topology, lease_us: 10, rebalances: false, attempts_max: 0, window_us: None })
    }

    fn put(ledger: &mut Ledger, id: &str) -> Place {
        let place = ledger.next_place(0).expect("there is room");
        ledger.keep(message(id), place, 0, 0);
        place
    }

    fn next(ledger: &mut Ledger, now_us: u64) -> Option<String> {
        match ledger.take(0, now_us) {
            Some(Taken::Delivery(delivery)) => Some(delivery.message.id),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_second_acknowledgement_takes_nobody_elses_place() {
        let mut ledger = ledger();
        let first = put(&mut ledger, "a");
        assert_eq!(next(&mut ledger, 0).as_deref(), Some("a"));
        ledger.ack(first);
        // The line was empty, so the next one may stand where the first one stood.
        put(&mut ledger, "b");
        ledger.ack(first);
        assert_eq!(ledger.unfinished(), 1);
        assert_eq!(next(&mut ledger, 0).as_deref(), Some("b"));
    }

    #[test]
    fn what_is_not_acknowledged_comes_again_before_what_lies_behind_it() {
        let mut ledger = ledger();
        let first = put(&mut ledger, "a");
        put(&mut ledger, "b");
        assert_eq!(next(&mut ledger, 0).as_deref(), Some("a"));
        assert_eq!(next(&mut ledger, 5), None, "the partition waits");
        assert_eq!(next(&mut ledger, 10).as_deref(), Some("a"), "the lease is over");
        ledger.ack(first);
        assert_eq!(next(&mut ledger, 10).as_deref(), Some("b"));
    }
}
