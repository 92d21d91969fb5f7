//! What the broker handed out, in which order and how often: whether a run ever put anything to the test that concerns
//! duplicates and order.

use std::collections::{HashMap, HashSet};

use super::Counted;
use super::overlap::Find;
use crate::event::{Entry, Event, Message};

/// Follows the deliveries.
#[derive(Debug, Default)]
pub(super) struct Post {
    /// The first delivery of all.
    pub first: Option<Entry>,
    ids: HashSet<String>,
    /// By key: the newest version that was handed out, with its entry for as long as an example is wanted.
    newest: HashMap<String, (u64, Option<Entry>)>,
    has_overtaken: bool,
}

impl Post {
    /// Takes one entry into account.
    pub fn see(&mut self, entry: &Entry) -> Option<Find> {
        let Event::Delivered { message, delivery, .. } = &entry.event else { return None };
        if self.first.is_none() {
            self.first = Some(entry.clone());
        }
        let is_new = self.ids.insert(message.id.clone());
        if *delivery > 1 || !is_new {
            return Some((Counted::Doubled, vec![entry.clone()]));
        }
        self.handed(entry, message)
    }

    fn handed(&mut self, entry: &Entry, message: &Message) -> Option<Find> {
        match self.newest.get(&message.key) {
            Some((newest, newer)) if message.version < *newest => {
                let newer = newer.clone();
                self.has_overtaken = true;
                Some((Counted::Overtaken, newer.into_iter().chain([entry.clone()]).collect()))
            }
            _ => {
                let kept = (!self.has_overtaken).then(|| entry.clone());
                self.newest.insert(message.key.clone(), (message.version, kept));
                None
            }
        }
    }
}
