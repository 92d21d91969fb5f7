//! Entries from the feed: they are taken with an animation frame, and in a crowd not with every one.

use std::time::Duration;

use lab::event::Entry;
use leptos::prelude::*;

use super::Replay;
use crate::journal::Journal;
use crate::stage::axis::BY_ENTRY_MAX;

/// A run of more entries than are drawn entry by entry does not change faster than this: eleven pictures a second are enough to
/// follow a crowd by, and each costs the main thread some twenty milliseconds where nothing but the processor paints.
const CROWD_FRAME_MS: f64 = 90.0;
/// Nor faster than so many times what the last change took: the page must stay free for its reader, on a slow machine too.
const FREE_TIMES: f64 = 5.0;
/// But at least this often: a page that was hidden meanwhile took long for other reasons.
const CROWD_FRAME_MS_MAX: f64 = 500.0;

impl Replay {
    /// Takes entries with the next animation frame, together with all that come until then. `false` if an entry before them is missing.
    pub fn take_soon(&self, entries: Vec<Entry>) -> bool {
        if entries.first().is_some_and(|entry| entry.seq > self.last_seq() + 1) {
            return false;
        }
        let before = self.waiting.try_update_value(|waiting| {
            let before = waiting.len();
            waiting.extend(entries);
            before
        });
        let replay = *self;
        if document().hidden() {
            // A page that nobody sees has no animation frames.
            self.take_waiting();
        } else if before == Some(0) {
            request_animation_frame(move || replay.take_in_time());
        }
        true
    }

    /// Takes what waits, or in a crowd puts it off to a later animation frame.
    fn take_in_time(self) {
        let now_ms = js_sys::Date::now();
        let is_crowd = self.count.get_untracked() > BY_ENTRY_MAX;
        let pause_ms = (self.took_ms.get_value() * FREE_TIMES).clamp(CROWD_FRAME_MS, CROWD_FRAME_MS_MAX);
        if is_crowd && now_ms - self.taken_ms.get_value() < pause_ms {
            request_animation_frame(move || self.take_in_time());
            return;
        }
        self.taken_ms.set_value(now_ms);
        self.take_waiting();
        // A task of its own comes when all that follows from the entries is laid out.
        let measure = move || {
            self.took_ms.try_set_value(js_sys::Date::now() - now_ms);
        };
        set_timeout(measure, Duration::ZERO);
    }

    /// Takes at once what waits for the next animation frame.
    pub fn take_waiting(&self) {
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        if !waiting.is_empty() {
            self.take(waiting);
        }
    }

    /// The seq of the last entry that came.
    pub fn last_seq(&self) -> u64 {
        let waiting = self.waiting.with_value(|waiting| waiting.last().map(|entry| entry.seq));
        waiting.unwrap_or_else(|| self.journal.with_value(Journal::last_seq))
    }
}
