//! Who waits for whom.

use lab::event::Lock;
use lab::fold::Wait;

/// Over the graph.
pub const TITLE: &str = "Who waits for whom";
/// When nobody waits.
pub const NOBODY: &str = "Nobody waits for a lock of the database at this moment.";

/// A circle of waits, and whether the engine has broken it.
pub fn deadlock(actors: &str, is_broken: bool) -> String {
    let end = if is_broken { " The engine refused one of them to break it." } else { "" };
    format!("Deadlock: {actors} wait in a circle.{end}")
}

/// A lock's name, short enough to stand on an arrow.
pub fn lock(lock: &Lock) -> String {
    match lock {
        Lock::Row { row } => row.to_string(),
        Lock::Database => "write lock".to_owned(),
        Lock::Advisory { name } => name.clone(),
        Lock::OpenTransactions => "open transactions".to_owned(),
    }
}

/// An arrow of the wait-for graph as a sentence.
pub fn wait(wait: &Wait) -> String {
    let Wait { waiter, holder, .. } = wait;
    match &wait.lock {
        Some(lock) if wait.is_queued => format!("{waiter} is queued behind {holder} for {lock}."),
        Some(lock) => format!("{waiter} waits for {lock}, held by {holder}."),
        None => format!("{waiter} was refused: it would have waited for {holder}."),
    }
}
