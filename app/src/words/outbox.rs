//! The outbox.

use lab::fold::Standing;

use super::units::{count, duration};

/// Over it.
pub const TITLE: &str = "Outbox";

/// How many rows wait, for how long the oldest of them, and how far the relay has come.
pub fn told(depth: usize, oldest_us: Option<u64>, position: i64, last: i64) -> String {
    let waits = match oldest_us {
        None => "Drained: no row waits".to_owned(),
        Some(oldest_us) => format!(
            "{} to be sent, the oldest for {}",
            count(depth as u64, "row waits", "rows wait"),
            duration(oldest_us)
        ),
    };
    format!("{waits}. The relay has come to row {position} of {last}.")
}

/// Rows that are not shown, before the others.
pub fn before(rows: usize) -> String {
    format!("{} before these.", count(rows as u64, "sent row", "sent rows"))
}

/// Rows that are not shown, after the others.
pub fn after(rows: usize) -> String {
    format!("{} after these.", count(rows as u64, "row", "rows"))
}

/// Where a row stands.
pub fn standing(standing: &Standing) -> String {
    match standing {
        Standing::Waits => "waits".to_owned(),
        Standing::Claimed(by) => format!("claimed by {by}"),
        Standing::Parked => "parked: cannot be read".to_owned(),
        Standing::Held(front) => format!("held behind {front}"),
        Standing::Unmarked => "sent, not marked".to_owned(),
        Standing::Sent => "sent".to_owned(),
    }
}
