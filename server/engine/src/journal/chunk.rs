//! A chunk's body: entries as JSON Lines, compressed.
//!
//! JSON, so that a journal can be read without this program; compressed, because entries repeat themselves.

use lab::event::Entry;

use crate::Error;

/// zstd's level: 3 is its default, and the writer must not become the slowest part of a run.
const LEVEL: i32 = 3;
/// No chunk decompresses to more than this, in bytes; a larger one is not ours.
const BODY_MAX: usize = 256 * 1024 * 1024;

/// The body of these entries.
pub(super) fn pack(entries: &[Entry]) -> Result<Vec<u8>, Error> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry).map_err(|error| Error::new(error.to_string()))?;
        lines.push(b'\n');
    }
    zstd::bulk::compress(&lines, LEVEL).map_err(|error| Error::new(error.to_string()))
}

/// The entries of a body.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<Entry>, Error> {
    // The first journals were not compressed.
    if body.first() == Some(&b'{') {
        return read_lines(body);
    }
    let capacity = zstd::bulk::Decompressor::upper_bound(body).unwrap_or(BODY_MAX).min(BODY_MAX);
    let lines = zstd::bulk::decompress(body, capacity).map_err(unreadable)?;
    read_lines(&lines)
}

fn read_lines(lines: &[u8]) -> Result<Vec<Entry>, Error> {
    let lines = lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(unreadable)).collect()
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::new(format!("a chunk of the journal cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::Draft;
    use lab::event::Event;

    fn entry(seq: u64) -> Entry {
        let draft = Draft::of_run(seq, Event::Committed);
        Entry {
            seq,
            at_us: draft.at_us,
            wall_us: 0,
            actor: Some("buyer-1".into()),
            step: None,
            began_us: None,
            operation: None,
            attempt: None,
            causes: Vec::new(),
            event: draft.event,
            sql: Vec::new(),
            raw: draft.raw,
        }
    }

    #[test]
    fn a_chunk_unpacks_to_what_was_packed() {
        let entries: Vec<Entry> = (1..=500).map(entry).collect();
        let body = pack(&entries).expect("packs");
        assert_eq!(unpack(&body).expect("unpacks"), entries);
        // Entries repeat themselves: well below the 40 bytes an entry that the journal may take.
        assert!(body.len() < 500 * 40, "{} bytes", body.len());
    }

    #[test]
    fn a_body_that_was_cut_is_refused_in_words() {
        let body = pack(&[entry(1), entry(2)]).expect("packs");
        let error = unpack(&body[..body.len() / 2]).expect_err("it is refused");
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}
