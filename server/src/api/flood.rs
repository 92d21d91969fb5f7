//! Keeps one session from asking for runs faster than anybody can watch.
//!
//! It counts sessions, never addresses: a class in one room shares one. Who throws the session away evades this
//! bound, and meets the engine's own: its queue.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// So many runs may be asked for at once: a page that compares strategies asks for a dozen.
pub const BURST: u32 = 60;
/// How long it takes until one more may be asked for.
pub const REFILL: Duration = Duration::from_secs(1);
/// The most sessions that are remembered; the one that was quiet for longest is forgotten first.
const SESSIONS_MAX: usize = 1_024;

/// Who asked for how many runs lately.
#[derive(Debug, Default)]
pub struct Flood {
    sessions: Mutex<HashMap<Uuid, Bucket>>,
}

/// Holds the runs that a session may still ask for, as they were at a moment.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u32,
    at: Instant,
}

impl Flood {
    /// Takes one run out of a session's bucket.
    ///
    /// # Errors
    /// How long to wait, when the bucket is empty.
    pub fn take(&self, session: Uuid, now: Instant) -> Result<(), Duration> {
        // The map is whole after every line below, so a panic elsewhere spoils nothing.
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= SESSIONS_MAX && !sessions.contains_key(&session) {
            let quietest = sessions.iter().min_by_key(|(_, bucket)| bucket.at).map(|(id, _)| *id);
            quietest.map(|id| sessions.remove(&id));
        }
        sessions.entry(session).or_insert(Bucket { left: BURST, at: now }).take(now)
    }
}

impl Bucket {
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.at);
        let drops = u32::try_from(passed.as_nanos() / REFILL.as_nanos()).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(drops).min(BURST);
        // What is left of a second counts towards the next drop, unless the bucket is full.
        self.at = if self.left == BURST { now } else { self.at + REFILL * drops };
        if self.left == 0 {
            return Err(REFILL.saturating_sub(now.saturating_duration_since(self.at)));
        }
        self.left -= 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_refused_and_a_pause_helps() {
        let (flood, session, start) = (Flood::default(), Uuid::from_u128(1), Instant::now());
        for _ in 0..BURST {
            assert_eq!(flood.take(session, start), Ok(()));
        }
        assert_eq!(flood.take(session, start + REFILL / 4), Err(REFILL / 4 * 3));
        assert_eq!(flood.take(session, start + REFILL), Ok(()));
        assert!(flood.take(session, start + REFILL).is_err());
    }

    #[test]
    fn one_session_does_not_spend_for_another() {
        let (flood, now) = (Flood::default(), Instant::now());
        for _ in 0..=BURST {
            let _ = flood.take(Uuid::from_u128(1), now);
        }
        assert_eq!(flood.take(Uuid::from_u128(2), now), Ok(()));
    }

    #[test]
    fn no_more_sessions_are_remembered_than_the_bound() {
        let (flood, now) = (Flood::default(), Instant::now());
        for session in 0..2 * SESSIONS_MAX as u128 {
            let _ = flood.take(Uuid::from_u128(session), now);
        }
        assert_eq!(flood.sessions.lock().unwrap().len(), SESSIONS_MAX);
    }
}
