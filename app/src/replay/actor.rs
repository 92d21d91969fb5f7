//! Steps along one actor.

use leptos::prelude::*;

use super::Replay;

impl Replay {
    /// To the next entry of the actor whose entry is picked, or to its last one before; without a pick, of whoever is shown
    /// last. The run is shown up to it.
    pub fn step_along(&self, forwards: bool) {
        let shown = self.shown_now() as u64;
        let from = self.selected.get_untracked().unwrap_or(shown);
        let Some(actor) = self.entry(from).and_then(|entry| entry.actor) else { return };
        let found = self.journal.with_value(|journal| journal.of_actor(&actor, from, forwards));
        if let Some(seq) = found {
            self.playing.set(false);
            self.lit.set(Vec::new());
            self.seek(usize::try_from(seq).unwrap_or(usize::MAX));
            self.selected.set(Some(seq));
        }
    }
}
