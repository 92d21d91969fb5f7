//! Who waits for whom at a moment: the wait-for graph, as the journal tells it.

use std::collections::{BTreeMap, BTreeSet};

use super::Stage;
use crate::event::{Entry, Event, Lock, Refusal};

/// One arrow of the graph: somebody waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Who waits.
    pub waiter: String,
    /// For whom.
    pub holder: String,
    /// For which lock; `None` where only a refusal tells of the wait.
    pub lock: Option<Lock>,
    /// Whether the schedule keeps the waiter before its step, because the other one waits for the same lock already.
    pub is_queued: bool,
}

/// The waits of a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// By waiter: for which lock, for whom, and whether the schedule keeps it.
    by_waiter: BTreeMap<String, (Lock, Vec<String>, bool)>,
    /// Who was refused just now, because its wait would have closed a circle.
    victim: Option<String>,
}

impl Waits {
    /// The arrows, by waiter.
    pub fn arrows(&self) -> Vec<Wait> {
        let mut arrows = Vec::new();
        for (waiter, (lock, holders, is_queued)) in &self.by_waiter {
            arrows.extend(holders.iter().map(|holder| Wait {
                waiter: waiter.clone(),
                holder: holder.clone(),
                lock: Some(lock.clone()),
                is_queued: *is_queued,
            }));
        }
        arrows.extend(self.refused_arrow());
        arrows
    }

    /// The actors that wait in a circle, in order; nobody when there is none.
    pub fn circle(&self) -> Vec<String> {
        let arrows = self.arrows();
        let waiters: BTreeSet<&String> = arrows.iter().map(|arrow| &arrow.waiter).collect();
        waiters.into_iter().filter(|actor| reached(&arrows, actor).contains(*actor)).cloned().collect()
    }

    /// Who was refused just now, because its wait would have closed a circle.
    pub fn victim(&self) -> Option<&str> {
        self.victim.as_deref()
    }

    /// The engine refuses the wait that closes a circle before anybody can write it down. When the refused one is
    /// waited for by a single actor, that is whom it would have waited for.
    fn refused_arrow(&self) -> Option<Wait> {
        let victim = self.victim.as_ref()?;
        let direct = |(waiter, (_, holders, _)): (&String, &(Lock, Vec<String>, bool))| {
            holders.contains(victim).then(|| waiter.clone())
        };
        let mut waiters = self.by_waiter.iter().filter_map(direct);
        let only = waiters.next().filter(|_| self.by_waiter.len() == 1)?;
        Some(Wait { waiter: victim.clone(), holder: only, lock: None, is_queued: false })
    }
}

/// Everybody whom an actor waits for, over any number of others.
fn reached(arrows: &[Wait], actor: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next = vec![actor.to_owned()];
    while let Some(waiter) = next.pop() {
        for arrow in arrows.iter().filter(|arrow| arrow.waiter == waiter) {
            if found.insert(arrow.holder.clone()) {
                next.push(arrow.holder.clone());
            }
        }
    }
    found
}

impl Stage {
    /// Takes an actor's entry into the graph: it begins to wait, or whatever else it did ended its wait.
    pub(super) fn see_wait(&mut self, actor: &str, entry: &Entry) {
        self.waits.victim = None;
        match &entry.event {
            Event::Blocked { lock, by } => {
                self.waits.by_waiter.insert(actor.to_owned(), (lock.clone(), by.clone(), false));
            }
            Event::Queued { lock, behind } => {
                let wait = (lock.clone(), vec![behind.clone()], true);
                self.waits.by_waiter.insert(actor.to_owned(), wait);
            }
            event => {
                self.waits.by_waiter.remove(actor);
                if matches!(event, Event::EngineRefused { refusal: Refusal::Deadlock, .. }) {
                    self.waits.victim = Some(actor.to_owned());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RowRef;

    fn entry(seq: u64, actor: &str, event: Event) -> Entry {
        Entry {
            seq,
            at_us: seq,
            wall_us: 0,
            actor: Some(actor.into()),
            step: None,
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event,
            sql: Vec::new(),
            raw: BTreeMap::new(),
        }
    }

    fn lock(key: &str) -> Lock {
        Lock::Row { row: RowRef { table: "accounts".into(), key: key.into() } }
    }

    fn blocked(by: &str, key: &str) -> Event {
        Event::Blocked { lock: lock(key), by: vec![by.into()] }
    }

    fn of(events: Vec<(&str, Event)>) -> Waits {
        let mut stage = Stage::default();
        for (place, (actor, event)) in events.into_iter().enumerate() {
            stage.see_wait(actor, &entry(place as u64 + 1, actor, event));
        }
        stage.waits
    }

    fn arrows(waits: &Waits) -> Vec<String> {
        waits.arrows().iter().map(|arrow| format!("{} > {}", arrow.waiter, arrow.holder)).collect()
    }

    #[test]
    fn a_wait_lasts_until_its_actor_does_something_else() {
        let waiting = vec![
            ("b", blocked("a", "1")),
            ("c", Event::Queued { lock: lock("1"), behind: "b".into() }),
            ("a", Event::Committed),
        ];
        assert_eq!(arrows(&of(waiting.clone())), ["b > a", "c > b"]);
        assert_eq!(of(waiting.clone()).circle(), Vec::<String>::new());
        let answered = [waiting, vec![("b", Event::Committed), ("c", blocked("b", "1"))]].concat();
        assert_eq!(arrows(&of(answered)), ["c > b"]);
    }

    #[test]
    fn a_circle_of_waits_is_told_and_nobody_outside_it() {
        let waits = of(vec![
            ("a", blocked("b", "1")),
            ("b", blocked("c", "2")),
            ("c", blocked("a", "3")),
            ("d", blocked("a", "3")),
        ]);
        assert_eq!(waits.circle(), ["a", "b", "c"]);
    }

    #[test]
    fn the_refused_wait_of_a_deadlock_closes_the_circle_while_its_entry_is_the_last() {
        let refused = Event::EngineRefused { refusal: Refusal::Deadlock, code: "40P01".into() };
        let broken = vec![("a", blocked("b", "1")), ("b", refused)];
        let waits = of(broken.clone());
        assert_eq!((waits.victim(), waits.circle()), (Some("b"), vec!["a".to_owned(), "b".to_owned()]));
        let later = of([broken, vec![("b", Event::RolledBack)]].concat());
        assert_eq!((later.victim(), arrows(&later)), (None, vec!["a > b".to_owned()]));
    }
}
