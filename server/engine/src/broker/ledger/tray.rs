//! The tray: what the hand does to messages between the broker and its consumers.
//!
//! The broker keeps what it promises. Where it keeps order inside a partition no card overtakes another of its
//! partition, and a lost delivery comes again when the lease is over. A second card of a message is a copy that only
//! the network knows of: it is handed out once, and whoever acknowledges it acknowledges the message.

use std::collections::BTreeMap;

use lab::hand::{Card, CardAt, TrayAct, TrayMove};

use super::{Kept, Ledger, State};
use crate::broker::tray::{TrayDone, TrayRefused};
use crate::broker::{Place, Topology};

impl Ledger {
    /// The messages that are not done, in the order in which they are handed out.
    pub fn cards(&self, now_us: u64) -> Vec<Card> {
        let mut firsts: BTreeMap<u64, &Kept> = BTreeMap::new();
        let mut cards = Vec::new();
        for kept in self.line.slots().map(|at| &self.kept[at]) {
            let first = *firsts.entry(kept.place.partition).or_insert(kept);
            let behind = Some(first)
                .filter(|first| self.is_ordered() && first.place_and_number() != kept.place_and_number());
            if kept.state == State::Open {
                cards.push(Card {
                    name: kept.name(),
                    version: kept.message.version,
                    partition: self.is_ordered().then_some(kept.place.partition),
                    at: kept.stands(behind, now_us),
                    loses_ack: kept.loses_ack,
                });
            }
        }
        cards
    }

    /// Whether the hand holds something back.
    pub fn holds(&self) -> bool {
        self.line.slots().any(|at| self.kept[at].held && self.kept[at].state == State::Open)
    }

    /// Does what the hand asks for.
    ///
    /// # Errors
    /// When there is no such card on its way, or the broker's order forbids it.
    pub fn interfere(&mut self, asked: &TrayMove, now_us: u64) -> Result<TrayDone, TrayRefused> {
        let at = self.card(&asked.card)?;
        let name = &asked.card;
        let stands = self.cards(now_us).into_iter().find(|card| card.name == *name).map(|card| card.at);
        match (asked.act, stands) {
            (TrayAct::LoseAck, _) => {}
            (_, Some(CardAt::InHand { by })) => {
                return Err(TrayRefused::NotNow(format!(
                    "{name} is in {by}'s hand: only its acknowledgement can still be lost."
                )));
            }
            (TrayAct::Drop | TrayAct::Hold, Some(CardAt::Behind { card })) => {
                return Err(TrayRefused::NotNow(format!(
                    "{name} is still with the broker, behind {card}: this broker keeps order inside a partition, and \
                     nothing is in the network that could be held or lost."
                )));
            }
            (TrayAct::Drop, Some(CardAt::Late { .. })) => {
                return Err(TrayRefused::NotNow(format!(
                    "{name} is not here yet: there is nothing to lose."
                )));
            }
            (TrayAct::Release, _) if !self.kept[at].held => {
                return Err(TrayRefused::NotNow(format!("{name} is not held.")));
            }
            (TrayAct::Hold, _) if self.kept[at].held => {
                return Err(TrayRefused::NotNow(format!("{name} is held already.")));
            }
            _ => {}
        }
        let message = self.kept[at].message.id.clone();
        let mut again_at_us = None;
        match asked.act {
            TrayAct::Hold => self.kept[at].held = true,
            TrayAct::Release => self.kept[at].held = false,
            TrayAct::LoseAck => self.kept[at].loses_ack = true,
            TrayAct::Double => self.double(at, now_us),
            TrayAct::Drop => again_at_us = self.lose(at, now_us),
            TrayAct::Put => self.put(at, asked.before.as_deref())?,
        }
        Ok(TrayDone { message, again_at_us })
    }

    /// Whether the acknowledgement of what lies here is lost by hand; asked once for each.
    pub fn loses_ack(&mut self, place: Place) -> bool {
        let marked = |at: &usize| self.kept[*at].leased && self.kept[*at].loses_ack;
        let found = self.all_at(place).into_iter().find(marked);
        found.map(|at| self.kept[at].loses_ack = false).is_some()
    }

    fn is_ordered(&self) -> bool {
        matches!(self.terms.topology, Topology::Partitioned { .. })
    }

    fn card(&self, name: &str) -> Result<usize, TrayRefused> {
        let is_it = |at: &usize| self.kept[*at].state == State::Open && self.kept[*at].name() == name;
        let found = self.line.slots().find(is_it);
        found.ok_or_else(|| {
            TrayRefused::NoSuchCard(format!(
                "{name:?} is not in flight: no message of this name is on its way."
            ))
        })
    }

    /// A copy behind the original.
    fn double(&mut self, at: usize, now_us: u64) {
        let original = &self.kept[at];
        let (message, place, seq, from_us) =
            (original.message.clone(), original.place, original.seq, original.from_us.max(now_us));
        let number = self.number(&message.id);
        let rank = self.rank_behind(at);
        self.copies.push(self.kept.len());
        self.join(Kept { seq, rank, copy: true, number, ..Kept::new(message, place, from_us) });
    }

    /// Returns when the broker hands it out again.
    fn lose(&mut self, at: usize, now_us: u64) -> Option<u64> {
        let lease_us = self.terms.lease_us;
        let kept = &mut self.kept[at];
        kept.held = false;
        if kept.copy {
            self.end(at, State::Done);
            return None;
        }
        kept.deliveries += 1;
        kept.leased = true;
        kept.lost = true;
        kept.from_us = now_us + lease_us;
        Some(kept.from_us)
    }

    fn put(&mut self, at: usize, before: Option<&str>) -> Result<(), TrayRefused> {
        let before = before.map(|before| self.card(before)).transpose()?;
        if before == Some(at) {
            return Ok(());
        }
        if self.is_ordered() {
            let from = self.kept[at].rank;
            let to = before.map_or(u64::MAX, |before| self.kept[before].rank);
            let (partition, name) = (self.kept[at].place.partition, self.kept[at].name());
            // Whoever is put before a card that stood before it passes that card too.
            let mut passed =
                before.filter(|_| to < from).into_iter().chain(self.line.between(from.min(to), from.max(to)));
            if let Some(passed) = passed.find(|other| self.kept[*other].place.partition == partition) {
                return Err(TrayRefused::NotNow(format!(
                    "This broker keeps order inside a partition: {name} and {} both lie in partition {partition}, and \
                     neither overtakes the other on the way to a consumer.",
                    self.kept[passed].name()
                )));
            }
        }
        let rank = match before {
            Some(before) => self.rank_before(before),
            None => self.line.end(),
        };
        self.line.leave(self.kept[at].rank);
        self.kept[at].rank = rank;
        self.line.join(rank, at, self.kept[at].place.partition);
        Ok(())
    }

    /// A free rank directly behind a card.
    fn rank_behind(&mut self, at: usize) -> u64 {
        if let Some(rank) = self.line.room_behind(self.kept[at].rank) {
            return rank;
        }
        self.spread();
        self.line.room_behind(self.kept[at].rank).unwrap_or_else(|| self.line.end())
    }

    /// A free rank directly before a card.
    fn rank_before(&mut self, at: usize) -> u64 {
        if let Some(rank) = self.line.room_before(self.kept[at].rank) {
            return rank;
        }
        self.spread();
        self.line.room_before(self.kept[at].rank).unwrap_or_else(|| self.line.end())
    }

    fn spread(&mut self) {
        for (at, rank) in self.line.spread() {
            self.kept[at].rank = rank;
        }
    }
}

impl Kept {
    fn name(&self) -> String {
        match self.number {
            1 => self.message.id.clone(),
            number => format!("{}~{number}", self.message.id),
        }
    }

    fn place_and_number(&self) -> (Place, u64) {
        (self.place, self.number)
    }

    fn stands(&self, behind: Option<&Self>, now_us: u64) -> CardAt {
        match (behind, self.by) {
            (Some(first), _) => CardAt::Behind { card: first.name() },
            (None, Some(consumer)) if self.leased && !self.lost && self.from_us > now_us => {
                CardAt::InHand { by: format!("consumer-{}", consumer + 1) }
            }
            _ if self.held => CardAt::Held,
            _ if self.from_us > now_us => CardAt::Late { until_us: self.from_us },
            _ => CardAt::Ready,
        }
    }
}
