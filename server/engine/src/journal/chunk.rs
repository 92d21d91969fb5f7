//! A chunk: consecutive entries of one run, a line of JSON each; compressed in the file.
//!
//! JSON, so that a journal can be read without this program; compressed, because entries repeat themselves. An entry
//! is written as text once, and that text is what is kept, what every feed passes on, and what is read back.

use std::sync::Arc;

use lab::event::Entry;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use zstd::bulk::{Compressor, Decompressor};

use crate::Error;

/// zstd's level: 3 is its default, and the writer must not become the slowest part of a run.
const LEVEL: i32 = 3;
/// No chunk decompresses to more than this, in bytes; a larger one is not ours.
const BODY_MAX: usize = 256 * 1024 * 1024;

/// Consecutive entries of one run; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The first entry's seq.
    pub first_seq: u64,
    /// The last entry's.
    pub last_seq: u64,
    lines: String,
}

impl Chunk {
    /// Writes entries down; `None` when there are none.
    pub fn of(entries: &[Entry]) -> Result<Option<Self>, Error> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry).map_err(|error| Error::new(error.to_string()))?;
            lines.push(b'\n');
        }
        let lines = String::from_utf8(lines).map_err(unreadable)?;
        Ok(Some(Self { first_seq: first.seq, last_seq: last.seq, lines }))
    }

    /// Takes the entries that follow.
    pub fn join(&mut self, next: &Self) {
        self.last_seq = next.last_seq;
        self.lines.push_str(&next.lines);
    }

    /// The chunk in a row of the file, with its `first_seq`, `last_seq` and `body`.
    pub fn read(row: &SqliteRow) -> Result<Self, Error> {
        let seq = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
        Self::unpack(seq("first_seq")?, seq("last_seq")?, row.try_get("body")?)
    }

    /// The chunk in a body that is said to hold these entries.
    fn unpack(first_seq: u64, last_seq: u64, body: Vec<u8>) -> Result<Self, Error> {
        // The first journals were not compressed.
        let lines = if body.first() == Some(&b'{') { body } else { decompress(&body)? };
        let lines = String::from_utf8(lines).map_err(unreadable)?;
        let (held, told) = (lines.lines().count() as u64, last_seq.saturating_sub(first_seq) + 1);
        if held != told {
            return Err(unreadable(format!("it holds {held} entries where there should be {told}")));
        }
        Ok(Self { first_seq, last_seq, lines })
    }

    /// The entries, read back.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        self.lines_after(0).map(|line| serde_json::from_str(line).map_err(unreadable)).collect()
    }

    /// The lines of the entries after a seq.
    pub fn lines_after(&self, seq: u64) -> impl Iterator<Item = &str> {
        let passed = (seq + 1).saturating_sub(self.first_seq);
        self.lines.lines().skip(usize::try_from(passed).unwrap_or(usize::MAX))
    }
}

/// Makes the bodies of chunks, with one set of buffers for all of them.
pub(super) struct Packer(Compressor<'static>);

impl Packer {
    /// A packer.
    pub fn new() -> Result<Self, Error> {
        Compressor::new(LEVEL).map(Self).map_err(|error| Error::new(error.to_string()))
    }

    /// The body of a chunk.
    pub fn pack(&mut self, chunk: &Chunk) -> Result<Vec<u8>, Error> {
        self.0.compress(chunk.lines.as_bytes()).map_err(|error| Error::new(error.to_string()))
    }
}

/// Entries of a feed, as they stand in the journal.
#[derive(Debug, Clone)]
pub struct Lines {
    pub(super) chunk: Arc<Chunk>,
    /// Of the chunk, what comes after this seq.
    pub(super) after: u64,
}

impl Lines {
    /// Each entry as a line of JSON.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.chunk.lines_after(self.after)
    }

    /// The last entry's seq.
    pub fn last_seq(&self) -> u64 {
        self.chunk.last_seq
    }

    /// The entries themselves.
    ///
    /// # Errors
    /// When a line is no entry.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        self.iter().map(|line| serde_json::from_str(line).map_err(unreadable)).collect()
    }
}

fn decompress(body: &[u8]) -> Result<Vec<u8>, Error> {
    let capacity = Decompressor::upper_bound(body).unwrap_or(BODY_MAX).min(BODY_MAX);
    zstd::bulk::decompress(body, capacity).map_err(unreadable)
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

    fn chunk(seqs: std::ops::RangeInclusive<u64>) -> Chunk {
        Chunk::of(&seqs.map(entry).collect::<Vec<_>>()).expect("is written").expect("is not empty")
    }

    fn pack(chunk: &Chunk) -> Vec<u8> {
        Packer::new().and_then(|mut packer| packer.pack(chunk)).expect("packs")
    }

    #[test]
    fn a_chunk_unpacks_to_what_was_packed() {
        let mut whole = chunk(3..=400);
        whole.join(&chunk(401..=500));
        let body = pack(&whole);
        // Entries repeat themselves: well below the 40 bytes an entry that the journal may take.
        assert!(body.len() < 498 * 40, "{} bytes", body.len());
        let unpacked = Chunk::unpack(3, 500, body).expect("unpacks");
        assert_eq!(unpacked, whole);
        assert_eq!(unpacked.entries().expect("reads"), (3..=500).map(entry).collect::<Vec<_>>());
    }

    #[test]
    fn lines_after_a_seq_are_those_of_the_entries_that_follow() {
        let chunk = chunk(3..=9);
        for (after, left) in [(0, 7), (2, 7), (3, 6), (8, 1), (9, 0), (99, 0)] {
            assert_eq!(chunk.lines_after(after).count(), left, "after {after}");
        }
    }

    #[test]
    fn a_body_that_was_cut_or_is_not_what_it_should_be_is_refused_in_words() {
        let body = pack(&chunk(1..=2));
        let cut = body[..body.len() / 2].to_vec();
        for (first, last, body) in [(1, 2, cut), (1, 3, body), (1, 2, b"garbage".to_vec())] {
            let error = Chunk::unpack(first, last, body).expect_err("it is refused");
            assert!(error.to_string().contains("cannot be read"), "{error}");
        }
    }
}
