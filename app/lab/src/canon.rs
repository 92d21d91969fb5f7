//! When two journals are the same: the canonical form.
//!
//! It drops what may differ between two runs of one spec on one engine (`wall_us` and `raw`) and writes the rest
//! with sorted keys. Two runs are the same when their canonical forms are byte-equal.

use crate::event::Entry;

/// The canonical form of one entry: JSON with sorted keys, on one line.
pub fn line(entry: &Entry) -> String {
    let mut value = serde_json::to_value(entry).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        map.remove("wall_us");
        map.remove("raw");
    }
    value.to_string()
}

/// The canonical form of a journal: one line for each entry.
pub fn form(entries: &[Entry]) -> String {
    entries.iter().map(|entry| line(entry) + "\n").collect()
}

/// The seq of the first entry in which two journals differ, or `None` when they are the same.
pub fn first_difference(left: &[Entry], right: &[Entry]) -> Option<u64> {
    let shared = left.len().min(right.len());
    let differing = left.iter().zip(right).position(|(a, b)| line(a) != line(b));
    let place = differing.or_else(|| (left.len() != right.len()).then_some(shared))?;
    Some(place as u64 + 1)
}
